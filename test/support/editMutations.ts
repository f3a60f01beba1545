// Random edits of a document, and what must hold of each: read back, it is the old value with that one change; comments, quotes and
// line ends elsewhere are what they were.
import assert from 'node:assert/strict';
import {
  applyEdits,
  insertItem,
  insertPair,
  removeItem,
  removePair,
  renameKey,
  setScalar,
  setValue,
  type EditedFile,
} from '../../server/src/core/edit/edits';
import { isObject, type JsonObject, type JsonValue } from '../../server/src/core/json';
import type { TextEdit } from '../../server/src/core/problem';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { keyName, toJson } from '../../server/src/core/yaml/resolve';
import type { MapNode, Node, Pair, SeqNode } from '../../server/src/core/yaml/tree';
import { pick, type Random } from './mutations';

type Path = (string | number)[];

const scalars: (string | number | boolean | null)[] = [
  'plain', '', ' p ', 'yes', '012', '1e3', '~', 'a: b', 'a #b', '- d', '*x', '[x', 'a, b', "it's", '"q"', '\\', 't\ta', 'é😀', 'two\nlines',
  'two\nlines\n', 'a\n\nb\n\n', '\nf', '  i\nx', 'x \ny', 'key:', '#', 0, -1.5, true, null,
]; // prettier-ignore
const values: JsonValue[] = [
  ...scalars,
  {},
  [],
  { a: 1 },
  ['x', { y: ['z', []] }],
  { 'k: #': { b: [{ c: 'd\ne\n' }] } },
  { l: 'd\ne\n' },
];

interface Places {
  pairs: { map: MapNode; pair: Pair; path: Path }[];
  maps: { map: MapNode; path: Path }[];
  lists: { list: SeqNode; path: Path }[];
}

function placesOf(root: Node): Places {
  const places: Places = { pairs: [], maps: [], lists: [] };
  const walk = (node: Node, path: Path): void => {
    if (node.kind === 'map') {
      places.maps.push({ map: node, path });
      for (const pair of node.pairs) {
        const name = keyName(pair.key);
        if (name !== undefined) {
          places.pairs.push({ map: node, pair, path: [...path, name] });
          walk(pair.value, [...path, name]);
        }
      }
    } else if (node.kind === 'seq') {
      places.lists.push({ list: node, path });
      node.items.forEach((item, index) => {
        walk(item, [...path, index]);
      });
    }
  };
  walk(root, []);
  return places;
}

/** A random edit, the value that the document must have afterwards, and the stretch that it is about. */
interface Change {
  edit: TextEdit;
  expected: JsonValue;
  about: { start: number; end: number };
}

const at = (value: JsonValue, path: Path): JsonValue =>
  path.reduce<JsonValue>((v, step) => (v as JsonObject)[step] as JsonValue, value);

