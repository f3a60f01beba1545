// The positioned tree: places, faults, recovery, reuse between parses.
import assert from 'node:assert';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { entryOf, nodeAt, nodeAtFieldPath, pathAt } from '../../server/src/core/yaml/path';
import { toJson, toJsonText } from '../../server/src/core/yaml/resolve';
import type { Node, ParsedYaml } from '../../server/src/core/yaml/tree';

/** Every node as `kind "source"`, one per line, indented by depth. */
function outline(text: string, document = 0): string {
  const lines: string[] = [];
  const walk = (node: Node, depth: number): void => {
    const extra =
      (node.anchor === undefined ? '' : ` &${node.anchor}`) + (node.tag === undefined ? '' : ` ${node.tag}`);
    const source =
      node.kind === 'scalar' || node.kind === 'alias' ? ' ' + JSON.stringify(text.slice(node.start, node.end)) : '';
    lines.push('  '.repeat(depth) + node.kind + source + extra);
    if (node.kind === 'map') {
      for (const pair of node.pairs) {
        walk(pair.key, depth + 1);
        walk(pair.value, depth + 2);
      }
    } else if (node.kind === 'seq') {
      node.items.forEach((item) => {
        walk(item, depth + 1);
      });
    }
  };
  const root = parseYaml(text).documents[document]?.root;
  if (root !== undefined) {
    walk(root, 0);
  }
  return lines.join('\n');
}

/** Faults as `line:column-line:column rule message`. */
function faults(text: string): string[] {
  const parsed = parseYaml(text);
  return parsed.documents.flatMap((document) =>
    document.faults.map((fault) => {
      const { start, end } = parsed.lines.range(fault.start, fault.end);
      return `${start.line}:${start.character}-${end.line}:${end.character} ${fault.rule}`;
    }),
  );
}

function values(parsed: ParsedYaml): unknown[] {
  return parsed.documents.map((document) => toJson(document.root));
}

