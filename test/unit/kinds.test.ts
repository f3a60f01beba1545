// What a document is: by its content, by what discovery knows of its file, by names only where tools go by them.
import assert from 'node:assert';
import type { Neighbours } from '../../server/src/core/kinds/kind';
import { detect, documentKinds } from '../../server/src/core/kinds/registry';
import { parseYaml } from '../../server/src/core/yaml/parse';

const object = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

function kinds(path: string, text: string, neighbours?: Neighbours): string {
  return detect(path, parseYaml(text), neighbours)
    .map(
      ({ kind, encrypted, variables }) => kind.id + (encrypted ? ' encrypted' : '') + (variables ? ' variables' : ''),
    )
    .join(', ');
}

describe('kinds of documents', () => {
  it('come from the content', () => {
    assert.strictEqual(kinds('prometheus.yaml', object), 'kubernetes');
    assert.strictEqual(kinds('tasks/main.yml', object + '---\na: 1\n'), 'kubernetes, other');
    assert.strictEqual(kinds('a.yaml', 'apiVersion: v1\nkind: List\nitems: []\n'), 'list');
    assert.strictEqual(kinds('a.yaml', 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n'), 'crd');
    assert.strictEqual(kinds('a.yaml', 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n'), 'component');
    assert.strictEqual(
      kinds('a.yaml', 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n'),
      'kubernetes',
    );
    assert.strictEqual(kinds('a.yaml', 'on: push\njobs: {}\n'), 'other');
    assert.strictEqual(kinds('a.yaml', ''), 'other');
    assert.strictEqual(kinds('a.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: "x\n'), 'kubernetes');
  });
  it('come from the names that tools go by', () => {
    assert.strictEqual(kinds('a/kustomization.yml', 'resources: []\n'), 'kustomization');
    assert.strictEqual(kinds('a/Kustomization', 'resources: []\n'), 'kustomization');
    assert.strictEqual(kinds('a/Chart.yaml', 'apiVersion: v2\nname: a\n'), 'chart');
    assert.strictEqual(kinds('.plumbline.yaml', 'environments: []\n'), 'plumblineConfig');
  });
  it('come from the neighbours', () => {
    assert.strictEqual(kinds('c/templates/a.yaml', object, { chart: 'c' }), 'helmTemplate');
    assert.strictEqual(kinds('c/templates/a.yaml', object), 'kubernetes');
    assert.strictEqual(kinds('templates/a.yaml', object, { chart: '' }), 'helmTemplate');
    assert.strictEqual(kinds('c/values.yaml', object, { chart: 'c' }), 'chartValues');
    assert.strictEqual(kinds('env/prod.yaml', 'image: a\n', { role: 'values' }), 'chartValues');
    assert.strictEqual(kinds('p.yaml', object, { role: 'patch' }), 'patch');
    assert.strictEqual(kinds('p.yaml', '- op: remove\n  path: /a\n', { role: 'patch' }), 'jsonPatch');
    assert.strictEqual(
      kinds('t.yaml', 'apiVersion: builtin\nkind: LabelTransformer\n', { role: 'transformer' }),
      'toolConfiguration',
    );
  });
  it('know templates by actions that YAML does not have', () => {
    assert.strictEqual(kinds('a.yaml', 'name: {{ .Values.name }}\n' + object), 'helmTemplate');
    assert.strictEqual(kinds('a.yaml', object + '{{- if x }}\n'), 'helmTemplate');
    assert.strictEqual(kinds('a.yaml', object + 'data:\n  a: "{{ .x }}"\n  b: |\n    {{ y }}\n'), 'kubernetes');
  });
  it('tell encrypted and substituted documents', () => {
    assert.strictEqual(kinds('a.yaml', object + 'sops:\n  mac: ENC[x]\n'), 'kubernetes encrypted');
    assert.strictEqual(kinds('a.yaml', object + 'data: {a: "${x}"}\n'), 'kubernetes variables');
    assert.strictEqual(kinds('a.yaml', object + 'data: {a: "${x}"}\n', { substituted: false }), 'kubernetes');
  });
  it('are one registry line each, with an end to the search', () => {
    const ids = documentKinds.map(({ id }) => id);
    assert.strictEqual(new Set(ids).size, ids.length);
    assert.strictEqual(ids[ids.length - 1], 'other');
  });
});