function change(file: EditedFile, root: Node, random: Random): Change | undefined {
  const places = placesOf(root);
  const expected = structuredClone(toJson(root));
  const value = structuredClone(pick(random, values));
  const kind = Math.floor(random() * 7);
  if (kind < 4) {
    if (places.pairs.length === 0) {
      return undefined;
    }
    const { map, pair, path } = pick(random, places.pairs);
    const parent = at(expected, path.slice(0, -1)) as JsonObject;
    const name = path[path.length - 1] as string;
    const about = { start: pair.value.start, end: pair.value.end };
    if (kind === 0) {
      const isBlock = (pair.value.kind === 'map' || pair.value.kind === 'seq') && !pair.value.flow;
      if (isBlock || pair.value.tag !== undefined) {
        return undefined;
      }
      const scalar = pick(random, scalars);
      parent[name] = scalar;
      return { edit: setScalar(file, pair.value, scalar), expected, about };
    } else if (kind === 1) {
      if (pair.value.tag !== undefined) {
        return undefined;
      }
      parent[name] = value;
      return { edit: setValue(file, pair, value), expected, about };
    } else if (kind === 2) {
      const other = pick(random, ['renamed', 'on', 'a.b/c', 'odd: key', '1', '"q"']);
      if (other in parent) {
        return undefined;
      }
      parent[other] = parent[name] as JsonValue;
      delete parent[name];
      return { edit: renameKey(file, pair, other), expected, about: { start: pair.key.start, end: pair.key.end } };
    }
    delete parent[name];
    // With a pair goes the comment on its own line, and with the last one of a map those inside the map.
    const start = map.pairs.length === 1 ? map.start - 200 : pair.key.start;
    return { edit: removePair(file, map, pair), expected, about: { start, end: pair.value.end + 200 } };
  }
  if (kind < 6) {
    if (places.lists.length === 0) {
      return undefined;
    }
    const { list, path } = pick(random, places.lists);
    const items = at(expected, path) as JsonValue[];
    if (kind === 4) {
      items.push(value);
      return { edit: insertItem(file, list, value), expected, about: { start: list.end, end: list.end } };
    }
    const index = Math.floor(random() * list.items.length);
    const item = list.items[index];
    if (item === undefined) {
      return undefined;
    }
    items.splice(index, 1);
    const start = list.items.length === 1 ? list.start - 200 : item.start;
    return { edit: removeItem(file, list, index), expected, about: { start, end: item.end + 200 } };
  }
  if (places.maps.length === 0) {
    return undefined;
  }
  const { map, path } = pick(random, places.maps);
  const object = at(expected, path);
  const name = pick(random, ['new/key', 'on', 'x: y']);
  if (!isObject(object) || name in object) {
    return undefined;
  }
  object[name] = value;
  const after = random() < 0.5 || map.pairs.length === 0 ? undefined : pick(random, map.pairs);
  return { edit: insertPair(file, map, name, value, after), expected, about: { start: map.end, end: map.end } };
}

/** Does one edit in a text of one sound document without anchors and explicit keys. False where there was nothing to edit. */
export function editHolds(source: string, random: Random): boolean {
  let text = random() < 0.25 ? source.replace(/\r?\n/g, '\r\n') : source;
  text = random() < 0.3 ? text.replace(/(?:\r?\n)+$/, '') : text;
  const parsed = parseYaml(text);
  const [document, ...others] = parsed.documents;
  const root = document?.root;
  if (root === undefined || others.length > 0 || document?.faults.length !== 0 || /[&*]\w|<<|^[ -]*\?/m.test(text)) {
    return false;
  }
  const done = change({ path: 'a.yaml', parsed }, root, random);
  if (done === undefined) {
    return false;
  }
  const { edit, expected, about } = done;
  const result = applyEdits(parsed, [edit]);
  const context = `${JSON.stringify(edit)}\n${JSON.stringify(text)}\n${JSON.stringify(result)}`;
  const read = parseYaml(result);
  assert.equal(read.documents.length, 1, context);
  assert.deepEqual(read.documents[0]?.faults, [], context);
  assert.deepEqual(toJson(read.documents[0]?.root), expected, context);
  assert.ok(!text.includes('\r\n') || !/[^\r]\n/.test(result), `line ends\n${context}`);
  const left = read.documents[0]?.comments.map(({ start, end }) => result.slice(start, end));
  for (const comment of document?.comments ?? []) {
    if (comment.start > about.end || comment.start < about.start) {
      const words = text.slice(comment.start, comment.end);
      const [start, end] = [parsed.lines.offsetAt(edit.range.start), parsed.lines.offsetAt(edit.range.end)];
      // Comments between a key and its block value, both replaced, go with the value.
      const isReplaced = comment.start > start && comment.end < end && comment.end < about.start;
      assert.ok(isReplaced || left?.includes(words), `lost ${words}\n${context}`);
    }
  }
  return true;
}

/** The sound single documents of a text. */
export function documentsOf(text: string): string[] {
  return parseYaml(text)
    .documents.filter(({ root, faults, recovered }) => root !== undefined && faults.length === 0 && !recovered)
    .map(({ start, end }) => text.slice(start, end).replace(/^---.*\r?\n/, ''));
}