describe('yaml tree', () => {
  it('places scalars of every style, aliases, and empty values', () => {
    const text = [
      'plain: a b',
      "single: 'it''s'",
      'double: &x !!str "q"',
      'alias: *x',
      'literal: |- # note',
      '  one',
      '',
      '  two',
      '',
      'empty:',
      'list:',
      '  -',
      '  - {a: 1, b}',
      '  - []',
      '',
    ].join('\n');
    assert.strictEqual(
      outline(text),
      [
        'map',
        '  scalar "plain"',
        '    scalar "a b"',
        '  scalar "single"',
        "    scalar \"'it''s'\"",
        '  scalar "double"',
        '    scalar "\\"q\\"" &x !!str',
        '  scalar "alias"',
        '    alias "*x"',
        '  scalar "literal"',
        '    scalar "|- # note\\n  one\\n\\n  two"',
        '  scalar "empty"',
        '    scalar ""',
        '  scalar "list"',
        '    seq',
        '      scalar ""',
        '      map',
        '        scalar "a"',
        '          scalar "1"',
        '        scalar "b"',
        '          scalar ""',
        '      seq',
      ].join('\n'),
    );
    const parsed = parseYaml(text);
    const empty = nodeAt(parsed.documents[0]?.root, ['empty']);
    assert.deepStrictEqual(parsed.lines.positionAt(empty?.start ?? -1), { line: 9, character: 6 });
    assert.deepStrictEqual(
      parsed.documents[0]?.comments.map((comment) => text.slice(comment.start, comment.end)),
      ['# note'],
    );
  });

  it('counts columns in UTF-16 and lines by CRLF', () => {
    const text = 'a: "😀" # c\r\nb: [x\r\n';
    const parsed = parseYaml(text);
    assert.deepStrictEqual(faults(text), ['1:3-1:4 yaml/syntax']);
    assert.deepStrictEqual(parsed.lines.positionAt(text.indexOf('b')), { line: 1, character: 0 });
    assert.deepStrictEqual(parsed.lines.positionAt(text.indexOf('#')), { line: 0, character: 8 });
  });

  it('reads byte-order marks, directives and document ends', () => {
    const text = '\uFEFF# head\n%YAML 1.2\n---\na: 1\n...\n%YAML 1.1\n---\nb: 2\n---\n# none\n';
    assert.deepStrictEqual(values(parseYaml(text)), [{ a: 1 }, { b: 2 }, null]);
    assert.deepStrictEqual(faults(text), []);
    assert.deepStrictEqual(values(parseYaml('a: 1\n...\nb: 2\n')), [{ a: 1 }, { b: 2 }]);
    assert.deepStrictEqual(values(parseYaml('')), [null]);
    assert.deepStrictEqual(values(parseYaml('# only\n\n---\na: 1\n')), [{ a: 1 }]);
    assert.deepStrictEqual(values(parseYaml('a: |\n  x\n---\nb: 1\n')), [{ a: 'x\n' }, { b: 1 }]);
  });

  it('confines a broken document to itself', () => {
    const text = 'a: 1\n---\nb: "x\nc: 2\n---\nd: 3\n';
    const parsed = parseYaml(text);
    assert.deepStrictEqual(faults(text), ['2:3-2:4 yaml/syntax']);
    assert.deepStrictEqual(
      parsed.documents.map((document) => document.recovered),
      [false, true, false],
    );
    assert.deepStrictEqual(values(parsed)[0], { a: 1 });
    assert.deepStrictEqual(values(parsed)[2], { d: 3 });
  });

  it('reports duplicate keys, with the place of the first', () => {
    const text = 'a: 1\n"a": 2\non: 1\n"on": 2\n<<: {}\n<<: {}\n';
    assert.deepStrictEqual(faults(text), ['1:0-1:3 yaml/duplicate-key']);
    const [fault] = parseYaml(text).documents[0]?.faults ?? [];
    assert.strictEqual(fault?.related?.start, 0);
    const many = Array.from({ length: 20 }, (_, i) => `k${i}: ${i}\n`).join('') + 'k3: again\n';
    assert.deepStrictEqual(faults(many), ['20:0-20:2 yaml/duplicate-key']);
  });

  it('points from a line that lines up with nothing to the block that it nearly lines up with', () => {
    const related = (text: string): (string | undefined)[] =>
      (parseYaml(text).documents[0]?.faults ?? []).map(
        ({ related }) => related && text.slice(related.start, related.end),
      );
    assert.deepStrictEqual(related('spec:\n   capacity:\n     cpu: 1\n     memory: 1\n  info: a\n'), ['capacity:']);
    assert.deepStrictEqual(related('spec:\n ref:\n    kind: A\n    name: a\n  least: 1\n'), ['ref:']);
    assert.deepStrictEqual(related('spec:\n  - ref:\n      kind: A\n      name: a\n  least: 1\n'), ['- ref:']);
    assert.deepStrictEqual(related('list:\n    port: 1\n    name: a\n  - port: 2\n'), ['port: 1']);
    assert.deepStrictEqual(related('kind: A\n#metadata:\n  name: a\nspec: {}\n'), ['#metadata:']);
    assert.deepStrictEqual(related('kind: A\r\n#metadata:\r\n  name: a\r\nspec: {}\r\n'), ['#metadata:']);
    assert.deepStrictEqual(related('rules:\n- - groups:\n    - a\n  verbs: []\n'), ['- groups:']);
  });

  it('links aliases, and bounds what they expand to', () => {
    assert.deepStrictEqual(faults('a: *none\n'), ['0:3-0:8 yaml/unknown-alias']);
    assert.deepStrictEqual(faults('a: &x [*x]\n'), ['0:7-0:9 yaml/recursive-alias']);
    assert.deepStrictEqual(values(parseYaml('a: &x {k: 1}\nb:\n  <<: *x\n  l: 2\n')), [
      { a: { k: 1 }, b: { k: 1, l: 2 } },
    ]);
    let bomb = 'a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n';
    for (let i = 1; i < 9; i++) {
      bomb += `a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(',')}]\n`;
    }
    assert.deepStrictEqual(faults(bomb), ['1:9-1:12 yaml/alias-bomb']);
    assert.ok(toJsonText(parseYaml(bomb).documents[0]?.root).length < 1000);
  });

  it('refuses deep nesting without overflowing', () => {
    assert.match(faults('['.repeat(5000)).join(), /yaml\/(too-deep|syntax)/);
    assert.match(faults('['.repeat(450) + ']'.repeat(450)).join(), /yaml\/too-deep/);
  });

  it('gives one clear fault for a merge conflict, and keeps the first side', () => {
    const text = 'a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> topic\nc: 4\n';
    assert.deepStrictEqual(faults(text), ['1:0-1:12 yaml/conflict-marker']);
    assert.deepStrictEqual(values(parseYaml(text)), [{ a: 1, b: 2, c: 4 }]);
  });

  it('a merge conflict without an end hides nothing of what follows', () => {
    const text = 'a: 1\n<<<<<<< HEAD\nb: 2\n=======\nc: 3\n---\nd: 4\n';
    assert.deepStrictEqual(values(parseYaml(text))[1], { d: 4 });
    assert.ok(faults(text).some((fault) => fault.endsWith('yaml/conflict-marker')));
  });

  it('a block text at the end of a file without a last line break has none, as Kubernetes reads it', () => {
    assert.deepStrictEqual(values(parseYaml('a: |\n  x')), [{ a: 'x' }]);
    assert.deepStrictEqual(values(parseYaml('a: |\n  x\n')), [{ a: 'x\n' }]);
  });

  it('reuses documents that did not change, at their new offsets', () => {
    const first = 'a: &x 1\n---\nb: [*none, {c: 1}] # k\n---\nd: &y 1\ne: *y\n';
    const before = parseYaml(first);
    const second = 'a: &x 12345\n---\nb: [*none, {c: 1}] # k\n---\nd: &y 1\ne: *y\n';
    const after = parseYaml(second, before);
    const fresh = parseYaml(second);
    assert.deepStrictEqual(
      after.documents.map((d) => [d.start, d.end, d.root, d.faults, d.comments]),
      fresh.documents.map((d) => [d.start, d.end, d.root, d.faults, d.comments]),
    );
    assert.deepStrictEqual(
      after.documents.map((d, i) => d.identity === before.documents[i]?.identity),
      [false, true, true],
    );
    assert.strictEqual(parseYaml(second, after), after);
  });
});

