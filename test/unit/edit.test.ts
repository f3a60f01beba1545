// Edits change exactly the value they are about: read back, the document is the old value with that change, and the rest of
// the text is what it was.
import assert from 'node:assert';
import type { JsonObject, JsonValue } from '../../server/src/core/json';
import type { TextEdit } from '../../server/src/core/problem';
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
import { writeScalar } from '../../server/src/core/edit/writeValue';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { keyName, toJson } from '../../server/src/core/yaml/resolve';
import type { MapNode, Node, Pair, SeqNode } from '../../server/src/core/yaml/tree';

const deployment = `# head
apiVersion: apps/v1
kind: Deployment # kind
metadata:
    name: "web"
    labels: {app: web, "tier": 'front', list: [a, b], empty: {}, none: }
    annotations:
        note: |-
            one
              two

            three
        folded: >
            one
            two
        empty:
spec: # spec
    replicas: 3   # three
    # above containers
    containers:
    - name: a
      image: 'nginx:1.27' # image
      args: ["--a", --b, c d]
      env:
      # first
      - name: A
        value: "1"

      -   name: B
          value: two
          nested:
          - - x
            - y
          - z
    - name: b
      ports: []
# tail
`;
const samples: Record<string, string> = {
  deployment,
  crlf: deployment.replace(/\n/g, '\r\n'),
  noFinalBreak: 'a:\n  b: 1\n  c:\n    - 1\n    - d: 2\n      e: 3',
  json: '{\n  "a": 1,\n  "b": {"c": [1, 2, {"d": "x"}]},\n  "e": []\n}\n',
  compact: 'a:\n- b: 1\n- c\n-\n- - 1\n  - 2\nd: &x "y"\ne: !!str 5\n',
};

const replacements: JsonValue[] = [
  'plain', '', ' padded ', 'yes', 'on', '012', '1e3', '1:30', '2001-01-01', '~', 'null', '.inf', '0x1F', '1_000', '=', '<<',
  'a: b', 'a #b', '#c', '- d', '-', '--flag', '*x', '&x', '!x', '%x', '@x', '`x`', '? x', '[x', '{x}', 'a, b', "it's", '"q"', '\\', 'tab\there',
  'é😀', 'nul\u0000', '\u2028', '\ufeff', 'two\nlines', 'two\nlines\n', 'three\n\nlines\n\n', '\nfirst', '  indented\nx', 'x \ny', 'key:', 'a:b', ':', 'true', 'y',
  0, -1, 1.5, true, false, null,
]; // prettier-ignore
const structures: JsonValue[] = [
  ...replacements,
  {},
  [],
  { a: 1 },
  ['x', { y: ['z', []] }],
  { 'odd key: #': { b: [{ c: 'd\ne\n' }] } },
];

