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
  for (let at = text.indexOf('?'); at >= 0; at = text.indexOf('?', at + 1)) {
    const isFollowed = /^\s?$/.test(text.slice(at + 1, at + 2));
    if (isFollowed && /^[ -]*$/.test(text.slice(startOfLine(text, at), at))) {
      return true;
    }
  }
  return false;
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

/** What the exact reader says of a text: its tree, or what it throws. */
export type Reading = { root: Node } | { failure: ReaderException };

/** As js-yaml throws it. */
export interface ReaderException {
  reason?: string;
  mark?: { position: number };
}

/** The reading of `text`, which an older one of the same document became by one edit; undefined where all of it must be read. */
export function reread(old: SoundText, text: string): Reading | undefined {
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
  for (const stretch of stretches(old, same, old.text.length - behind)) {
    const reading = rereadStretch(old, stretch, text, by);
    if (reading !== undefined) {
      return reading;
    }
  }
  return undefined;
}

function rereadStretch(old: SoundText, stretch: Stretch, text: string, by: number): Reading | undefined {
  const { from, to, column, collection, path } = stretch;
  const source = text.slice(from, to + by);
  // The first line is an entry in one piece, and the next entry still starts a line.
  const opensWell = /^ *$/.test(source.slice(0, column)) && /^[^\s#%?:\uFEFF]/.test(source.slice(column, column + 1));
  if (!opensWell || (to < old.text.length && !/[\r\n]$/.test(source)) || source.endsWith('\r')) {
    return undefined;
  }
  if (hasExplicitKeys(source)) {
    return undefined;
  }
  const read = readEntries(source, old.base + from, path.length);
  if ('failure' in read) {
    const { reason, mark } = read.failure;
    const isCertain =
      mark !== undefined &&
      reason?.startsWith('end of the stream') === false &&
      isInside(source, mark.position, column, collection.kind);
    return isCertain ? { failure: { reason, mark: { position: from + mark.position } } } : undefined;
  }
  const { root } = read;
  if (root?.kind !== collection.kind || root.flow || root.start !== old.base + from + column || isMarked(root)) {
    return undefined;
  }
  return { root: graft(stretch, root, by) };
}

/**
 * Whether what the reader noticed at a place is the collection's own fault, whatever stands around it: the collection is opened on
 * the first line, nothing leaves its column, and the place is behind the first line and before the last.
 */
function isInside(source: string, position: number, column: number, kind: 'map' | 'seq'): boolean {
  const firstLine = source.search(/[\r\n]/);
  const first = source.slice(column, firstLine);
  const opens =
    kind === 'seq' ? /^-(?:\s|$)/.test(first) : /^[A-Za-z0-9_./-]+:(?:\s|$)/.test(first) && !/^-\s/.test(first);
  const isBelow = firstLine >= 0 && position > firstLine;
  const outdented = new RegExp(`[\\r\\n] {0,${column - 1}}[^ \\r\\n]`);
  return (
    opens &&
    isBelow &&
    position < startOfLine(source, source.trimEnd().length) &&
    (column === 0 || !outdented.test(source))
  );
}

const isMarked = (node: Node): boolean => node.anchor !== undefined || node.tag !== undefined;

/** The root of a text that is one document without anchors. */
function readEntries(
  source: string,
  base: number,
  depth: number,
): { root: Node | undefined } | { failure: ReaderException } {
  try {
    const documents = readExactly(source, base, maxDepth - depth);
    const [document] = documents;
    const isSound = documents.length === 1 && document?.explicitEnd === false && !document.anchored;
    return { root: isSound ? document.root : undefined };
  } catch (error) {
    return { failure: error as ReaderException };
  }
}

/** More attempts than this cost more than they are likely to save. */
const maxStretches = 4;
/** Characters that are read at once without a thought; larger stretches must be less than half of the text. */
const smallStretch = 4000;

/** Stretches of whole entries around an edit of the old text, the innermost first. */
function stretches(old: SoundText, editStart: number, editEnd: number): Stretch[] {
  const found: Stretch[] = [];
  const path: Stretch['path'] = [];
  let node: Node | undefined = old.root;
  while (node !== undefined && (node.kind === 'map' || node.kind === 'seq') && !node.flow) {
    const stretch = stretchOf(old, node, path, editStart, editEnd);
    if (stretch !== undefined && stretch.to - stretch.from < Math.max(smallStretch, old.text.length / 2)) {
      found.push(stretch);
    }
    const index = entryAt(node, editStart + old.base);
    const entry: Node | undefined = node.kind === 'map' ? node.pairs[index]?.value : node.items[index];
    if (entry === undefined || editEnd + old.base > entry.end || editStart + old.base < entry.start) {
      break;
    }
    path.push({ node, index });
    node = entry;
  }
  return found.reverse().slice(0, maxStretches);
}

/**
 * The entries of a collection that an edit touches, and one more on each side where that stands alone: what is typed above an entry
 * may belong to the one before it, and shows its faults at the one behind it.
 */
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
  if (first > 0 && lineOf(first - 1) !== undefined) {
    first--;
  }
  while (end < count && (lineOf(end) ?? -1) < editEnd) {
    end++;
  }
  if (end + 1 < count ? lineOf(end + 1) !== undefined : end + 1 === count && path.length === 0) {
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
