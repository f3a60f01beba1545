// The schema store: the pack itself, layers of definitions, explanations of unknown kinds, OpenAPI documents.
import assert from 'node:assert';
import type { JsonObject } from '../../server/src/core/json';
import type { MissingKind } from '../../server/src/core/schema/missingKind';
import { nearest } from '../../server/src/core/schema/suggest';
import { newSchemaStore, schemaPack } from '../support/schemas';

const widget = (field: string, version = 'v1'): JsonObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Cluster',
    names: { kind: 'Widget', plural: 'widgets' },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { [field]: { type: 'string' } } } },
          },
        },
      },
    ],
  },
});
const fieldsOf = (store: ReturnType<typeof newSchemaStore>, apiVersion = 'example.com/v1'): string[] => [
  ...(store.lookup({ apiVersion, kind: 'Widget' })?.schema.properties.get('spec')?.properties.keys() ?? []),
];

describe('schema pack', () => {
  it('holds six minors, their kinds and the value enums that the published files leave out', () => {
    const { kubernetes, crds } = schemaPack();
    assert.deepEqual(
      kubernetes.releases.map((r) => r.minor),
      ['1.31', '1.32', '1.33', '1.34', '1.35', '1.36'],
    );
    assert.ok(kubernetes.kinds.length > 90);
    const strategy = newSchemaStore()
      .lookup({ apiVersion: 'apps/v1', kind: 'Deployment' })
      ?.schema.properties.get('spec')
      ?.properties.get('strategy')
      ?.properties.get('type');
    assert.deepEqual([...(strategy?.values ?? [])], ['Recreate', 'RollingUpdate']);
    for (const kind of [
      'Application',
      'ApplicationSet',
      'AppProject',
      'HelmRelease',
      'Kustomization',
      'GitRepository',
      'Certificate',
      'HTTPRoute',
      'Receiver',
      'ImagePolicy',
      'ImageUpdateAutomation',
      'ServiceMonitor',
      'ExternalSecret',
      'Pipeline',
      'EventListener',
      'ScaledObject',
      'Trigger',
      'VirtualService',
      'Rollout',
      'ClusterPolicy',
    ]) {
      assert.ok(
        crds.some((crd) => crd.kind === kind),
        kind,
      );
    }
  });

  it('compiles every kind of every minor', () => {
    const store = newSchemaStore();
    for (const minor of store.minors) {
      for (const { apiVersion, kind } of store.kinds(minor)) {
        const found = store.lookup({ apiVersion, kind, minor });
        assert.ok(found && found.schema.properties.size > 0, `${minor} ${apiVersion} ${kind}`);
      }
    }
  });
});

