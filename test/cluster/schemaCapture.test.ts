// Schemas captured from a real API server: what they hold, that rights to definitions are not needed, and that checks use them
// afterwards without any server.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { captureCluster, type CapturedNow } from '../../server/src/adapters/captureCluster';
import { readCaptures, writeCapture } from '../../server/src/adapters/captureFiles';
import { createClusterTarget } from '../../server/src/adapters/clusterTarget';
import type { Answer } from '../../server/src/core/ports';
import type { SchemaNode } from '../../server/src/core/schema/schemaNode';
import type { SchemaStore } from '../../server/src/core/schema/schemaStore';
import { captureSchemasRequest, clusterContextsRequest, workspaceRequest } from '../../server/src/core/protocol';
import { startLanguageServer } from '../support/languageServer';
import { endEngines, plumbline } from '../support/cli';
import { startCluster, type Cluster, type ClusterUser } from '../support/cluster';
import { repositoryOf } from '../support/repository';
import { newSchemaStore } from '../support/schemas';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A kind that nothing but the cluster knows. */
const gadget = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gadgets.lab.example.com' },
  spec: {
    group: 'lab.example.com',
    scope: 'Namespaced',
    names: { kind: 'Gadget', listKind: 'GadgetList', plural: 'gadgets', singular: 'gadget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: {
                type: 'object',
                description: 'What the gadget is to do.',
                required: ['size'],
                properties: {
                  size: { type: 'integer', minimum: 1, maximum: 9, description: 'How large it is.' },
                  mode: { type: 'string', enum: ['fast', 'slow'], default: 'slow' },
                  port: { 'x-kubernetes-int-or-string': true },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  inner: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true }, // prettier-ignore
                },
                'x-kubernetes-validations': [
                  { rule: "self.mode != 'fast' || self.size < 5", message: 'fast is small' },
                ],
              },
              status: { type: 'object', properties: { ready: { type: 'boolean' } } },
            },
          },
        },
      },
    ],
  },
};

