// Minimal edits of a person's YAML: what they do not concern (comments, order, quotes, indentation, line ends) stays.
import type { JsonValue } from '../json';
import { isObject } from '../json';
import type { TextEdit } from '../problem';
import { endOfLine, startOfLine } from '../yaml/brackets';
import { skipTrivia } from '../yaml/events';
import type { MapNode, Node, Pair, ParsedYaml, SeqNode } from '../yaml/tree';
import {
  type BlockStyle,
  writeAfterKey,
  writeFlow,
  writeItem,
  writeKey,
  writeScalar,
  doubleQuoted,
} from './writeValue';

export interface EditedFile {
  path: string;
  parsed: ParsedYaml;
}

/** Replaces a scalar, or a value between brackets, by a scalar. Anchors and tags in front of it stay; the quotes stay where the new value allows them. */
export function setScalar(file: EditedFile, node: Node, value: string | number | boolean | null): TextEdit {
  const { parsed } = file;
  const like = node.kind === 'scalar' ? node : undefined;
  let text = writeScalar(value, like);
  if (insideFlow(parsed, node.start) && !/^["']/.test(text) && /[,[\]{}:?]/.test(text)) {
    text = doubleQuoted(String(value));
  }
  return replaceNode(file, node, text);
}

/** An empty value stands right behind its colon or dash, or, between brackets, behind its key alone. */
function replaceNode(file: EditedFile, node: Node, text: string): TextEdit {
  const before = file.parsed.text[node.start - 1] ?? ' ';
  // Between brackets, a colon that touches the next comma or bracket belongs to the key.
  const isKeys =
    before === ':' && /[,\]}]/.test(file.parsed.text[node.end] ?? ' ') && insideFlow(file.parsed, node.start);
  const gap = node.start < node.end || /\s/.test(before) ? '' : /[:?-]/.test(before) && !isKeys ? ' ' : ': ';
  return edit(file, node.start, node.end, gap + text);
}

/** Replaces the value of a pair of a block map by any value, written below or behind its key. */
export function setValue(file: EditedFile, pair: Pair, value: JsonValue): TextEdit {
  const { parsed } = file;
  const old = pair.value;
  const isBlock = (old.kind === 'map' || old.kind === 'seq') && !old.flow;
  if (!isBlock && !isObject(value) && !Array.isArray(value) && !(typeof value === 'string' && value.includes('\n'))) {
    return setScalar(file, old, value);
  }
  if (insideFlow(parsed, pair.key.start)) {
    return replaceNode(file, pair.value, writeFlow(value));
  }
  const colon = skipTrivia(parsed.text, pair.key.end, '') + 1;
  const end = Math.max(pair.value.end, colon);
  const indent = column(parsed, pair.key.start);
  const body = writeAfterKey(value, indent, styleAt(file, endOfLine(parsed.text, end), indent));
  // A comment behind the old value would become part of a new block text: it moves to the line of the key.
  const lineEnd = endOfLine(parsed.text, end);
  const comment = parsed.text.slice(end, lineEnd).trim();
  const firstLine = /[\r\n]/.exec(body)?.index;
  const last = lastBreak(file, value, lineEnd);
  if (firstLine === undefined || !comment.startsWith('#')) {
    // Spaces behind the old value would become a part of a new block text.
    return edit(file, colon, firstLine !== undefined && comment === '' ? lineEnd : end, body + last);
  }
  return edit(file, colon, lineEnd, `${body.slice(0, firstLine)} ${comment}${body.slice(firstLine)}${last}`);
}

export function renameKey(file: EditedFile, pair: Pair, name: string): TextEdit {
  const text = pair.key.kind === 'scalar' && pair.key.style !== 'plain' ? writeScalar(name, pair.key) : writeKey(name);
  return edit(file, pair.key.start, pair.key.end, text);
}

