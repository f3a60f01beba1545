// Our own words for syntax errors: what is wrong at this place and what to do, whichever reader noticed it.
import type { SyntaxFault } from './tree';
import type { ReaderError } from './tolerant';

/** Faults of a segment that the exact reader refused, worded, one per line, the first few: later ones mostly follow from it. */
export function wordFaults(text: string, base: number, errors: readonly ReaderError[]): SyntaxFault[] {
  const faults: SyntaxFault[] = [];
  const lines = new Set<number>();
  for (const error of [...errors].sort((a, b) => a.start - b.start)) {
    const fault = word(text, base, error);
    const line = text.lastIndexOf('\n', fault.start - base - 1);
    if (!lines.has(line)) {
      lines.add(line);
      faults.push(fault);
    }
    if (faults.length === maxFaults) {
      break;
    }
  }
  return faults;
}

const maxFaults = 10;

function word(text: string, base: number, error: ReaderError): SyntaxFault {
  const at = error.start - base;
  const place = (from: number, to: number, message: string): SyntaxFault => {
    return { rule: 'yaml/syntax', message, start: from + base, end: Math.max(to, from) + base };
  };
  const here = (message: string): SyntaxFault => {
    const [from, to] = visible(text, at, error.end - base);
    return place(from, to, message);
  };
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return place(at, at + /^\t*/.exec(text.slice(at, at + 100))![0].length, 'A tab cannot indent YAML: use spaces.');
    case 'BLOCK_AS_IMPLICIT_KEY':
      return afterColon(text, at)
        ? here('A value on the line of its key cannot itself hold "key: value". Quote it, or put it on a new line.')
        : here('This line is indented deeper than its neighbours but does not belong to a map.');
    case 'MULTILINE_IMPLICIT_KEY':
      return here('A key must stand on one line and be followed by a colon.');
    case 'MISSING_CHAR':
      return missing(text, at, error, place, here);
    case 'BAD_INDENT':
      if (/flow/i.test(error.message)) {
        return (
          unclosedBracket(text, at, place) ?? here('A bracket is not closed, or its content is not indented enough.')
        );
      }
      return here('Wrong indentation: this line does not line up with any key or item above it.');
    case 'BAD_SCALAR_START':
      return here(`A plain value cannot start with ${JSON.stringify(text[at] ?? '')}: quote the value.`);
    case 'BAD_DQ_ESCAPE':
      return here(`Unknown escape in a double-quoted text: write "\\\\" for a backslash, or use single quotes.`);
    case 'BAD_ALIAS':
      return here('An alias needs a name after "*"; quote the value when a literal "*" is meant.');
    case 'BLOCK_IN_FLOW':
      return here('Indented maps and lists cannot stand inside brackets.');
    case 'MULTIPLE_DOCS':
      return here('A second document must start with a "---" line.');
    case 'MULTIPLE_ANCHORS':
    case 'MULTIPLE_TAGS':
    case 'BAD_PROP_ORDER':
    case 'ALIAS_PROPS':
      return here('A value can have one anchor and one tag, and an alias none.');
    case 'COMMENT_SPACE':
      return here('A comment needs a space before its "#".');
    case 'KEY_OVER_1024_CHARS':
      return here('A key can have at most 1,024 characters on the line.');
    case 'BAD_DIRECTIVE':
      return here('Unknown or malformed "%" directive.');
    case 'UNEXPECTED_TOKEN':
      return unexpected(text, at, here);
    default:
      return here(`This is not valid YAML: ${error.message.replace(/\.?$/, '.')}`);
  }
}

type Place = (from: number, to: number, message: string) => SyntaxFault;
type Here = (message: string) => SyntaxFault;

function missing(text: string, at: number, error: ReaderError, place: Place, here: Here): SyntaxFault {
  if (/quote/.test(error.message)) {
    // The reader stops where the text ran out; what a person must look at is the quote that opened it.
    const quote = error.message.includes("'") ? "'" : '"';
    const opened = openingQuote(text, at, quote);
    return place(opened, opened + 1, 'This quote is not closed.');
  }
  if (/map values/.test(error.message)) {
    return here('A key needs a colon and a space after it.');
  }
  if (/flow|,/i.test(error.message)) {
    return here('Items between brackets are separated by commas.');
  }
  return here('Something is missing here: a colon after a key, a comma, or a closing bracket.');
}

function unexpected(text: string, at: number, here: Here): SyntaxFault {
  const char = text[at] ?? '';
  if (char === ']' || char === '}') {
    return here(`This "${char}" closes nothing.`);
  }
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  if (text.slice(lineStart, at).trim() === '') {
    return here(
      'This line does not fit the structure above it: check its indentation and whether it is a key or a list item.',
    );
  }
  return here('The value ends before this: quote the whole value, or start a new line.');
}

/** Where an unclosed quote that runs to `end` was opened: the last one that follows a colon, dash, comma or bracket. */
function openingQuote(text: string, end: number, quote: string): number {
  for (let at = text.lastIndexOf(quote, end); at >= 0; at = text.lastIndexOf(quote, at - 1)) {
    if (/(?:[:\-,?]\s+|[[{,]|^|\n\s*)$/.test(text.slice(Math.max(0, at - 40), at))) {
      return at;
    }
    if (at === 0) {
      break;
    }
  }
  return Math.max(0, Math.min(end, text.length - 1));
}

/** The innermost bracket that is open at `at`, skipping quotes and comments. */
function unclosedBracket(text: string, at: number, place: Place): SyntaxFault | undefined {
  let depth = 0;
  for (let i = Math.min(at, text.length) - 1; i >= 0; i--) {
    const char = text[i];
    if (char === ']' || char === '}') {
      depth++;
    } else if (char === '[' || char === '{') {
      if (depth === 0) {
        return place(i, i + 1, `This "${char}" is not closed.`);
      }
      depth--;
    }
  }
  return undefined;
}

function afterColon(text: string, at: number): boolean {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const lineEnd = text.indexOf('\n', at);
  const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd);
  return /:\s/.test(line.slice(0, at - lineStart)) && /:(?:\s|$)/.test(line.slice(at - lineStart));
}

/** A range that can be seen: not empty, on one line, of text where there is any. */
function visible(text: string, start: number, end: number): [number, number] {
  let from = Math.min(start, text.length);
  // At the end of the text or on a line break: the last visible character before it.
  if (from >= text.length || text[from] === '\n' || text[from] === '\r') {
    while (from > 0 && ' \t\r\n'.includes(text[from - 1] ?? '')) {
      from--;
    }
    return [Math.max(0, from - 1), from];
  }
  const lineEnd = /[\r\n]|$/.exec(text.slice(from))!.index + from;
  const to = Math.min(Math.max(end, from + 1), lineEnd);
  // One character is hard to see; the word it starts is better.
  const wordEnd = /^[^\s,[\]{}]*/.exec(text.slice(from, lineEnd))![0].length + from;
  return [from, Math.max(to, Math.min(wordEnd, from + 60))];
}
