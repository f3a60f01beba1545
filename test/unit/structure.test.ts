// Folding, selections, links and the outline: what the structure of a text gives an editor.
import assert from 'node:assert';
import { documentSymbols, type DocumentSymbol } from '../../server/src/core/check/symbols';
import { folds } from '../../server/src/core/structure/folding';
import { documentLinks } from '../../server/src/core/structure/links';
import { selectionSpans } from '../../server/src/core/structure/selection';
import { parseYaml } from '../../server/src/core/yaml/parse';

describe('folding', () => {
  const shown = (text: string): string[] | undefined =>
    folds(parseYaml(text))?.map(({ start, end, kind }) => `${start}-${end} ${kind}`);

  it('finds documents, fields, items, texts, brackets and comments', () => {
    const text = [
      '# one', '# two', 'a:', '  b: |', '    text', '', '    more', '', '  c: [1,', '    2]', '  list:', '  - x: 1', '    y: 2', '  - z', 'd: 1 # no run',
      '# single', '---', 'e:', '  f: "q', '    q"', '', '',
    ].join('\n'); // prettier-ignore
    assert.deepStrictEqual(shown(text), [
      '0-15 structure',
      '0-1 comment',
      '2-13 structure',
      '3-6 structure',
      '8-9 structure',
      '10-13 structure',
      '11-12 structure',
      '16-19 structure',
      '17-19 structure',
      '18-19 structure',
    ]);
    assert.deepStrictEqual(shown(text.replace(/\n/g, '\r\n')), shown(text), 'line ends of Windows');
  });

  it('finds regions, and leaves text that is no YAML to the editor', () => {
    assert.deepStrictEqual(shown('# region one\na: 1\n# endregion\nb: 1\n'), ['0-2 region']);
    assert.deepStrictEqual(shown(''), []);
  });
});

describe('selection', () => {
  it('grows from the word to the file', () => {
    const text = 'x: 1\n---\na:\n  - b: "word"\n    c: 1\n';
    const parsed = parseYaml(text);
    const spans = selectionSpans(parsed, text.indexOf('word') + 1);
    assert.deepStrictEqual(
      spans.map(({ start, end }) => text.slice(start, end)),
      [
        'word',
        '"word"',
        'b: "word"',
        'b: "word"\n    c: 1',
        '- b: "word"\n    c: 1',
        'a:\n  - b: "word"\n    c: 1',
        '---\na:\n  - b: "word"\n    c: 1\n',
        text,
      ],
    );
    for (let at = 0; at <= text.length; at++) {
      const all = selectionSpans(parsed, at);
      all.forEach(({ start, end }, i) => {
        const outer = all[i + 1];
        assert.ok(start <= at && at <= end && (outer === undefined || (outer.start <= start && end <= outer.end)));
      });
    }
  });
});

describe('links', () => {
  const links = (path: string, kind: 'kustomization' | 'kubernetes' | 'plumblineConfig', text: string): string[] => {
    const parsed = parseYaml(text);
    const documents = parsed.documents.map((document) => ({ document, kind }));
    const known = new Set([
      'base/kustomization.yaml',
      'base/web.yaml',
      'apps/patch.yaml',
      'apps/values.yaml',
      'schema.json',
    ]);
    const resolve = (to: string): string | undefined =>
      known.has(to) ? to : known.has(`${to}/kustomization.yaml`) ? `${to}/kustomization.yaml` : undefined;
    return documentLinks(path, parsed, documents, resolve).map(
      ({ start, end, target }) => `${text.slice(start, end)} -> ${target}`,
    );
  };

  it('are paths that exist, seen from the right place', () => {
    const text =
      '# yaml-language-server: $schema=../schema.json\nresources:\n- ../base\n- gone.yaml\n- https://example.com/a.yaml\npatches:\n- path: "patch.yaml"\n' +
      'configMapGenerator:\n- name: a\n  files: [values.yaml, key=values.yaml]\n';
    assert.deepStrictEqual(links('apps/kustomization.yaml', 'kustomization', text), [
      '../schema.json -> schema.json',
      '../base -> base/kustomization.yaml',
      'patch.yaml -> apps/patch.yaml',
      'values.yaml -> apps/values.yaml',
      'values.yaml -> apps/values.yaml',
    ]);
    const flux = 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec:\n  path: ./base\n';
    assert.deepStrictEqual(links('clusters/a.yaml', 'kubernetes', flux), ['./base -> base/kustomization.yaml']);
    assert.deepStrictEqual(links('a.yaml', 'kubernetes', 'resources: [../base]\n'), []);
  });
});

describe('outline', () => {
  const names = (symbols: readonly DocumentSymbol[]): string[] =>
    symbols.flatMap(({ name, detail, children }) => [
      `${name}${detail === '' ? '' : `=${detail}`}`,
      ...names(children),
    ]);

  it('shows no value of a Secret, also of one that lost its kind', () => {
    for (const head of ['apiVersion: v1\nkind: Secret\n', 'apiVersion: v1\n', 'kind: secret\n']) {
      const text = `${head}metadata: {name: a}\ndata:\n  key: aHVudGVyMg==\nstringData: {other: hunter2}\n`;
      const shown = names(documentSymbols(parseYaml(text))).join(' ');
      assert.match(shown, /key/);
      assert.doesNotMatch(shown, /hunter2|aHVudGVyMg/, head);
    }
    const list = 'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  data: {key: aHVudGVyMg==}\n';
    assert.doesNotMatch(names(documentSymbols(parseYaml(list))).join(' '), /aHVudGVyMg/);
  });

  it('says where it is cut', () => {
    const text = 'a:\n  b:\n    - c: 1\n      d: 2\n    - e: 3\n---\nf: 1\n';
    assert.strictEqual(
      names(documentSymbols(parseYaml(text))).some((name) => name.startsWith('Outline is cut')),
      false,
    );
    assert.deepStrictEqual(names(documentSymbols(parseYaml(text), 5)), [
      'Document 1',
      'a',
      'b',
      'Document 2',
      'f=1',
      'Outline is cut=10 fields in all; the first 3 levels are listed',
    ]);
  });
});