describe('schemas captured from a cluster', () => {
  let cluster: Cluster;
  before(async function () {
    this.timeout(900_000);
    cluster = await startCluster({ crds: true });
    await cluster.call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', gadget);
    const served = async (): Promise<boolean> => {
      const index = (await cluster.call('GET', '/openapi/v3')) as { paths: Record<string, unknown> };
      return index.paths['apis/lab.example.com/v1'] !== undefined;
    };
    for (const end = Date.now() + 60_000; !(await served());) {
      assert.ok(Date.now() < end, 'the definition is not served');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });
  const cacheBefore = process.env.XDG_CACHE_HOME;
  after(async () => {
    process.env.XDG_CACHE_HOME = cacheBefore;
    if (cacheBefore === undefined) {
      delete process.env.XDG_CACHE_HOME;
    }
    await endEngines();
    await cluster?.stop();
  });

  const store = newSchemaStore();
  const own = new Set(
    store
      .kinds()
      .filter(({ custom }) => !custom)
      .map(({ apiVersion }) => apiVersion.slice(0, apiVersion.indexOf('/'))),
  );
  const capture = async (user: ClusterUser, abort?: AbortSignal): Promise<Answer<CapturedNow>> => {
    const target = createClusterTarget({
      context: cluster.context(user),
      kubeconfig: cluster.kubeconfig(user),
      log: silent,
    });
    try {
      return await captureCluster(target, {
        isBuiltin: (group) => own.has(group),
        now: () => new Date('2026-01-02T03:04:05Z'),
        ...(abort === undefined ? {} : { abort }),
      });
    } finally {
      target.close();
    }
  };
  const value = (answer: Answer<CapturedNow>): CapturedNow => {
    assert.ok(answer.ok, JSON.stringify(answer));
    return answer.value;
  };
  const storeOf = async (captured: CapturedNow): Promise<SchemaStore> => {
    const folder = repositoryOf({});
    await writeCapture(folder, captured);
    const made = newSchemaStore();
    made.setClusters(readCaptures([folder]));
    return made.forCluster(captured.cluster.context);
  };

  it('hold the version, every definition, the ranges of Services and the feature gates', async function () {
    this.timeout(60_000);
    const { cluster: captured, definitions } = value(await capture('root'));
    assert.match(captured.version, /^1\.36\./);
    assert.equal(captured.capturedAt, '2026-01-02T03:04:05.000Z');
    assert.ok(definitions.length >= 30, `${definitions.length} definitions`);
    assert.ok(captured.definitions.every(({ from }) => from === 'definition'));
    assert.deepEqual(captured.facts.serviceCidrs, ['10.96.0.0/12']);
    assert.equal(typeof captured.facts.features?.['WatchList'], 'boolean');
    assert.deepEqual(captured.notes, []);
    const view = await storeOf(value(await capture('root')));
    const found = view.lookup({ apiVersion: 'lab.example.com/v1', kind: 'Gadget' });
    assert.equal(found?.source, 'cluster');
    assert.match(found?.origin ?? '', /^cluster testcluster-root, captured \d+ days ago$/);
    assert.equal(found?.schema.properties.get('spec')?.docs?.of('size'), 'How large it is.');
  });

  it('are the same for somebody who may not read definitions, from the OpenAPI description', async function () {
    this.timeout(120_000);
    const whole = await storeOf(value(await capture('root')));
    const captured = value(await capture('viewer'));
    assert.ok(captured.cluster.definitions.every(({ from }) => from === 'openapi'));
    assert.match(captured.cluster.notes.join('\n'), /Definitions may not be read/);
    const published = await storeOf(captured);
    let compared = 0;
    for (const { group, version, kind } of captured.cluster.kinds) {
      const query = { apiVersion: `${group}/${version}`, kind };
      const theirs = whole.lookup(query);
      if (theirs?.source === 'cluster') {
        const ours = published.lookup(query);
        assert.ok(ours, `${group}/${version} ${kind}`);
        assert.equal(ours.plural, theirs.plural);
        assert.equal(ours.namespaced, theirs.namespaced);
        assert.deepEqual(shapeOf(ours.schema), shapeOf(theirs.schema), `${group}/${version} ${kind}`);
        compared += 1;
      }
    }
    assert.ok(compared >= 30, `${compared} kinds compared`);
  });

  it('say why a cluster cannot be asked', async () => {
    const refused = await capture('nobody');
    assert.equal(refused.ok, true, 'a person without rights may still read the API description');
    const aborted = new AbortController();
    aborted.abort();
    await assert.rejects(capture('root', aborted.signal));
  });

  it('are captured once by a command and used by every check afterwards, without the cluster', async function () {
    this.timeout(180_000);
    // What is captured without a folder goes to the cache of the person.
    process.env.XDG_CACHE_HOME = repositoryOf({});
    const context = cluster.context('root');
    const root = repositoryOf({
      '.plumbline.yaml': `environments:\n  - name: lab\n    sources: [apps]\n    target: { context: ${context} }\nschemas: [schemas/lab]\n`,
      '.git/HEAD': 'ref: refs/heads/main\n',
      'apps/kustomization.yaml': 'resources: [gadget.yaml, service.yaml, good.yaml, typo.yaml]\n',
      'apps/gadget.yaml': 'apiVersion: lab.example.com/v1\nkind: Gadget\nmetadata: { name: a }\nspec:\n  size: 7\n  mode: fast\n', // prettier-ignore
      'apps/typo.yaml': 'apiVersion: lab.example.com/v1\nkind: Gadget\nmetadata: { name: c }\nspec: { size: 3, colour: red }\n', // prettier-ignore
      'apps/service.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec:\n  clusterIP: 192.0.2.7\n  ports: [{ port: 80 }]\n', // prettier-ignore
      'apps/good.yaml': 'apiVersion: lab.example.com/v1\nkind: Gadget\nmetadata: { name: b }\nspec: { size: 3, mode: fast, port: http }\n', // prettier-ignore
    });
    const check = async (): Promise<string[]> => {
      const { out } = await plumbline(root, ['check', '--format', 'json']);
      const { findings } = JSON.parse(out) as { findings: { path: string; rule: string; severity: string }[] };
      return findings.map(({ path: file, rule, severity }) => `${file} ${severity} ${rule}`).sort();
    };
    assert.deepEqual(await check(), [
      'apps/gadget.yaml info kubernetes/no-schema',
      'apps/good.yaml info kubernetes/no-schema',
      'apps/typo.yaml info kubernetes/no-schema',
    ]);
    const kubeconfig = ['--kubeconfig', cluster.kubeconfig('root')];
    const done = await plumbline(root, ['schemas', 'capture', '-e', 'lab', '--to', 'schemas/lab', ...kubeconfig]);
    assert.equal(done.err, '');
    assert.equal(done.status, 0);
    assert.match(
      done.out,
      /Captured testcluster-root: Kubernetes 1\.36\.\d+, \d+ custom kinds\.\nUsed from now on for lab\./,
    );
    const found = await check();
    assert.deepEqual(found, [
      'apps/gadget.yaml error kubernetes/cel',
      'apps/service.yaml error kubernetes/service-range',
      'apps/typo.yaml error kubernetes/unknown-field',
    ]);
    const list = await plumbline(root, ['schemas', 'list']);
    assert.match(list.out, /testcluster-root: Kubernetes 1\.36\.\d+, \d+ custom kinds, just now; for lab/);
    assert.ok(fs.existsSync(path.join(root, 'schemas/lab/cluster.json')));

    const server = await startLanguageServer({ folders: [root], settings: { kubeconfig: cluster.kubeconfig('root') } });
    try {
      const { folders } = await server.request(workspaceRequest, {});
      const folder = folders[0]?.folder ?? '';
      const contexts = await server.request(clusterContextsRequest, { folder });
      assert.ok('contexts' in contexts);
      assert.deepEqual(
        contexts.contexts.map(({ name, environments }) => ({ name, environments })),
        [{ name: context, environments: ['lab'] }],
      );
      const captured = await server.request(captureSchemasRequest, { folder, context });
      assert.ok('version' in captured, JSON.stringify(captured));
      assert.deepEqual(captured.environments, ['lab']);
      const refused = await server.request(captureSchemasRequest, { folder, context: 'nowhere' });
      assert.ok('failure' in refused && refused.failure.message.includes('nowhere'));
    } finally {
      await server.stop();
    }

    const wrong = await plumbline(root, ['schemas', 'capture', '--context', 'nowhere', ...kubeconfig]);
    assert.equal(wrong.status, 2);
    assert.match(wrong.err, /nowhere/);
  });
});

/** What a schema enforces, without where its text comes from. */
function shapeOf(node: SchemaNode, depth = 0): unknown {
  const { types, required, format, values, limits, listType, mapKeys } = node;
  const below = (one: SchemaNode): unknown => (depth > 12 ? 'deep' : shapeOf(one, depth + 1));
  return {
    types,
    // The server adds apiVersion and kind to what it publishes of embedded objects.
    required: node.raw['x-kubernetes-embedded-resource'] === true ? [] : required,
    format,
    values: values === undefined ? undefined : [...values],
    limits,
    listType,
    mapKeys,
    default: node.default,
    rules: node.raw['x-kubernetes-validations'],
    others: typeof node.others === 'string' ? node.others : below(node.others),
    items: node.items === undefined ? undefined : below(node.items),
    properties: Object.fromEntries(
      [...node.properties].filter(([name]) => name !== 'metadata').map(([name, one]) => [name, below(one)]),
    ),
  };
}
