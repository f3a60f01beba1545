// `plumbline schemas` without a cluster: what counts here, what is said where no cluster can be asked, and captures that lie in the
// repository.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { endEngines, plumbline } from '../support/cli';
import { repositoryOf } from '../support/repository';
import { checkout } from '../support/shared';

const schema = JSON.parse(fs.readFileSync(path.join(checkout, 'server/schemas/schemas.schema.json'), 'utf8')) as object;

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
          },
        },
      },
    ],
  },
};
const cluster = {
  format: 1,
  context: 'prod-eu',
  version: '1.34.1',
  capturedAt: '2026-01-02T03:04:05.000Z',
  kinds: [{ group: 'example.com', version: 'v1', kind: 'Widget', resource: 'widgets', namespaced: true }],
  definitions: [{ group: 'example.com', kind: 'Widget', line: 0, from: 'definition' }],
  facts: { serviceCidrs: ['10.43.0.0/16'] },
  notes: [],
};
const files = {
  '.git/HEAD': 'ref: refs/heads/main\n',
  '.plumbline.yaml':
    'schemas: [schemas/prod]\nenvironments:\n  - name: production\n    sources: [apps]\n    target: { context: prod-eu }\n  - name: elsewhere\n    sources: [other]\n',
  'schemas/prod/cluster.json': JSON.stringify(cluster),
  'schemas/prod/definitions.jsonl': `${JSON.stringify(definition)}\n`,
  'apps/kustomization.yaml': 'resources: [a.yaml]\n',
  'apps/a.yaml': 'apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: a }\nspec: { sise: 1 }\n',
  'other/kustomization.yaml': 'resources: [a.yaml]\n',
  'other/a.yaml': 'apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: a }\nspec: { sise: 1 }\n',
};

describe('plumbline schemas', () => {
  after(endEngines);

  it('uses a capture in the repository for the environments of its context only', async () => {
    const { out } = await plumbline(repositoryOf(files), ['check', '--format', 'json']);
    const { findings } = JSON.parse(out) as { findings: { path: string; rule: string; severity: string }[] };
    assert.deepEqual(
      findings.map(({ path: file, rule, severity }) => `${file} ${severity} ${rule}`),
      ['apps/a.yaml error kubernetes/unknown-field', 'other/a.yaml info kubernetes/no-schema'],
    );
  });

  it('lists what counts, for people and for programs', async () => {
    const root = repositoryOf(files);
    const text = await plumbline(root, ['schemas', 'list']);
    assert.equal(text.status, 0);
    assert.match(text.out, /schemas\/prod\n/);
    assert.match(text.out, /prod-eu: Kubernetes 1\.34\.1, 1 custom kind, .* ago; for production\n/);
    assert.match(text.out, /Bundled: Kubernetes 1\.31, 1\.32, 1\.33, 1\.34, 1\.35, 1\.36\n/);
    assert.match(text.out, /KEDA v\S+: \d+ kinds\n/);
    const json = await plumbline(root, ['schemas', 'list', '--format', 'json']);
    const validate = new Ajv().compile(schema);
    assert.ok(validate(JSON.parse(json.out)), JSON.stringify(validate.errors));
  });

  it('takes what is no capture for none', async () => {
    for (const [name, text] of [
      ['schemas/prod/cluster.json', '{'],
      ['schemas/prod/cluster.json', '{"format":2}'],
      ['schemas/prod/cluster.json', '[]'],
      ['schemas/prod/definitions.jsonl', ''],
    ]) {
      const root = repositoryOf({ ...files, [name ?? '']: text ?? '' });
      const { out, status } = await plumbline(root, ['check', '--format', 'json']);
      assert.equal(status, 0, out);
      assert.ok(
        (JSON.parse(out) as { findings: { rule: string }[] }).findings.every(
          ({ rule }) => rule === 'kubernetes/no-schema',
        ),
      );
    }
  });

  it('says what to do where no cluster can be asked', async () => {
    const root = repositoryOf({
      ...files,
      'empty.kubeconfig': 'apiVersion: v1\nkind: Config\n',
      'gone.kubeconfig':
        'apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]\nusers: [{name: u, user: {token: x}}]\ncontexts: [{name: prod-eu, context: {cluster: c, user: u}}]\n',
    });
    const capture = (...args: string[]): ReturnType<typeof plumbline> =>
      plumbline(root, ['schemas', 'capture', ...args]);
    const several = await capture();
    assert.equal(several.status, 2);
    const untargeted = await capture('-e', 'elsewhere');
    assert.match(untargeted.err, /elsewhere has no cluster as target\.\nName a kubeconfig context with --context/);
    const unknown = await capture('-e', 'production', '--kubeconfig', 'empty.kubeconfig');
    assert.match(unknown.err, /prod-eu/);
    const gone = await capture('-e', 'production', '--kubeconfig', 'gone.kubeconfig', '--to', 'schemas/new');
    assert.equal(gone.status, 2);
    assert.match(gone.err, /prod-eu/);
    assert.ok(!fs.existsSync(path.join(root, 'schemas/new')), 'nothing is written of what could not be read');
    const misspelt = await plumbline(root, ['schemas', 'captrue']);
    assert.equal(misspelt.status, 2);
  });
});