/** Removes a pair with its lines, and the comment on its own line; comments above it stay. A map that becomes empty is `{}`. */
export function removePair(file: EditedFile, map: MapNode, pair: Pair): TextEdit {
  const { parsed } = file;
  if (map.pairs.length === 1) {
    return emptied(file, map, '{}');
  }
  const index = map.pairs.indexOf(pair);
  const { text } = parsed;
  if (map.flow) {
    const next = map.pairs[index + 1];
    const before = map.pairs[index - 1];
    if (next !== undefined) {
      return edit(file, pair.key.start, next.key.start, '');
    }
    const gap = before === undefined ? '' : gapAfter(text, before);
    return removeBehind(file, before?.value.end, pair.key.start, pair.value.end, gap);
  }
  const start = startOfLine(text, pair.key.start);
  const next = map.pairs[index + 1];
  const first = !/^\s*(?:\?\s*)?$/.test(text.slice(start, pair.key.start));
  if (first && next !== undefined) {
    // `- name: a` and the like: the following key moves up behind the dash.
    return edit(file, pair.key.start, next.key.start, '');
  }
  const end = afterLine(text, pair.value.end);
  return first ? edit(file, pair.key.start, pair.value.end, '') : edit(file, start, end, '');
}

/** Removes the last entry between brackets with the comma in front of it; a comment between the two stays. */
function removeBehind(file: EditedFile, before: number | undefined, start: number, end: number, gap: string): TextEdit {
  const { text } = file.parsed;
  const between = before === undefined ? '' : text.slice(before, start);
  if (before === undefined || !between.includes('#')) {
    return edit(file, before ?? start, end, gap);
  }
  const kept = between.replace(/^\s*,/, '').trimEnd();
  const isLineEnd = /^[ \t]*(?:[\r\n]|$)/.test(text.slice(end, endOfLine(text, end) + 1));
  return edit(file, before, end, gap + kept + (isLineEnd ? '' : styleOf(file.parsed).eol));
}

/** Brackets in the place of a collection: behind its key where only that stands above, else indented deeper than any key. */
function emptied(file: EditedFile, node: MapNode | SeqNode, brackets: string): TextEdit {
  const { text } = file.parsed;
  const start = Math.min(node.start, node.kind === 'map' ? (node.pairs[0]?.key.start ?? node.start) : node.start);
  const before = text.slice(0, start).trimEnd();
  if (node.flow || text.slice(startOfLine(text, start), start).trim() !== '') {
    return edit(file, start, node.end, brackets);
  }
  return before.endsWith(':')
    ? edit(file, before.length, node.end, ' ' + brackets)
    : edit(file, start, node.end, before === '' ? brackets : '  ' + brackets);
}

/** Removes an item of a list, as `removePair` does a pair. */
export function removeItem(file: EditedFile, list: SeqNode, index: number): TextEdit {
  const { text } = file.parsed;
  const item = list.items[index] as Node;
  if (list.items.length === 1) {
    return emptied(file, list, '[]');
  }
  const next = list.items[index + 1];
  if (list.flow) {
    const before = list.items[index - 1];
    return next !== undefined
      ? edit(file, item.start, next.start, '')
      : removeBehind(file, before?.end, item.start, item.end, '');
  }
  const dash = text.lastIndexOf('-', item.start - 1);
  const start = startOfLine(text, dash);
  if (text.slice(start, dash).trim() !== '' && next !== undefined) {
    return edit(file, dash, text.lastIndexOf('-', next.start - 1), '');
  }
  return edit(file, start, afterLine(text, item.end), '');
}

/** Adds a pair behind the pair with the key `after`, or at the end. The map must be one that has pairs, or `{}`. */
export function insertPair(file: EditedFile, map: MapNode, name: string, value: JsonValue, after?: Pair): TextEdit {
  const { parsed } = file;
  const { text } = parsed;
  const last = after ?? map.pairs[map.pairs.length - 1];
  if (map.flow || last === undefined) {
    const entry = `${writeFlow(name)}: ${writeFlow(value)}`;
    if (last === undefined) {
      return edit(file, map.start, map.end, `{${entry}}`);
    }
    return edit(file, last.value.end, last.value.end, `${gapAfter(text, last)}, ${entry}`);
  }
  const indent = column(parsed, Math.min(map.start, (map.pairs[0] as Pair).key.start));
  const end = lastLineEnd(file, last.value, Math.max(last.value.end, last.key.end));
  const style = styleAt(file, end, indent);
  const line = ' '.repeat(indent) + writeKey(name) + ':' + writeAfterKey(value, indent, style);
  return appendLines(file, last.value, end, style.eol + line + lastBreak(file, value, end));
}

