// Edits of a YAML text that keep everything else byte for byte: quoting, comments, indentation and order around the change.
import { dump } from 'js-yaml';
import type { JsonValue } from '../json';
import { isObject } from '../json';
import type { MapNode, Node, ScalarNode, SeqNode } from '../yaml/tree';
import type { Entry } from './sourceIndex';

/** Replaces `[start, end)`. */
export interface OffsetEdit {
  start: number;
  end: number;
  text: string;
}

const printed = (value: JsonValue): string => dump(value, { lineWidth: -1, noRefs: true }).replace(/\n$/, '');

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Offset after the line break that ends the line. */
function lineAfter(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

const columnOf = (text: string, offset: number): number => offset - lineStart(text, offset);

/** A scalar's new text in the style of the old one. `indent`: column that continued lines stand at. */
export function scalarText(value: JsonValue, style: ScalarNode['style'], indent: number): string {
  if (typeof value !== 'string') {
    return JSON.stringify(value);
  }
  if (value.includes('\n')) {
    if (style === 'double') {
      return JSON.stringify(value);
    }
    const lines = printed(value).split('\n');
    const [header = '|', ...rest] = lines;
    return [header, ...rest.map((line) => (line === '' ? '' : ' '.repeat(indent) + line.replace(/^ {2}/, '')))].join(
      '\n',
    );
  }
  if (style === 'double') {
    return JSON.stringify(value);
  }
  return style === 'single' ? `'${value.replace(/'/g, "''")}'` : printed(value);
}

export function replaceScalar(
  text: string,
  node: ScalarNode,
  value: JsonValue,
  keyStart: number | undefined,
): OffsetEdit {
  const indent = (keyStart === undefined ? columnOf(text, node.start) : columnOf(text, keyStart)) + 2;
  // A value that stands where nothing stood needs a space before it.
  const space = node.start === node.end && text[node.start - 1] === ':' ? ' ' : '';
  return { start: node.start, end: node.end, text: space + scalarText(value, node.style, indent) };
}

/** Replaces a whole value, collections included. */
export function replaceValue(text: string, entry: Entry, value: JsonValue): OffsetEdit {
  const { node, pair } = entry;
  if (node.kind === 'scalar' && (typeof value !== 'object' || value === null)) {
    return replaceScalar(text, node, value, pair?.key.start);
  }
  const isFlow = (node.kind === 'map' || node.kind === 'seq') && node.flow;
  if (isFlow || typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    const start = pair ? pair.key.end + 1 : node.start;
    return { start, end: node.end, text: (pair ? ' ' : '') + flowText(value) };
  }
  const indent = pair ? columnOf(text, pair.key.start) + 2 : columnOf(text, node.start);
  const block = indented(printed(value), indent);
  const start = pair ? pair.key.end + 1 : node.start;
  return { start, end: node.end, text: pair ? `\n${' '.repeat(indent)}${block}` : block };
}

const flowText = (value: JsonValue): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : scalarText(value, 'plain', 0);

/** Text whose lines but the first are moved to a column. */
function indented(block: string, column: number): string {
  return block.split('\n').join(`\n${' '.repeat(column)}`);
}

/** Removes a pair or an item, with its lines where it has lines of its own. */
export function removeEntry(text: string, entry: Entry): OffsetEdit {
  const { parent, node, pair } = entry;
  const start = pair?.key.start ?? node.start;
  const end = Math.max(node.end, pair ? pair.key.end + 1 : 0);
  if (!parent) {
    return { start, end, text: '' };
  }
  const siblings: { start: number; end: number }[] =
    parent.node.kind === 'map'
      ? parent.node.pairs.map((p) => ({ start: p.key.start, end: p.value.end }))
      : parent.node.items.map((item) => ({ start: item.start, end: item.end }));
  const index = siblings.findIndex((s) => s.start === start);
  if (siblings.length === 1) {
    // The last one: the collection stays, empty.
    const owner = parent.entry;
    const empty = parent.node.kind === 'map' ? '{}' : '[]';
    const from = owner?.pair ? owner.pair.key.end + 1 : parent.node.start;
    return { start: from, end: parent.node.end, text: owner?.pair ? ` ${empty}` : empty };
  }
  if (parent.node.flow) {
    const next = siblings[index + 1];
    const before = siblings[index - 1];
    return next ? { start, end: next.start, text: '' } : { start: before?.end ?? start, end, text: '' };
  }
  const from = lineStart(text, start);
  const lead = text.slice(from, start);
  const ownLines = parent.node.kind === 'seq' ? /^\s*-\s+$/.test(lead) : lead.trim() === '';
  const next = siblings[index + 1];
  if (!ownLines && next) {
    // The first pair behind a dash: the next one takes its place.
    return { start, end: next.start, text: '' };
  }
  return { start: from, end: lineAfter(text, end), text: '' };
}

/** Adds a pair behind the last one of a map. */
export function insertPair(text: string, map: MapNode, key: string, value: JsonValue): OffsetEdit | undefined {
  const last = map.pairs[map.pairs.length - 1];
  const first = map.pairs[0];
  if (!last || !first) {
    return map.flow ? { start: map.start, end: map.end, text: JSON.stringify({ [key]: value }) } : undefined;
  }
  if (map.flow) {
    return { start: last.value.end, end: last.value.end, text: `, ${JSON.stringify(key)}: ${flowText(value)}` };
  }
  const column = columnOf(text, first.key.start);
  const at = endOfLine(text, Math.max(last.value.end, last.key.end + 1));
  const block = indented(printed({ [key]: value }), column);
  return { start: at, end: at, text: `\n${' '.repeat(column)}${block}` };
}

/** Adds an item behind `after`, or before the first one where that is undefined. */
export function insertItem(
  text: string,
  list: SeqNode,
  after: Node | undefined,
  value: JsonValue,
): OffsetEdit | undefined {
  const first = list.items[0];
  if (!first) {
    return list.flow ? { start: list.start, end: list.end, text: JSON.stringify([value]) } : undefined;
  }
  if (list.flow) {
    return after
      ? { start: after.end, end: after.end, text: `, ${flowText(value)}` }
      : { start: first.start, end: first.start, text: `${flowText(value)}, ` };
  }
  const dash = text.lastIndexOf('-', first.start - 1);
  const column = columnOf(text, dash);
  const item = `- ${indented(printed(value), column + 2)}`;
  if (!after) {
    return { start: dash, end: dash, text: `${item}\n${' '.repeat(column)}` };
  }
  const at = endOfLine(text, after.end);
  return { start: at, end: at, text: `\n${' '.repeat(column)}${item}` };
}

/** End of the line that holds the last character before an offset, its line break and a trailing return excluded. */
function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  const at = end < 0 ? text.length : end;
  return text[at - 1] === '\r' ? at - 1 : at;
}

/** Applies edits that do not overlap; of overlapping ones the one that starts first, or is wider, wins. */
export function applyEdits(text: string, edits: readonly OffsetEdit[]): string {
  const sorted = [...edits].sort((a, b) => a.start - b.start || b.end - a.end);
  const parts: string[] = [];
  let at = 0;
  for (const edit of sorted) {
    if (edit.start < at) {
      continue;
    }
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

export function isScalarValue(value: JsonValue | undefined): value is string | number | boolean | null {
  return value !== undefined && !Array.isArray(value) && !isObject(value);
}