/** The same sequence on every run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 16807) % 2147483647;
    return state % below;
  };
}

interface Places {
  pairs: { map: MapNode; pair: Pair; path: (string | number)[] }[];
  maps: { map: MapNode; path: (string | number)[] }[];
  lists: { list: SeqNode; path: (string | number)[] }[];
}

function placesOf(root: Node): Places {
  const places: Places = { pairs: [], maps: [], lists: [] };
  const walk = (node: Node, path: (string | number)[]): void => {
    if (node.kind === 'map') {
      places.maps.push({ map: node, path });
      for (const pair of node.pairs) {
        const here = [...path, keyName(pair.key) ?? ''];
        places.pairs.push({ map: node, pair, path: here });
        walk(pair.value, here);
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

function at(value: JsonValue, path: (string | number)[]): JsonValue {
  return path.reduce<JsonValue>((v, step) => (v as JsonObject)[step] as JsonValue, value);
}

function check(text: string, run: (file: EditedFile, root: Node, expected: JsonValue) => TextEdit): void {
  const parsed = parseYaml(text);
  const root = parsed.documents[0]?.root as Node;
  const expected = structuredClone(toJson(root));
  const edit = run({ path: 'a.yaml', parsed }, root, expected);
  const result = applyEdits(parsed, [edit]);
  const read = parseYaml(result);
  const context = `${JSON.stringify(edit)}\n--- before\n${text}\n--- after\n${result}`;
  assert.deepStrictEqual(
    read.documents.flatMap((d) => d.faults),
    [],
    context,
  );
  assert.strictEqual(read.documents.length, 1, context);
  assert.deepStrictEqual(toJson(read.documents[0]?.root), expected, context);
  if (text.includes('\r\n')) {
    assert.ok(!/[^\r]\n/.test(result), 'line ends stay\n' + context);
  }
}

describe('edits', () => {
  for (const [name, text] of Object.entries(samples)) {
    it(`read back as the same change: ${name}`, () => {
      const next = random(name.length);
      const root = parseYaml(text).documents[0]?.root as Node;
      const count = placesOf(root);
      const pick = <T>(list: T[], index: number): T => list[index % list.length] as T;
      count.pairs.forEach((_, index) => {
        for (const value of structures) {
          check(text, (file, now, expected) => {
            const { pair, path } = pick(placesOf(now).pairs, index);
            (at(expected, path.slice(0, -1)) as JsonObject)[path[path.length - 1] as string] =
              pair.value.tag === '!!str' && (value === null || typeof value !== 'object')
                ? value === null
                  ? 'null'
                  : String(value)
                : value;
            return setValue(file, pair, value);
          });
        }
        check(text, (file, now, expected) => {
          const { map, pair, path } = pick(placesOf(now).pairs, index);
          delete (at(expected, path.slice(0, -1)) as JsonObject)[path[path.length - 1] as string];
          return removePair(file, map, pair);
        });
        check(text, (file, now, expected) => {
          const { pair, path } = pick(placesOf(now).pairs, index);
          const parent = at(expected, path.slice(0, -1)) as JsonObject;
          const newName = pick(['renamed', 'on', 'a.b/c', 'odd: key', '1'], next(5));
          parent[newName] = parent[path[path.length - 1] as string] as JsonValue;
          delete parent[path[path.length - 1] as string];
          return renameKey(file, pair, newName);
        });
      });
      count.maps.forEach((_, index) => {
        for (const value of structures) {
          check(text, (file, now, expected) => {
            const { map, path } = pick(placesOf(now).maps, index);
            (at(expected, path) as JsonObject)['new/key'] = value;
            const after = next(2) === 0 ? undefined : map.pairs[next(map.pairs.length)];
            return insertPair(file, map, 'new/key', value, after);
          });
        }
      });
      count.lists.forEach(({ list }, index) => {
        for (const value of structures) {
          check(text, (file, now, expected) => {
            const place = pick(placesOf(now).lists, index);
            (at(expected, place.path) as JsonValue[]).push(value);
            return insertItem(file, place.list, value);
          });
        }
        list.items.forEach((_item, position) => {
          check(text, (file, now, expected) => {
            const place = pick(placesOf(now).lists, index);
            (at(expected, place.path) as JsonValue[]).splice(position, 1);
            return removeItem(file, place.list, position);
          });
        });
      });
    });
  }

  it('keep comments, quotes and indentation', () => {
    const file: EditedFile = { path: 'a.yaml', parsed: parseYaml(deployment) };
    const places = placesOf(file.parsed.documents[0]?.root as Node);
    const pair = (name: string): Places['pairs'][number] =>
      places.pairs.find(({ path }) => path.join('.') === name) as Places['pairs'][number];
    const changed = (edit: ReturnType<typeof setScalar>): string[] => {
      const before = deployment.split('\n');
      return applyEdits(file.parsed, [edit])
        .split('\n')
        .filter((line) => !before.includes(line));
    };
    assert.deepStrictEqual(changed(setScalar(file, pair('spec.replicas').pair.value, 5)), [
      '    replicas: 5   # three',
    ]);
    assert.deepStrictEqual(changed(setScalar(file, pair('metadata.name').pair.value, 'api')), ['    name: "api"']);
    assert.deepStrictEqual(changed(setScalar(file, pair('spec.containers.0.image').pair.value, 'nginx:1.28')), [
      "      image: 'nginx:1.28' # image",
    ]);
    assert.deepStrictEqual(
      changed(insertPair(file, pair('spec.replicas').map, 'paused', true, pair('spec.replicas').pair)),
      ['    paused: true'],
    );
    assert.deepStrictEqual(
      changed(insertPair(file, pair('spec.replicas').map, 'volumes', [{ name: 'v', emptyDir: {} }])),
      ['    volumes:', '    - name: v', '      emptyDir: {}'],
    );
  });

  it('write texts that every reader takes for texts', () => {
    for (const value of replacements.filter((v) => typeof v === 'string')) {
      for (const dialect of ['kubernetes', 'core'] as const) {
        const root = parseYaml(`a: ${writeScalar(value)} # c\n`).documents[0]?.root;
        assert.deepStrictEqual(toJson(root, dialect), { a: value }, dialect);
      }
    }
  });
});
