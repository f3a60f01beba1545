// Places in a tree: by JSON path, by offset, and by the field paths that the API server writes.
import type { JsonPath } from '../json';
import type { Range } from '../problem';
import { entries, follow, keyName } from './resolve';
import type { MapNode, Node, Pair, ParsedYaml, YamlDocument } from './tree';

/** The node at a path, through aliases and merge keys; undefined where there is none. */
export function nodeAt(root: Node | undefined, path: JsonPath): Node | undefined {
  let node = root === undefined ? undefined : follow(root);
  for (const step of path) {
    node = childOf(node, step);
  }
  return node;
}

/** The pair that holds the value at a path; undefined for list items, the root, and where there is none. */
export function pairAt(root: Node | undefined, path: JsonPath): Pair | undefined {
  const last = path[path.length - 1];
  const parent = last === undefined ? undefined : nodeAt(root, path.slice(0, -1));
  return parent?.kind === 'map' ? entryOf(parent, String(last)) : undefined;
}

function childOf(node: Node | undefined, step: string | number): Node | undefined {
  if (node?.kind === 'map') {
    const value = entryOf(node, String(step))?.value;
    return value === undefined ? undefined : follow(value);
  }
  if (node?.kind === 'seq') {
    const item = node.items[Number(step)];
    return item === undefined ? undefined : follow(item);
  }
  return undefined;
}

/** The pair of a key, own pairs first (of duplicates the last), then merged ones. */
export function entryOf(map: MapNode, name: string): Pair | undefined {
  // Merged maps, and keys whose name is not their text, are looked into only where there are some: most fields are simply absent.
  let isSimple = !isOddName(name);
  for (let i = map.pairs.length - 1; i >= 0; i--) {
    const pair = map.pairs[i] as Pair;
    const { key } = pair;
    if (key.kind !== 'scalar' || key.tag !== undefined || key.text === '<<') {
      isSimple = false;
    }
    if (key.kind === 'scalar' && key.text === name && (key.style !== 'plain' || keyName(key) === name)) {
      return pair;
    }
  }
  return isSimple ? undefined : entries(map).find((entry) => entry.name === name);
}

/** True for names that a key may have without being that text: `yes` is `true`, `0x10` is 16. */
function isOddName(name: string): boolean {
  const first = name.charCodeAt(0);
  const isLowercase = first >= 0x61 && first <= 0x7a;
  return name === 'true' || name === 'false' || !(isLowercase || first === 0x24);
}

export function rangeOf(parsed: ParsedYaml, node: { start: number; end: number }): Range {
  return parsed.lines.range(node.start, node.end);
}

/** The document that holds an offset. */
export function documentAt(parsed: ParsedYaml, offset: number): YamlDocument | undefined {
  const documents = parsed.documents;
  return documents.find((document) => offset < document.end) ?? documents[documents.length - 1];
}

export interface PathAtOffset {
  /** Path of the innermost node that holds the offset. */
  path: (string | number)[];
  node: Node;
  /** Set where that node is the key or the value of a pair. */
  pair?: Pair;
  /** The offset is inside the pair's key; `path` then ends with that key. */
  inKey: boolean;
}

/**
 * What stands at an offset. An offset just behind a scalar belongs to it. Between nodes, the innermost collection whose
 * range holds the offset.
 */
export function pathAt(document: YamlDocument, offset: number): PathAtOffset | undefined {
  if (document.root === undefined) {
    return undefined;
  }
  return descend(document.root, offset, { path: [], node: document.root, inKey: false });
}

function descend(node: Node, offset: number, here: PathAtOffset): PathAtOffset {
  if (node.kind === 'map') {
    for (const pair of node.pairs) {
      const name = keyName(pair.key) ?? '';
      const path = [...here.path, name];
      if (holds(pair.key, offset)) {
        return { path, node: pair.key, pair, inKey: true };
      }
      if (holds(pair.value, offset)) {
        return descend(pair.value, offset, { path, node: pair.value, pair, inKey: false });
      }
    }
  } else if (node.kind === 'seq') {
    const index = node.items.findIndex((item) => holds(item, offset));
    const item = node.items[index];
    if (item !== undefined) {
      return descend(item, offset, { path: [...here.path, index], node: item, inKey: false });
    }
  }
  return here;
}

function holds(node: Node, offset: number): boolean {
  return offset >= node.start && offset <= node.end;
}

export interface FieldPlace {
  /** The node at the field, or the nearest ancestor that exists. */
  node: Node;
  /** The key in front of `node`, where it is a map's value. */
  key?: Node;
  /** False where the field itself is absent and `node` is an ancestor. */
  exact: boolean;
  /** Path of `node`. */
  path: (string | number)[];
  /** What of the field path could not be followed; empty where `exact`. */
  rest: string;
}

/**
 * The node that the API server's field path names: `spec.containers[0].name`, `metadata.labels[app.kubernetes.io/name]`,
 * `data[key]`. Keys may contain full stops and brackets: the longest key that exists is taken.
 */
export function nodeAtFieldPath(root: Node, field: string): FieldPlace {
  let place: FieldPlace = { node: follow(root) ?? root, exact: true, path: [], rest: '' };
  let rest = field.trim().replace(/^\.+/, '');
  while (rest !== '') {
    const step = nextStep(place.node, rest);
    if (step === undefined) {
      return { ...place, exact: false, rest };
    }
    const { name, pair, item, length } = step;
    const node = (pair === undefined ? item : pair.value) as Node;
    place = {
      node: follow(node) ?? node,
      exact: true,
      path: [...place.path, name],
      rest: '',
      ...(pair === undefined ? {} : { key: pair.key }),
    };
    rest = rest.slice(length).replace(/^\./, '');
  }
  return place;
}

interface Step {
  name: string | number;
  pair?: Pair;
  item?: Node;
  /** Characters of the field path used up. */
  length: number;
}

function nextStep(node: Node, rest: string): Step | undefined {
  if (node.kind === 'seq') {
    const index = /^\[(\d+)\]/.exec(rest);
    const [only, ...others] = node.items;
    if (!rest.startsWith('[') && only !== undefined && others.length === 0) {
      // Some rules of the server leave the index out.
      return { name: 0, item: only, length: 0 };
    }
    const item = node.items[Number(index?.[1] ?? -1)];
    return index === null || item === undefined ? undefined : { name: Number(index[1]), item, length: index[0].length };
  }
  if (node.kind !== 'map') {
    return undefined;
  }
  let best: Step | undefined;
  for (const entry of entries(node)) {
    for (const form of [entry.name, `[${entry.name}]`, `["${entry.name}"]`, `['${entry.name}']`]) {
      const next = rest.charAt(form.length);
      const whole = next === '' || next === '.' || next === '[';
      if (whole && form.length > (best?.length ?? -1) && rest.startsWith(form)) {
        best = { name: entry.name, pair: entry, length: form.length };
      }
    }
  }
  return best;
}

/** Steps of a field path by its own punctuation, for the part of it that no node answers to. */
export function fieldSteps(field: string): (string | number)[] {
  const steps: (string | number)[] = [];
  for (const match of field.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)) {
    const [, bracket, name] = match;
    if (bracket === undefined) {
      steps.push(name ?? '');
    } else {
      steps.push(/^\d+$/.test(bracket) ? Number(bracket) : bracket.replace(/^(["'])(.*)\1$/, '$2'));
    }
  }
  return steps;
}