describe('yaml values', () => {
  // Measured with the reader that kubectl, kustomize and the API server use.
  const table: [string, string][] = [
    ['y Y yes Yes YES on On ON true True TRUE', 'true'],
    ['n N no No NO off Off OFF false False FALSE', 'false'],
    ['~ null Null NULL', 'null'],
    ['0x1F +31 0b11111 0o37 037 3_1 31 31.0 3.1e1 +31.', '31'],
    ['12:30:45', '"12:30:45"'],
    ['190:20', '"190:20"'],
    ['2001-01-01', '"2001-01-01"'],
    ['=', '"="'],
    ['yEs', '"yEs"'],
    ['0x', '"0x"'],
    ['1e400', '"1e400"'],
    ['08', '8'],
    ['.5', '0.5'],
    ['-0', '0'],
    ['1__0', '10'],
    ['9007199254740993', '9007199254740993'],
    ['18446744073709551615', '18446744073709551615'],
    ['1.10.0', '"1.10.0"'],
  ];
  it('resolves plain scalars as Kubernetes does', () => {
    for (const [tokens, json] of table) {
      for (const token of tokens.split(' ')) {
        assert.strictEqual(toJsonText(parseYaml(`v: ${token}`).documents[0]?.root), `{"v":${json}}`, token);
      }
    }
  });
  it('resolves plain scalars of YAML 1.2 for everything else', () => {
    const root = parseYaml('[on, yes, 017, 0o17, 0x1F, 1_000, True, ~, 1e3, y]').documents[0]?.root;
    assert.deepStrictEqual(toJson(root, 'core'), ['on', 'yes', 17, 15, 31, '1_000', true, null, 1000, 'y']);
  });
  it('honours tags, quotes and merge keys', () => {
    const text = '{a: !!str 5, b: !!int "3", c: "on", d: !!binary aGk=, e: !own 5, on: k, 1: one}';
    assert.deepStrictEqual(toJson(parseYaml(text).documents[0]?.root), {
      a: '5',
      b: 3,
      c: 'on',
      d: 'hi',
      e: '5',
      true: 'k',
      1: 'one',
    });
  });
  it('reports what JSON cannot hold', () => {
    const rules: string[] = [];
    toJson(parseYaml('{~: 1, [a]: 2, b: .inf, c: !!int x, <<: 5}').documents[0]?.root, 'kubernetes', (fault) =>
      rules.push(fault.rule),
    );
    assert.deepStrictEqual(rules, [
      'yaml/invalid-key',
      'yaml/invalid-key',
      'yaml/invalid-merge',
      'yaml/invalid-value',
      'yaml/invalid-value',
    ]);
  });
});