describe('schema store', () => {
  it('lets the workspace win over the cluster, and both over what is bundled', () => {
    const store = newSchemaStore();
    assert.equal(store.lookup({ apiVersion: 'example.com/v1', kind: 'Widget' }), undefined);
    store.setCrds('cluster', 'cluster', [widget('fromCluster')]);
    assert.deepEqual(fieldsOf(store), ['fromCluster']);
    store.setCrds('workspace', 'crds/widget.yaml', [widget('fromWorkspace')]);
    assert.deepEqual(fieldsOf(store), ['fromWorkspace']);
    assert.equal(store.lookup({ apiVersion: 'example.com/v1', kind: 'Widget' })?.origin, 'crds/widget.yaml');
    store.setCrds('workspace', 'crds/widget.yaml', []);
    assert.deepEqual(fieldsOf(store), ['fromCluster']);
  });

  it('replaces what a file defined when it is edited, and says whether anything changed', () => {
    const store = newSchemaStore();
    assert.equal(store.setCrds('workspace', 'a.yaml', [widget('one')]), true);
    assert.equal(store.setCrds('workspace', 'a.yaml', [widget('one')]), false);
    const before = store.version;
    assert.equal(store.setCrds('workspace', 'a.yaml', [widget('two', 'v2')]), true);
    assert.ok(store.version > before);
    assert.deepEqual(fieldsOf(store), []);
    assert.deepEqual(fieldsOf(store, 'example.com/v2'), ['two']);
  });

  it('survives definitions that lack everything', () => {
    const store = newSchemaStore();
    store.setCrds('workspace', 'a.yaml', [
      { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        spec: { group: 'x.y', names: { kind: 'Z' }, versions: [null, { name: 'v1' }] },
      },
    ]);
    assert.equal(store.lookup({ apiVersion: 'x.y/v1', kind: 'Z' }), undefined);
  });

  it('takes the nearest minor for versions that it does not hold', () => {
    const store = newSchemaStore();
    assert.deepEqual(
      ['v1.34.2', '1.20', '1.99', undefined, 'nonsense'].map((version) => store.minorFor(version)),
      ['1.34', '1.31', '1.36', '1.36', '1.36'],
    );
  });

  it('gives the text of custom definitions to the engine', () => {
    const store = newSchemaStore();
    assert.match(store.crdText('kustomize.toolkit.fluxcd.io', 'Kustomization') ?? '', /^\{"apiVersion":"apiextensions/);
    assert.equal(store.crdText('apps', 'Deployment'), undefined);
  });

  const explained: [string, string, string, RegExp][] = [
    ['apps/v1', 'Deploymnet', 'misspelt', /Did you mean apps\/v1 Deployment\?/],
    ['app/v1', 'Deployment', 'misspelt', /Did you mean apps\/v1 Deployment\?/],
    ['v1', 'Deployment', 'misspelt', /Did you mean apps\/v1 Deployment\?/],
    ['apps/v2', 'Deployment', 'misspelt', /Did you mean apps\/v1 Deployment\?/],
    ['extensions/v1beta1', 'Ingress', 'removed', /removed in Kubernetes 1\.22\. Use networking\.k8s\.io\/v1\./],
    ['policy/v1beta1', 'PodSecurityPolicy', 'removed', /no replacement/],
    ['flowcontrol.apiserver.k8s.io/v1beta2', 'FlowSchema', 'removed', /Use flowcontrol\.apiserver\.k8s\.io\/v1\.$/],
    ['autoscaling/v1', 'Scale', 'misspelt', /There is no autoscaling\/v1 Scale in Kubernetes 1\.36/],
    [
      'helm.toolkit.fluxcd.io/v3',
      'HelmRelease',
      'otherVersion',
      /has no helm\.toolkit\.fluxcd\.io\/v3 HelmRelease; yours may\. Use helm\.toolkit\.fluxcd\.io\/v2\./,
    ],
    ['helm.toolkit.fluxcd.io/v2beta1', 'HelmRelease', 'otherVersion', /not served from Flux 2\.7 on\. Use helm/],
    ['example.com/v1', 'Gadget', 'noSchema', /No schema is known.*CustomResourceDefinition.*capture/],
  ];
  for (const [apiVersion, kind, reason, message] of explained) {
    it(`explains ${apiVersion} ${kind}`, () => {
      const missing = newSchemaStore().explain({ apiVersion, kind });
      assert.equal(missing.reason, reason);
      assert.match(missing.message, message);
    });
  }

  const judged: [string, string, string | undefined, MissingKind['verdict']][] = [
    ['apps/v1', 'Deploymnet', undefined, 'refused'],
    ['app/v1', 'Deployment', undefined, 'refused'],
    ['helm.toolkit.fluxcd.io/v3', 'HelmRelease', undefined, 'unknown'],
    ['helm.toolkit.fluxcd.io/v2beta1', 'HelmRelease', undefined, 'doubtful'],
    ['monitoring.coreos.con/v1', 'ServiceMonitor', undefined, 'unknown'],
    ['apps/v1', 'Deploymnet', '1.99', 'unknown'],
    ['policy/v1beta1', 'PodDisruptionBudget', '1.24', 'unknown'],
    ['policy/v1beta1', 'PodDisruptionBudget', '1.25', 'refused'],
    ['policy/v1beta1', 'PodDisruptionBudget', '1.36', 'refused'],
  ];
  for (const [apiVersion, kind, minor, expected] of judged) {
    it(`${apiVersion} ${kind} on ${minor ?? 'the newest'} is ${expected}`, () =>
      assert.equal(newSchemaStore().explain({ apiVersion, kind, minor }).verdict, expected));
  }

  it('says in which minors a kind is served where another minor is chosen', () => {
    const store = newSchemaStore();
    const query = { apiVersion: 'storagemigration.k8s.io/v1alpha1', kind: 'StorageVersionMigration', minor: '1.36' };
    assert.equal(store.lookup(query), undefined);
    assert.match(store.explain(query).message, /removed in Kubernetes 1\.36\. Use storagemigration\.k8s\.io\/v1beta1/);
    assert.match(store.explain({ ...query, minor: '1.35' }).message, /served in 1\.\d+ to 1\.34 only/);
  });

  it('says from when on a kind is served where a minor does not have it yet', () => {
    const store = newSchemaStore();
    const query = { apiVersion: 'storage.k8s.io/v1', kind: 'VolumeAttributesClass', minor: '1.33' };
    const { message, suggestions } = store.explain(query);
    assert.match(message, /Kubernetes 1\.33 has no .*: it is there from 1\.34 on\. Use storage\.k8s\.io\/v1beta1\./);
    assert.deepEqual(suggestions[0], { apiVersion: 'storage.k8s.io/v1beta1', kind: 'VolumeAttributesClass' });
  });

  it('does not call an old version removed where the cluster is as old', () => {
    const store = newSchemaStore();
    const query = { apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget' };
    assert.equal(store.explain({ ...query, minor: '1.24' }).reason, 'noSchema');
    assert.equal(store.explain({ ...query, minor: '1.25' }).reason, 'removed');
  });

  it('publishes OpenAPI documents as a server does', () => {
    const [apps, widgets] = ((): JsonObject[] => {
      const store = newSchemaStore();
      store.setCrds('workspace', 'a.yaml', [widget('one')]);
      return store.openApi('1.35', ['apps/v1', 'example.com/v1', 'nothing/v1']);
    })();
    const schemas = (document: JsonObject | undefined): Record<string, JsonObject> =>
      (document?.components as { schemas: Record<string, JsonObject> }).schemas;
    const deployment = schemas(apps)['io.k8s.api.apps.v1.Deployment'];
    assert.deepEqual(deployment?.['x-kubernetes-group-version-kind'], [
      { group: 'apps', kind: 'Deployment', version: 'v1' },
    ]);
    const spec = (deployment?.properties as Record<string, JsonObject>).spec;
    assert.deepEqual(spec?.allOf, [{ $ref: '#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec' }]);
    for (const ref of JSON.stringify(apps).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      assert.ok(schemas(apps)[ref[1] ?? ''], ref[1]);
    }
    assert.deepEqual(schemas(widgets)['com.example.v1.Widget']?.['x-kubernetes-group-version-kind'], [
      { group: 'example.com', kind: 'Widget', version: 'v1' },
    ]);
  });
});

describe('nearest', () => {
  const cases: [string, string[], string | undefined][] = [
    ['replica', ['replicas', 'selector'], 'replicas'],
    ['imagePullPolcy', ['imagePullPolicy', 'image'], 'imagePullPolicy'],
    ['Name', ['name'], 'name'],
    ['nmae', ['name', 'namespace'], 'name'],
    ['xyz', ['name', 'image'], undefined],
  ];
  for (const [text, candidates, expected] of cases) {
    it(`${text} -> ${expected ?? 'nothing'}`, () => assert.equal(nearest(text, candidates), expected));
  }
});
