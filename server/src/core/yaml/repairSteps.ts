// One fault of a text at a time: what is wrong where the exact reader stopped, in our words, and the smallest change of the
// same length that lets it read on. Most faults cost their own line only.
import { closeOf, endOfLine, joinLines, openersBefore, startOfLine } from './brackets';

export interface RepairStep {
  /** As long as the text that was refused. */
  text: string;
  /** Undefined where the text is sound YAML that only the exact reader refuses. */
  fault?: { message: string; start: number; end: number; related?: { message: string; start: number; end: number } };
  /** A stretch whose scalars must be read again from the original: they were changed only for the exact reader. */
  joined?: { start: number; end: number };
}

/** `reason` and `position` are the exact reader's. Undefined where nothing helps. */
export function repairStep(text: string, reason: string, position: number): RepairStep | undefined {
  const at = Math.min(position, text.length);
  const line = lineAt(text, at);
  if (/^\s*\{\{/.test(line.content)) {
    const message = 'This is a template action, not YAML: render the template and check what it becomes.';
    const end = line.start + line.content.trimEnd().length;
    return { text: blank(text, line.start, line.end), fault: { message, start: line.start + line.indent, end } };
  }
  if (text[at] === '#' && /[[\]{},"']$|[|>][-+0-9]*$/.test(text.slice(Math.max(line.start, at - 4), at))) {
    // Go's reader wants no space between a quote, a bracket, a comma or the head of a block scalar and a comment.
    return { text: blank(text, at, line.end) };
  }
  if (/deficient indentation|within a (?:single|double) quoted|within a flow collection/.test(reason)) {
    return unclosed(text, at);
  }
  if (reason.startsWith('tab characters')) {
    const tabs = /^[ \t]*/.exec(line.content)?.[0] ?? '';
    const first = line.start + tabs.indexOf('\t');
    return {
      text: splice(text, line.start, tabs.replace(/\t/g, ' ')),
      fault: { message: 'A tab cannot indent YAML: use spaces.', start: first, end: line.start + tabs.length },
    };
  }
  if (/unknown escape|hexadecimal/.test(reason)) {
    const backslash = text.lastIndexOf('\\', at);
    if (text[backslash + 1] === "'") {
      // Go's reader takes \' for an apostrophe.
      return { text: splice(text, backslash, ' '), joined: { start: line.start, end: line.end } };
    }
    return {
      text: splice(text, backslash, '/'),
      fault: {
        message: 'Unknown escape in a double-quoted text: write "\\\\" for a backslash, or use single quotes.',
        start: backslash,
        end: backslash + 2,
      },
    };
  }
  if (/name of an (?:alias|anchor)/.test(reason)) {
    const sign = text[at - 1] ?? '';
    return valueStep(
      text,
      line,
      at - 1,
      `A name must follow "${sign}"; quote the value when a literal "${sign}" is meant.`,
    );
  }
  if (reason.startsWith('a line break is expected')) {
    return valueStep(text, line, at, 'The text of a block scalar starts on the line below its "|" or ">".', at);
  }
  if (reason.startsWith('missed comma')) {
    const lenient = goPlain(text, at);
    if (lenient !== undefined) {
      return lenient;
    }
    const space = text.lastIndexOf(' ', at - 1);
    if (space > line.start && text[space - 1] !== ',') {
      const [start, end] = wordAt(text, space + 1);
      return { text: splice(text, space, ','), fault: { message: 'A comma is missing in front of this.', start, end } };
    }
    return valueStep(text, line, at, 'Items between brackets are separated by commas.');
  }
  if (reason.includes('multiline key')) {
    return halfKey(text, lineAbove(text, line) ?? line);
  }
  if (reason.startsWith("expected ':'")) {
    return halfKey(text, line);
  }
  if (reason.startsWith('end of the stream')) {
    return strayLine(text, line, at);
  }
  if (/bad indentation of a (?:mapping|sequence) entry/.test(reason)) {
    return line.content.slice(0, at - line.start).trim() === ''
      ? misplacedLine(text, line)
      : brokenValue(text, line, at);
  }
  return lineStep(text, line, `This is not valid YAML: ${reason}.`);
}

/** Between brackets, Go's reader takes a lone `-`, and a `:` in front of a bracket or comma, for text. */
function goPlain(text: string, at: number): RepairStep | undefined {
  const from = Math.max(0, at - 2);
  const match = /(?<=[\s,[{:])-(?=\s*[,\]}])|(?<=[^\s,[{]):(?=[,\]}])/.exec(text.slice(from, at + 2));
  if (match === null) {
    return undefined;
  }
  const place = from + match.index;
  return { text: splice(text, place, '_'), joined: { start: startOfLine(text, at), end: endOfLine(text, at) } };
}

interface Line {
  start: number;
  end: number;
  content: string;
  /** Columns in front of the content. */
  indent: number;
}

function lineAt(text: string, at: number): Line {
  const start = startOfLine(text, at);
  const end = endOfLine(text, at);
  const content = text.slice(start, end);
  return { start, end, content, indent: content.length - content.trimStart().length };
}

function lineAbove(text: string, line: Line): Line | undefined {
  let { start } = line;
  while (start > 0) {
    const above = lineAt(text, start - 1 - (text[start - 1] === '\n' && text[start - 2] === '\r' ? 1 : 0));
    if (above.content.trim() !== '' && !above.content.trimStart().startsWith('#')) {
      return above;
    }
    start = above.start;
  }
  return undefined;
}

/** A quote or bracket that does not close, or that closes on a line which the exact reader wants further to the right. */
function unclosed(text: string, at: number): RepairStep | undefined {
  const openers = openersBefore(text, at);
  for (const opener of openers) {
    const close = closeOf(text, opener);
    // Go's reader does not mind the indentation of what stands between a quote or bracket and its end.
    const inside = text.slice(opener, Math.max(opener, close));
    const behind = /^[ \t]*(?:$|[\r\n,:\]}]|[ \t]#)/.exec(text.slice(close + 1, close + 200))?.[0];
    if (close >= at && behind !== undefined && !/[\r\n](?:---|\.\.\.)(?:\s|$)/.test(inside)) {
      const joined = { text: joinLines(text, opener, close), joined: { start: opener, end: close + 1 } };
      return behind.endsWith(':') && /[\r\n]/.test(inside)
        ? { ...joined, fault: { message: 'A key must stand on one line.', start: opener, end: close + 1 } }
        : joined;
    }
  }
  const [opener] = openers;
  if (opener === undefined) {
    return undefined;
  }
  const char = text[opener] as string;
  const isQuote = char === '"' || char === "'";
  const fault = {
    message: isQuote ? 'This quote is not closed.' : `This "${char}" is not closed.`,
    start: opener,
    end: opener + 1,
  };
  return {
    text: isQuote ? splice(text, opener, ' ') : blank(text, opener, Math.max(at, endOfLine(text, opener))),
    fault,
  };
}

function halfKey(text: string, line: Line): RepairStep {
  const start = line.start + line.indent;
  const colon = /^(?:- +)?[^\s:]+:[^\s:]/.test(line.content.trimStart());
  return {
    text: blank(text, line.start, line.end),
    fault: {
      message: colon ? 'A colon needs a space behind it.' : 'A key needs a colon and a space behind it.',
      start,
      end: line.start + line.content.trimEnd().length,
    },
  };
}

/** Behind the end of the document's root: text that belongs to nothing. */
function strayLine(text: string, line: Line, at: number): RepairStep | undefined {
  const above = lineAbove(text, line);
  if (above === undefined) {
    return lineStep(text, line, 'This does not belong to the document: check its indentation.');
  }
  if (line.content.slice(0, at - line.start).trim() !== '' && !/:(?:\s|$)/.test(above.content)) {
    return halfKey(text, above);
  }
  if (lineAbove(text, above) === undefined && above.indent > line.indent) {
    return lineStep(text, above, 'This line is indented deeper than the rest of the document.');
  }
  return misplacedLine(text, line);
}

/** A line that lines up with nothing: it goes, with what is indented below it. */
function misplacedLine(text: string, line: Line): RepairStep {
  const content = line.content.trimStart();
  const isItem = /^-(?:\s|$)/.test(content);
  const message = isItem
    ? 'This list item does not line up with a list: check its indentation.'
    : 'This line does not line up with anything above it: check its indentation.';
  const step = lineStep(text, line, message, isItem);
  const gone = commentedKey(text, line);
  const near = gone ?? nearestBlock(text, line);
  if (step.fault === undefined || near === undefined) {
    return step;
  }
  const said =
    gone === undefined
      ? 'The nearest block above begins here, at another column.'
      : 'The key that it may belong to is commented out here.';
  return { ...step, fault: { ...step.fault, related: { message: said, ...near } } };
}

/** A comment right above a line that is nothing but a key: what stands below it was its value. */
function commentedKey(text: string, line: Line): { start: number; end: number } | undefined {
  if (line.start === 0) {
    return undefined;
  }
  const above = lineAt(text, line.start - 1 - (text.startsWith('\r\n', line.start - 2) ? 1 : 0));
  const content = above.content.trim();
  return /^#\s*[\w./-]+:$/.test(content) && above.indent < line.indent
    ? { start: above.start + above.indent, end: above.start + above.content.trimEnd().length }
    : undefined;
}

/**
 * The first line of the block above whose column is nearest to that of a line which lines up with none; of two that are as near, the
 * deeper one. Either that block or the line is indented wrongly.
 */
function nearestBlock(text: string, line: Line): { start: number; end: number } | undefined {
  let best: { column: number; start: number; end: number } | undefined;
  let least = Infinity;
  for (let above = lineAbove(text, line); above !== undefined; above = lineAbove(text, above)) {
    const dashes = /^ *((?:- +)*)/.exec(above.content)?.[1] ?? '';
    const end = above.start + above.content.trimEnd().length;
    // A line opens a block at each of its dashes and at what stands behind them.
    const columns = [...dashes.matchAll(/-/g)].map(({ index }) => above.indent + index);
    for (const column of [...columns, above.indent + dashes.length].reverse()) {
      const isFirst = column < least || (column === least && column >= line.indent);
      if (isFirst) {
        least = column;
        const distance = Math.abs(column - line.indent);
        if (best === undefined || best.column === column || distance < Math.abs(best.column - line.indent)) {
          best = { column, start: above.start + column, end };
        }
      }
    }
    if (least < line.indent) {
      break;
    }
  }
  return best;
}

/** A value that cannot stand where it stands, or a key below a key that already has a value. */
function brokenValue(text: string, line: Line, at: number): RepairStep {
  const before = line.content.slice(0, at - line.start);
  const own = /^\s*(?:- +)*(?:"[^"]*"|'[^']*'|[^\s"'#:][^:]*?):\s+/.exec(before);
  const char = text[at] ?? '';
  if (own === null && (char === ':' || char === '')) {
    const above = lineAbove(text, line);
    if (above?.indent === line.indent && !/:(?:\s|$)/.test(above.content)) {
      return halfKey(text, above);
    }
    return lineStep(text, line, 'This line is indented deeper than the line above, which already has a value.');
  }
  const from = own === null ? line.start + line.indent : line.start + own[0].length;
  if (char === ':') {
    const message = 'A value on the line of its key cannot hold ": " itself: quote it, or put it on a line of its own.';
    const step = valueStep(text, line, from, message, from);
    return { ...step, fault: { message, start: from, end: line.start + line.content.trimEnd().length } };
  }
  if (char === '@' || char === '`' || char === '%') {
    return valueStep(text, line, at, `A plain value cannot start with ${JSON.stringify(char)}: quote the value.`, from);
  }
  if (char === ']' || char === '}') {
    return valueStep(text, line, at, `This "${char}" closes nothing.`, from);
  }
  if (char === '-') {
    return valueStep(text, line, at, 'A list starts on the line below its key.', from);
  }
  if (text[at - 1] === "'") {
    return valueStep(text, line, at, "The quote in front of this ends the text: write '' for an apostrophe.", from);
  }
  return valueStep(text, line, at, 'The value ends before this: quote the whole value.', from);
}

/** The value on a line goes, with what is indented below the line; its key stays. */
function valueStep(text: string, line: Line, at: number, message: string, from = at): RepairStep {
  const [start, end] = wordAt(text, at);
  return { text: blank(text, from, endOfBlock(text, line, false)), fault: { message, start, end } };
}

/** The line goes, with the lines that are indented like it or deeper; of a list item only its own. */
function lineStep(text: string, line: Line, message: string, isItem = false): RepairStep {
  const end = line.start + line.content.trimEnd().length;
  const start = Math.min(line.start + line.indent, end);
  // Which of the two is wrong, only the author knows.
  const above = lineAbove(text, line);
  const related =
    above === undefined
      ? {}
      : {
          related: {
            message: 'The line above.',
            start: Math.min(above.start + above.indent, above.end),
            end: above.start + above.content.trimEnd().length,
          },
        };
  return { text: blank(text, line.start, endOfBlock(text, line, !isItem)), fault: { message, start, end, ...related } };
}

/** End of the last line below `line` that is indented deeper, or (`orEqual`) as deep; a stretch at column 0 is one line. */
function endOfBlock(text: string, line: Line, orEqual: boolean): number {
  let { end } = line;
  while (end < text.length) {
    const next = lineAt(text, end + (text[end] === '\r' && text[end + 1] === '\n' ? 2 : 1));
    const isBlank = next.content.trim() === '';
    const belongs = next.indent > line.indent || (orEqual && line.indent > 0 && next.indent === line.indent);
    if (!isBlank && !belongs) {
      break;
    }
    end = next.end;
  }
  return end;
}

function wordAt(text: string, at: number): [number, number] {
  const end = at + (/^[^\s,[\]{}]*/.exec(text.slice(at, at + 80))?.[0].length ?? 0);
  return [at, Math.min(Math.max(end, at + 1), text.length)];
}

function splice(text: string, at: number, replacement: string): string {
  return text.slice(0, at) + replacement + text.slice(at + replacement.length);
}

function blank(text: string, from: number, to: number): string {
  return splice(text, from, text.slice(from, to).replace(/[^\r\n]/g, ' '));
}