/** Adds an item to a list that has items, or to `[]`. */
export function insertItem(file: EditedFile, list: SeqNode, value: JsonValue): TextEdit {
  const { parsed } = file;
  const last = list.items[list.items.length - 1];
  if (last === undefined) {
    return edit(file, list.start, list.end, `[${writeFlow(value)}]`);
  }
  if (list.flow) {
    return edit(file, last.end, last.end, `, ${writeFlow(value)}`);
  }
  const indent = column(parsed, list.start);
  const end = lastLineEnd(file, last, last.end);
  const style = styleAt(file, end, indent);
  const line = style.eol + ' '.repeat(indent) + '- ' + writeItem(value, indent, style);
  return appendLines(file, last, end, line + lastBreak(file, value, end));
}

/** Between brackets, a key without a value keeps a space behind its colon, which would become a part of the key otherwise. */
function gapAfter(text: string, { key, value }: Pair): string {
  return value.start === value.end && value.start > key.end && text[value.end - 1] === ':' ? ' ' : '';
}

/** A text that ends in a line break needs one behind it also at the end of the file. */
function lastBreak({ parsed }: EditedFile, value: JsonValue, end: number): string {
  const leaf = lastLeaf(value);
  const isText = typeof leaf === 'string' && leaf.endsWith('\n');
  return isText && end === parsed.text.length ? styleOf(parsed).eol : '';
}

function lastLeaf(value: JsonValue): JsonValue | undefined {
  const parts = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : undefined;
  const last = parts?.[parts.length - 1];
  return last === undefined ? value : lastLeaf(last);
}

/**
 * Adds lines behind a node at `end`, a line's end. A block text that had no last line break, because the file has none, must
 * not get one by what follows.
 */
function appendLines(file: EditedFile, node: Node, end: number, lines: string): TextEdit {
  const { text } = file.parsed;
  const leaf = lastNode(node);
  const header = /^[|>]([-+]?)(\d?)([-+]?)/.exec(text.slice(leaf.start, leaf.start + 3));
  const isBlock = leaf.kind === 'scalar' && (leaf.style === 'literal' || leaf.style === 'folded');
  const chomping = (header?.[1] ?? '') + (header?.[3] ?? '');
  if (!isBlock || header === null || end < text.length || chomping === '-' || leaf.text.endsWith('\n')) {
    return edit(file, end, end, lines);
  }
  const rest = text.slice(leaf.start + header[0].length, end);
  return edit(file, leaf.start, end, `${header[0].slice(0, 1)}${header[2] ?? ''}-${rest}${lines}`);
}

function lastNode(node: Node): Node {
  const last = node.kind === 'map' ? node.pairs[node.pairs.length - 1]?.value : undefined;
  const inner = node.kind === 'seq' ? node.items[node.items.length - 1] : last;
  return inner === undefined ? node : lastNode(inner);
}

function edit({ path, parsed }: EditedFile, start: number, end: number, newText: string): TextEdit {
  return { path, range: parsed.lines.range(start, end), newText };
}

/** Column of an offset; the dashes in front of a key count as indentation. */
function column(parsed: ParsedYaml, offset: number): number {
  return parsed.lines.positionAt(offset).character;
}

/**
 * The file's style behind a line's end. A comment or spaces below that reach deeper would become a part of a block text there.
 */
