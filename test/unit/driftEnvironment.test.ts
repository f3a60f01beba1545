// Drift of an environment: pairing by identity, honest unknowns, leftovers only by evidence, ignored differences, dry runs.
import * as assert from 'node:assert/strict';
import { load } from 'js-yaml';
import type { Comparison } from '../../server/src/core/drift/comparison';
import type { DriftOptions, DriftPorts } from '../../server/src/core/drift/environment';
import { drift } from '../../server/src/core/drift/environment';
import type { Failure } from '../../server/src/core/ports';
import type { Rendering } from '../../server/src/core/render/rendering';
import type { KubernetesObject } from '../../server/src/core/resource';
import { label } from '../../server/src/core/resource';
import { openApiDocuments, renderingOf, testEnvironment, testSource } from '../support/driftFixtures';
import type { MemoryTarget, MemoryTargetOptions } from '../support/memoryTarget';
import { memoryTarget } from '../support/memoryTarget';
import { mergeValidator } from '../support/mergeValidator';

let pauses = 0;
const ports: DriftPorts = {
  validator: mergeValidator,
  pause: async () => void pauses++,
  now: () => '2026-01-01T00:00:00Z',
};

const object = (text: string): KubernetesObject => load(text) as KubernetesObject;
const configMap = (name: string, data = '{a: "1"}', more = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: shop${more}}\ndata: ${data}\n`;

async function compare(
  renderings: Rendering[],
  target: MemoryTarget,
  options: DriftOptions = {},
  other: Partial<DriftPorts> = {},
): Promise<Comparison> {
  return drift(testEnvironment(), renderings, target, { ...ports, ...other }, options);
}
const target = (options: MemoryTargetOptions = {}): MemoryTarget =>
  memoryTarget({ openApi: openApiDocuments(), ...options });
const states = (comparison: Comparison): string[] =>
  comparison.report.objects.map((o) => `${o.state} ${label(o.key)}${o.failure ? `: ${o.failure.reason}` : ''}`);

describe('drift of an environment', () => {
  it('pairs by identity and fills in namespaces as the target would', async () => {
    const text = [
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "1"}\n',
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r, namespace: ignored}\nrules: []\n',
    ].join('---\n');
    const live = object('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\ndata: {x: "1"}\n');
    const comparison = await compare([renderingOf(text)], target({ objects: [live] }));
    assert.deepEqual(states(comparison), ['missing ClusterRole r', 'inSync ConfigMap default/a']);
  });

  it('lists each kind once, whatever the number of objects', async () => {
    const text = Array.from({ length: 120 }, (_, i) => configMap(`c${i}`)).join('---\n');
    const live = Array.from({ length: 120 }, (_, i) => object(configMap(`c${i}`)));
    const memory = target({ objects: live });
    pauses = 0;
    const comparison = await compare([renderingOf(text)], memory);
    assert.equal(comparison.report.counts.inSync, 120);
    assert.deepEqual(memory.asked, ['list ConfigMap']);
    assert.ok(pauses >= 2, 'gives way to other work');
  });

  it('says unknown with the reason where a list fails, never missing', async () => {
    const text = configMap('a');
    const reasons: Failure['reason'][] = ['unauthorized', 'forbidden', 'timeout', 'partial', 'unreachable'];
    for (const reason of reasons) {
      const failure = { reason, message: `no: ${reason}` };
      const memory = target({ failures: { ConfigMap: failure, 'ConfigMap shop': failure } });
      const comparison = await compare([renderingOf(text)], memory);
      assert.deepEqual(states(comparison), [`unknown ConfigMap shop/a: ${reason}`]);
    }
  });

  it('lists by namespace where the whole is forbidden', async () => {
    const memory = target({
      objects: [object(configMap('a'))],
      failures: { ConfigMap: { reason: 'forbidden', message: 'not cluster-wide' } },
    });
    assert.deepEqual(states(await compare([renderingOf(configMap('a'))], memory)), ['inSync ConfigMap shop/a']);
    assert.deepEqual(memory.asked, ['list ConfigMap', 'list ConfigMap in shop']);
  });

  it('says unknown for kinds that are not served, missing where their definition comes along', async () => {
    const gadget = 'apiVersion: lab.example.com/v1\nkind: Gadget\nmetadata: {name: g, namespace: shop}\n';
    const definition =
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: gadgets.lab.example.com}\nspec: {group: lab.example.com, scope: Namespaced, names: {kind: Gadget, plural: gadgets}, versions: [{name: v1, served: true, storage: true}]}\n';
    assert.deepEqual(states(await compare([renderingOf(gadget)], target())), ['unknown Gadget shop/g: unsupported']);
    const both = await compare([renderingOf(`${definition}---\n${gadget}`)], target());
    assert.deepEqual(states(both), [
      'missing CustomResourceDefinition gadgets.lab.example.com',
      'missing Gadget shop/g',
    ]);
  });

  it('finds no leftovers and prunes nothing where a source does not render', async () => {
    const left = object(configMap('old', '{}', ', annotations: {plumbline.dev/owner: "staging@r folder:apps"}'));
    const broken: Rendering = {
      ...renderingOf(''),
      resources: [],
      failure: { message: 'broken', path: 'k.yaml', line: 2 },
    };
    const fine = renderingOf(configMap('a'), 'b.yaml', testSource('folder:other'));
    const memory = target({ objects: [left, object(configMap('a'))] });
    const comparison = await compare([broken, fine], memory, { record: 'staging@r' });
    assert.deepEqual(states(comparison), ['inSync ConfigMap shop/a']);
    assert.match(comparison.report.failures[0]?.message ?? '', /could not be rendered.*broken \(k\.yaml:3\)/);
    assert.ok((comparison.report.notSearched ?? []).length > 0);
  });

  it('takes for leftovers only what is proven to be this owner’s', async () => {
    const flux = testSource('fluxKustomization:clusters/x.yaml#flux-system/web', 'fluxKustomization');
    const argo = testSource('argoApplication:apps.yaml#argocd/web', 'argoApplication');
    argo.name = 'web';
    const owned = (name: string, more: string): KubernetesObject => object(configMap(name, '{}', more));
    const tracking = (text: string): string => `, annotations: {argocd.argoproj.io/tracking-id: "${text}"}`;
    const labels = (name: string): string =>
      `, labels: {kustomize.toolkit.fluxcd.io/name: ${name}, kustomize.toolkit.fluxcd.io/namespace: flux-system}`;
    const objects = [
      owned('recorded', ', annotations: {plumbline.dev/owner: "staging@r folder:apps"}'),
      owned('other-repository', ', annotations: {plumbline.dev/owner: "staging@other folder:apps"}'),
      owned('other-environment', ', annotations: {plumbline.dev/owner: "staging2@r folder:apps"}'),
      owned('by-flux', labels('web')),
      owned('by-other-flux', labels('db')),
      owned('by-argo', tracking('web:/ConfigMap:shop/by-argo')),
      owned('copied', tracking('web:/ConfigMap:shop/by-argo')),
      owned('by-other-argo', tracking('db:/ConfigMap:shop/by-other-argo')),
      owned('controlled', `${labels('web')}, ownerReferences: [{controller: true, kind: X, name: x, uid: u}]`),
      owned('going', `${labels('web')}, deletionTimestamp: "2026-01-01T00:00:00Z"`),
      owned('nobodys', ''),
    ];
    const renderings = [renderingOf(configMap('a')), renderingOf('', 'f', flux), renderingOf('', 'a', argo)];
    const comparison = await compare(renderings, target({ objects }), { record: 'staging@r' });
    assert.deepEqual(
      comparison.report.objects.filter((o) => o.state === 'extra').map((o) => `${o.key.name} of ${o.source}`),
      [
        'by-argo of argoApplication:apps.yaml#argocd/web',
        'by-flux of fluxKustomization:clusters/x.yaml#flux-system/web',
        'recorded of folder:apps',
      ],
    );
  });

  it('leaves what configuration ignores out of the verdict and says how much', async () => {
    const live = object(configMap('a', '{a: "2", b: "3"}'));
    const wanted = renderingOf(configMap('a', '{a: "1", b: "1"}'));
    const ignoring = (jsonPointers: string[]): Promise<Comparison> =>
      compare([wanted], target({ objects: [live] }), { ignoreDifferences: [{ kind: 'ConfigMap', jsonPointers }] });
    const some = (await ignoring(['/data/a'])).report.objects[0];
    assert.deepEqual([some?.state, some?.fields.map((f) => f.path), some?.ignored], ['drifted', ['data.b'], 1]);
    const all = (await ignoring(['/data'])).report.objects[0];
    assert.deepEqual([all?.state, all?.ignored], ['inSync', 2]);
    const none = (await ignoring(['/data/aa'])).report.objects[0];
    assert.equal(none?.fields.length, 2);
  });

  it('compares what has no merge rules by subset, and says so', async () => {
    const live = object(configMap('a', '{a: "1", b: "foreign"}'));
    const memory = memoryTarget({ objects: [live] });
    const [found] = (await compare([renderingOf(configMap('a'))], memory)).report.objects;
    assert.deepEqual([found?.state, found?.basis], ['inSync', 'subset']);
    const [other] = (await compare([renderingOf(configMap('a', '{a: "2"}'))], memory)).report.objects;
    assert.deepEqual([other?.state, other?.basis, other?.fields[0]?.path], ['drifted', 'subset', 'data.a']);
  });

  it('says unknown where something differs and no engine can say what', async () => {
    const memory = target({ objects: [object(configMap('a', '{a: "2"}'))] });
    const comparison = await compare([renderingOf(configMap('a'))], memory, {}, { validator: undefined });
    assert.deepEqual(states(comparison), ['unknown ConfigMap shop/a: error']);
  });

  it('believes the server’s dry run over its own rules, and asks only about what differs', async () => {
    const objects = [object(configMap('same')), object(configMap('mutated', '{a: "2"}'))];
    const renderings = [renderingOf(`${configMap('same')}---\n${configMap('mutated')}`)];
    const mutating = target({
      type: 'cluster',
      objects,
      dryRun: () => ({ ok: true, value: objects[1] as KubernetesObject }),
    });
    const comparison = await compare(renderings, mutating);
    assert.deepEqual(states(comparison), ['inSync ConfigMap shop/mutated', 'inSync ConfigMap shop/same']);
    const mutated = comparison.report.objects[0];
    assert.deepEqual([mutated?.basis, mutated?.mutatorPossible], ['dryRun', true]);
    assert.deepEqual(
      mutating.asked.filter((a) => a.startsWith('dry')),
      ['dry run ConfigMap shop/mutated'],
    );
    const refusing = await compare(renderings, target({ type: 'cluster', objects }));
    assert.deepEqual(states(refusing), ['drifted ConfigMap shop/mutated', 'inSync ConfigMap shop/same']);
  });

  it('cannot compare what is encrypted, masked or not final, and says so', async () => {
    const secret = (more: string): string =>
      `apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\n${more}`;
    const masked = object(secret('data: {p: cGx1bWJsaW5lOm1hc2tlZDox}\n'));
    const plain = renderingOf(secret('stringData: {p: x}\n'));
    assert.deepEqual(states(await compare([plain], target({ objects: [masked] }))), [
      'unknown Secret shop/s: unsupported',
    ]);
    const more = await compare([renderingOf(secret('stringData: {p: x, q: other}\n'))], target({ objects: [masked] }));
    assert.deepEqual(states(more), ['drifted Secret shop/s']);
    const encrypted = renderingOf(secret('data: {p: "ENC[x]"}\nsops: {mac: x}\n'));
    assert.deepEqual(states(await compare([encrypted], target({ objects: [masked] }))), [
      'unknown Secret shop/s: unsupported',
    ]);
    const open = renderingOf(configMap('a'));
    open.resources.forEach((r) => (r.unresolved = ['cluster_name']));
    assert.deepEqual(states(await compare([open], target())), ['unknown ConfigMap shop/a: unsupported']);
  });

  it('leaves hooks out', async () => {
    const text = configMap('h', '{}', ', annotations: {helm.sh/hook: post-install}');
    assert.deepEqual(states(await compare([renderingOf(text)], target())), []);
  });

  it('shows what a client-side apply left behind', async () => {
    const applied = JSON.stringify(object(configMap('a', '{a: "1", gone: "2"}')));
    const live = object(configMap('a', '{a: "1", gone: "2", foreign: "3"}'));
    live.metadata.annotations = { 'kubectl.kubernetes.io/last-applied-configuration': applied };
    const comparison = await compare([renderingOf(configMap('a'))], target({ objects: [live] }));
    const [found] = comparison.report.objects;
    assert.deepEqual(
      found?.fields.map((f) => `${f.change} ${f.path}`),
      ['added data.gone'],
    );
  });
});
