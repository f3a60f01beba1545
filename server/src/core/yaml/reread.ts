// A keystroke in one large document: only the entries of the innermost block collection around the edit are read again, and the rest
// of the tree is taken over. Where that is not certain to give the tree of the whole text, nothing is given.
import { startOfLine } from './brackets';
import { maxDepth, readExactly } from './events';
import type { MapNode, Node, Pair, SeqNode } from './tree';

/**
 * A text with its tree: read exactly, without faults, anchors, aliases and keys behind a `?`. Offsets of the tree are those of the
 * text plus `base`.
 */
export interface SoundText {
  text: string;
  base: number;
  root: Node;
}

/** True where a line has a key behind a `?`: then what an entry is depends on the ones before it. */
export function hasExplicitKeys(text: string): boolean {
  return /(?:^|[\r\n])[ -]*\?(?:\s|$)/.test(text);
}

/** Whole entries of a collection that stand on lines of their own. */
interface Stretch {
  /** From the root to the collection, with the place of the entry that leads on. */
  path: { node: MapNode | SeqNode; index: number }[];
  collection: MapNode | SeqNode;
  column: number;
  first: number;
  /** Behind the last one. */
  end: number;
  /** Offsets in the old text. */
  from: number;
  to: number;
}

/** The tree of `text`, which another one of the same document became by one edit; undefined where all of it must be read. */
export function reread(old: SoundText, text: string): Node | undefined {
  const limit = Math.min(old.text.length, text.length);
  let same = 0;
  while (same < limit && old.text.charCodeAt(same) === text.charCodeAt(same)) {
    same++;
  }
  let behind = 0;
  while (
    behind < limit - same &&
    old.text.charCodeAt(old.text.length - 1 - behind) === text.charCodeAt(text.length - 1 - behind)
  ) {
    behind++;
  }
  const by = text.length - old.text.length;
  const stretch = innermost(old, same, old.text.length - behind);
  if (stretch === undefined) {
    return undefined;
  }
  const { from, to, column, collection } = stretch;
  const source = text.slice(from, to + by);
  // The first line is an entry in one piece, and the next entry still starts a line.
  const isEntry = /^ *$/.test(source.slice(0, column)) && /^[^\s#%?:\uFEFF]/.test(source.slice(column, column + 1));
  if (!isEntry || (to < old.text.length && !/[\r\n]$/.test(source)) || source.endsWith('\r')) {
    return undefined;
  }
  if (hasExplicitKeys(source)) {
    return undefined;
  }
  const read = readEntries(source, old.base + from, stretch.path.length);
  if (read?.kind !== collection.kind || read.flow || read.start !== old.base + from + column || isMarked(read)) {
    return undefined;
  }
  return graft(stretch, read, by);
}

const isMarked = (node: Node): boolean => node.anchor !== undefined || node.tag !== undefined;

function readEntries(source: string, base: number, depth: number): Node | undefined {
  try {
    const documents = readExactly(source, base, maxDepth - depth);
    const [document] = documents;
    const isSound = documents.length === 1 && document?.explicitEnd === false && !document.anchored;
    return isSound ? document.root : undefined;
  } catch {
    return undefined;
  }
}

/** The innermost stretch of whole entries around an edit of the old text. */
function innermost(old: SoundText, editStart: number, editEnd: number): Stretch | undefined {
  let best: Stretch | undefined;
  const path: Stretch['path'] = [];
  let node: Node | undefined = old.root;
  while (node !== undefined && (node.kind === 'map' || node.kind === 'seq') && !node.flow) {
    const stretch = stretchOf(old, node, path, editStart, editEnd);
    best = stretch ?? best;
    const index = entryAt(node, editStart + old.base);
    const entry: Node | undefined = node.kind === 'map' ? node.pairs[index]?.value : node.items[index];
    if (entry === undefined || editEnd + old.base > entry.end || editStart + old.base < entry.start) {
      break;
    }
    path.push({ node, index });
    node = entry;
  }
  return best;
}

function stretchOf(
  { text, base }: SoundText,
  collection: MapNode | SeqNode,
  path: Stretch['path'],
  editStart: number,
  editEnd: number,
): Stretch | undefined {
  const start = collection.start - base;
  const column = start - startOfLine(text, start);
  const count = collection.kind === 'map' ? collection.pairs.length : collection.items.length;
  const lineOf = (index: number): number | undefined => entryLine(text, base, collection, index, column);
  let first = entryAt(collection, editStart + base);
  // The spaces in front of an entry belong to its line.
  if (first + 1 < count && (lineOf(first + 1) ?? Infinity) <= editStart) {
    first++;
  }
  let end = first + 1;
  while (end < count && (lineOf(end) ?? -1) < editEnd) {
    end++;
  }
  const from = first < 0 ? undefined : lineOf(first);
  const to = end < count ? lineOf(end) : path.length === 0 ? text.length : undefined;
  if (from === undefined || to === undefined || from > editStart || to < editEnd) {
    return undefined;
  }
  return { path: [...path], collection, column, first, end, from, to };
}

/** Place of the last entry that starts at or before an offset; -1 where none does. */
function entryAt(collection: MapNode | SeqNode, offset: number): number {
  const starts = collection.kind === 'map' ? collection.pairs : collection.items;
  let low = -1;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const entry = starts[middle] as Pair | Node;
    if (('key' in entry ? entry.key.start : entry.start) <= offset) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

/** Start of the line on which an entry stands alone with its indentation; undefined where it does not. */
function entryLine(
  text: string,
  base: number,
  collection: MapNode | SeqNode,
  index: number,
  column: number,
): number | undefined {
  const node = collection.kind === 'map' ? collection.pairs[index]?.key : collection.items[index];
  if (node === undefined || (collection.kind === 'map' && isMarked(node))) {
    return undefined;
  }
  const at = node.start - base;
  const line = startOfLine(text, at);
  const before = text.slice(line, at);
  const isAlone = collection.kind === 'map' ? /^ *$/.test(before) : /^ *-[ -]*$/.test(before);
  // An item that starts below its dash, or a key behind a `?`, is left to the whole reading.
  const isWhole = text[line + column] !== ':' && text[line + column] !== '?';
  return isAlone && isWhole && before.search(/[^ ]|$/) === column ? line : undefined;
}

/** The old tree with the entries of a stretch replaced, and what stands behind them moved. */
function graft({ path, collection, first, end }: Stretch, read: MapNode | SeqNode, by: number): Node {
  let node: Node = replaced(collection, first, end, read, by);
  if (first === 0) {
    node.start = read.start;
  }
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const { node: parent, index } = path[depth] as Stretch['path'][number];
    const single: MapNode | SeqNode =
      parent.kind === 'map'
        ? { ...parent, pairs: [{ key: (parent.pairs[index] as Pair).key, value: node }] }
        : { ...parent, items: [node] };
    node = replaced(parent, index, index + 1, single, by);
  }
  return node;
}

function replaced(
  old: MapNode | SeqNode,
  first: number,
  end: number,
  by: MapNode | SeqNode,
  move: number,
): MapNode | SeqNode {
  let last: Node | undefined;
  let node: MapNode | SeqNode;
  if (old.kind === 'map' && by.kind === 'map') {
    const pairs = [...old.pairs.slice(0, first), ...by.pairs];
    for (let i = end; i < old.pairs.length; i++) {
      const { key, value } = old.pairs[i] as Pair;
      pairs.push({ key: shifted(key, move), value: shifted(value, move) });
    }
    last = pairs[pairs.length - 1]?.value;
    node = { ...old, pairs };
  } else {
    const items = [...(old as SeqNode).items.slice(0, first), ...(by as SeqNode).items];
    for (let i = end; i < (old as SeqNode).items.length; i++) {
      items.push(shifted((old as SeqNode).items[i] as Node, move));
    }
    last = items[items.length - 1];
    node = { ...(old as SeqNode), items };
  }
  node.end = Math.max(node.start, last?.end ?? node.start);
  return node;
}

/** A copy without aliases, moved. Written out, because it runs over half of a large tree at every keystroke. */
function shifted(node: Node, by: number): Node {
  if (by === 0) {
    return node;
  }
  const start = node.start + by;
  const end = node.end + by;
  let copy: Node;
  switch (node.kind) {
    case 'scalar':
      copy = { kind: 'scalar', start, end, text: node.text, style: node.style };
      break;
    case 'map': {
      const { pairs } = node;
      const moved: Pair[] = new Array<Pair>(pairs.length);
      for (let i = 0; i < pairs.length; i++) {
        const { key, value } = pairs[i] as Pair;
        moved[i] = { key: shifted(key, by), value: shifted(value, by) };
      }
      copy = { kind: 'map', start, end, pairs: moved, flow: node.flow };
      break;
    }
    case 'seq':
      copy = { kind: 'seq', start, end, items: node.items.map((item) => shifted(item, by)), flow: node.flow };
      break;
    case 'alias':
      copy = { kind: 'alias', start, end, name: node.name };
  }
  if (node.tag !== undefined) {
    copy.tag = node.tag;
  }
  return copy;
}