function styleAt({ parsed }: EditedFile, lineEnd: number, indent: number): BlockStyle {
  const below = parsed.text
    .slice(lineEnd, lineEnd + 2000)
    .split(/\r\n|\r|\n/)
    .slice(1);
  const content = below.findIndex((line) => /^\s*[^\s#]/.test(line));
  const between = content < 0 ? below : below.slice(0, content);
  return { ...styleOf(parsed), quoted: between.some((line) => line.length - line.trimStart().length > indent) };
}

/** End of the last line of a node; of a block text, with the blank lines that belong to it. */
function lastLineEnd({ parsed: { text } }: EditedFile, node: Node, from: number): number {
  const end = endOfLine(text, from);
  const leaf = lastNode(node);
  if (leaf.kind !== 'scalar' || (leaf.style !== 'literal' && leaf.style !== 'folded')) {
    return end;
  }
  const keeps = /^[|>]\d?\+/.test(text.slice(leaf.start, leaf.start + 3));
  const blank = /^(?:(?:\r\n|\r(?!\n)|\n)[ \t]*)+(?=\r|\n|$)/.exec(text.slice(end))?.[0] ?? '';
  const indent = indentOf(text, leaf.end);
  const isContent = blank.split(/\r\n|\r|\n/).some((line) => line.length > indent);
  return keeps || isContent ? end + blank.length : end;
}

/** Columns in front of the content of a line. */
function indentOf(text: string, at: number): number {
  return /^ */.exec(text.slice(startOfLine(text, at), endOfLine(text, at)))?.[0].length ?? 0;
}

/** How the file indents: the first nested map and the first list say it; two spaces where none does. */
export function styleOf(parsed: ParsedYaml): BlockStyle {
  const eol = /\r\n|\r|\n/.exec(parsed.text)?.[0] ?? '\n';
  let step: number | undefined;
  let listStep: number | undefined;
  const walk = (node: Node): void => {
    if (step !== undefined && listStep !== undefined) {
      return;
    }
    if (node.kind === 'map' && !node.flow) {
      for (const { key, value } of node.pairs) {
        const by = column(parsed, value.start) - column(parsed, key.start);
        const below = parsed.lines.positionAt(value.start).line > parsed.lines.positionAt(key.start).line;
        if (below && value.kind === 'map' && !value.flow && by > 0) {
          step ??= by;
        } else if (below && value.kind === 'seq' && !value.flow && by >= 0) {
          listStep ??= by;
        }
        walk(value);
      }
    } else if (node.kind === 'seq' && !node.flow) {
      node.items.forEach(walk);
    }
  };
  for (const { root } of parsed.documents) {
    if (root !== undefined) {
      walk(root);
    }
  }
  return { step: step ?? 2, listStep: listStep ?? step ?? 2, eol };
}

/** Whether an offset lies between brackets: commas and brackets then end a plain scalar. */
function insideFlow(parsed: ParsedYaml, offset: number): boolean {
  const document = parsed.documents.find(({ start, end }) => offset >= start && offset <= end);
  const inFlow = (node: Node | undefined): boolean => {
    if (
      node === undefined ||
      offset < node.start ||
      offset > node.end ||
      (node.kind !== 'map' && node.kind !== 'seq')
    ) {
      return false;
    }
    if (node.flow) {
      return offset > node.start && offset < node.end;
    }
    return node.kind === 'map'
      ? node.pairs.some(({ key, value }) => inFlow(key) || inFlow(value))
      : node.items.some(inFlow);
  };
  return inFlow(document?.root);
}

/** Offset behind the line break that ends the line of `at`. */
function afterLine(text: string, at: number): number {
  const end = endOfLine(text, at);
  return end + (text[end] === '\r' && text[end + 1] === '\n' ? 2 : end < text.length ? 1 : 0);
}

/** The text after edits of one file that do not overlap. */
export function applyEdits(parsed: ParsedYaml, edits: readonly TextEdit[]): string {
  let { text } = parsed;
  const places = edits
    .map(({ range, newText }) => ({
      start: parsed.lines.offsetAt(range.start),
      end: parsed.lines.offsetAt(range.end),
      newText,
    }))
    .sort((a, b) => b.start - a.start);
  for (const { start, end, newText } of places) {
    text = text.slice(0, start) + newText + text.slice(end);
  }
  return text;
}