describe('yaml places', () => {
  const text = [
    'metadata:',
    '  labels:',
    '    app.kubernetes.io/name: web',
    'spec:',
    '  containers:',
    '    - name: a',
    '    - name: b',
    'data:',
    '  a.b[0].c: x',
    '',
  ].join('\n');
  const document = parseYaml(text).documents[0];
  it('finds nodes by the field paths of the API server', () => {
    const at = (field: string): string => {
      const place = nodeAtFieldPath(document?.root as Node, field);
      return `${place.exact ? '' : 'near '}${place.path.join(' > ')}`;
    };
    assert.strictEqual(at('spec.containers[1].name'), 'spec > containers > 1 > name');
    assert.strictEqual(at('metadata.labels[app.kubernetes.io/name]'), 'metadata > labels > app.kubernetes.io/name');
    assert.strictEqual(at('metadata.labels.app.kubernetes.io/name'), 'metadata > labels > app.kubernetes.io/name');
    assert.strictEqual(at('data[a.b[0].c]'), 'data > a.b[0].c');
    assert.strictEqual(at('spec.containers[1].image'), 'near spec > containers > 1');
    assert.strictEqual(at('spec.containers[7].image'), 'near spec > containers');
    assert.strictEqual(at(''), '');
  });
  it('finds an entry by its name, however the key is written', () => {
    const written = [
      'base: &base {merged: 1, own: 2}',
      'value:',
      '  <<: *base',
      '  own: 3',
      '  own: 4',
      '  yes: 5',
      '  0x10: 6',
      '  "quoted": 7',
      '  !!str tagged: 8',
      '  !!binary YWJj: 9',
      'simple: {own: 1, ~: 2}',
      '',
    ].join('\n');
    const root = parseYaml(written).documents[0]?.root;
    const valueOf = (map: string, name: string): string | undefined => {
      const node = nodeAt(root, [map]);
      const value = node?.kind === 'map' ? entryOf(node, name)?.value : undefined;
      return value?.kind === 'scalar' ? value.text : undefined;
    };
    const names = ['merged', 'own', 'true', '16', 'quoted', 'tagged', 'abc', 'absent', 'yes', 'YWJj', '<<'];
    assert.deepStrictEqual(
      names.map((name) => valueOf('value', name)),
      ['1', '4', '5', '6', '7', '8', '9', undefined, undefined, undefined, undefined],
    );
    assert.deepStrictEqual(
      ['own', 'absent', 'null', '~', ''].map((name) => valueOf('simple', name)),
      ['1', undefined, undefined, undefined, undefined],
    );
  });
  it('finds paths by offset', () => {
    const found = document === undefined ? undefined : pathAt(document, text.indexOf('b\ndata'));
    assert.deepStrictEqual(found?.path, ['spec', 'containers', 1, 'name']);
    assert.strictEqual(found.inKey, false);
    const key = document === undefined ? undefined : pathAt(document, text.indexOf('containers') + 3);
    assert.deepStrictEqual([key?.path, key?.inKey], [['spec', 'containers'], true]);
  });
});
