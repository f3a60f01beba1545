// Where the cursor stands in text that is being typed. The word at the cursor is replaced by a marker that completes the line, and
// the document is read again: the tree then says what the half-typed word would be, however broken the rest is.
import { parseYaml } from '../yaml/parse';
import { keyName } from '../yaml/resolve';
import type { LineIndex, MapNode, Node, ParsedYaml, YamlDocument } from '../yaml/tree';

export interface Cursor {
  /** `key`: the name of a field of the map at `path`. `value`: the value at `path`. */
  kind: 'key' | 'value';
  path: (string | number)[];
  /** The map that the key is in. */
  map: MapNode | undefined;
  /** Names that the map has already. */
  present: ReadonlySet<string>;
  /** Offsets, in the original text, of what is replaced. */
  start: number;
  end: number;
  /** Column of the word: children of a key begin two further. */
  column: number;
  /** A colon follows the word already. */
  hasColon: boolean;
  /** The quote that opens the word, if any; then `start` is behind it. */
  quote: '' | '"' | "'";
  /** Inside `{}` or `[]`, where nothing can be put on further lines. */
  flow: boolean;
  /** The document's first list stands deeper than its key; true where it has none. */
  listsIndented: boolean;
  /** The document as read with the marker in place. */
  document: YamlDocument;
}

const marker = 'plumblinecursor';

/** Undefined where nothing can be completed: in comments, block scalars and behind finished values. */
export function cursorAt(parsed: ParsedYaml, document: YamlDocument, offset: number): Cursor | undefined {
  const { text } = parsed;
  const lineStart = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = endOfLine(text, offset);
  const before = text.slice(lineStart, offset);
  const after = text.slice(offset, lineEnd);
  const word = wordAt(before, after);
  if (word === undefined) {
    return undefined;
  }
  const start = offset - word.before.length;
  const end = offset + word.after.length;
  const rest = text.slice(end, lineEnd).replace(/^["']/, '');
  const hasColon = /^\s*:(\s|$)/.test(rest);
  const flow = inFlow(before);
  const asKey = word.position === 'key' && !flow && !hasColon;
  const head = text.slice(document.start, start - word.quote.length);
  const patched = `${head}${marker}${asKey ? ':' : ''}${hasColon ? rest : withoutValue(rest, flow)}${text.slice(lineEnd, document.end)}`;
  const reread = parseYaml(patched);
  const found = reread.documents.map((d) => ({ d, place: d.root && findMarker(d.root, []) })).find((x) => x.place);
  if (found?.place === undefined) {
    return undefined;
  }
  const { place } = found;
  return {
    kind: place.kind,
    path: place.path,
    map: place.map,
    present: new Set(place.map?.pairs.flatMap((pair) => keyName(pair.key) ?? []).filter((name) => name !== marker)),
    start,
    end,
    column: start - word.quote.length - lineStart,
    hasColon,
    quote: word.quote,
    flow,
    listsIndented: found.d.root === undefined || (indentsLists(found.d.root, reread.lines) ?? true),
    document: found.d,
  };
}

interface Word {
  position: 'key' | 'value';
  before: string;
  after: string;
  quote: '' | '"' | "'";
}

/** The word around the cursor, and whether the line lets it be a key or a value. */
function wordAt(before: string, after: string): Word | undefined {
  const tail = /^[^\s:,#{}[\]"']*/.exec(after)?.[0] ?? '';
  const key = /^(?:\s|- )*(["']?)([^\s:#"'{}[\],]*)$/.exec(before);
  if (key) {
    return { position: 'key', before: key[2] ?? '', after: tail, quote: (key[1] ?? '') as Word['quote'] };
  }
  const value = /^(?:[^#"']|"[^"]*"|'[^']*'|\S#)*?(?:[:,]\s+|[[{]\s*)(["']?)([^\s"'{}[\],]*)$/.exec(before);
  if (value) {
    return { position: 'value', before: value[2] ?? '', after: tail, quote: (value[1] ?? '') as Word['quote'] };
  }
  return undefined;
}

/** What may stay behind the word: closing brackets and further items of a flow collection, and comments. */
function withoutValue(rest: string, flow: boolean): string {
  return flow ? rest : (/\s+#.*$/.exec(rest)?.[0] ?? '');
}

function inFlow(before: string): boolean {
  const plain = before.replace(/"[^"]*"|'[^']*'/g, '');
  const count = (c: string): number => plain.split(c).length - 1;
  return count('{') > count('}') || count('[') > count(']');
}

interface Place {
  kind: 'key' | 'value';
  path: (string | number)[];
  map: MapNode | undefined;
}

function findMarker(node: Node, path: (string | number)[]): Place | undefined {
  if (node.kind === 'scalar') {
    return node.text === marker ? { kind: 'value', path, map: undefined } : undefined;
  }
  if (node.kind === 'map') {
    for (const pair of node.pairs) {
      if (pair.key.kind === 'scalar' && pair.key.text === marker) {
        return { kind: 'key', path, map: node };
      }
      const found = findMarker(pair.value, [...path, keyName(pair.key) ?? '']);
      if (found) {
        return found.kind === 'value' && found.map === undefined ? { ...found, map: node } : found;
      }
    }
  } else if (node.kind === 'seq') {
    for (const [index, item] of node.items.entries()) {
      const found = findMarker(item, [...path, index]);
      if (found) {
        return found;
      }
    }
  }
  return undefined;
}

function indentsLists(node: Node, lines: LineIndex): boolean | undefined {
  if (node.kind === 'map') {
    for (const { key, value } of node.pairs) {
      if (value.kind === 'seq' && !value.flow && value.items.length > 0) {
        return lines.positionAt(value.start).character > lines.positionAt(key.start).character;
      }
      const inner = indentsLists(value, lines);
      if (inner !== undefined) {
        return inner;
      }
    }
  } else if (node.kind === 'seq') {
    for (const item of node.items) {
      const inner = indentsLists(item, lines);
      if (inner !== undefined) {
        return inner;
      }
    }
  }
  return undefined;
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end > 0 && text[end - 1] === '\r' && end - 1 >= offset ? end - 1 : end;
}
