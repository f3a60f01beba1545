// Captured clusters as a layer of the schema store, what files are checked for with them, and the values that only a cluster knows.
import assert from 'node:assert/strict';
import { checkFile, engineObjects } from '../../server/src/core/check/checkFile';
import { versionsOf } from '../../server/src/core/check/versions';
import type { JsonObject } from '../../server/src/core/json';
import type { KindInfo } from '../../server/src/core/ports';
import {
  ago,
  definitionsOfOpenApi,
  type CapturedSchemas,
  type ClusterFacts,
} from '../../server/src/core/schema/captured';
import type { SchemaStore } from '../../server/src/core/schema/schemaStore';
import { defineKinds } from '../../server/src/core/render/defineKinds';
import type { Environment, FileRole, Workspace } from '../../server/src/core/workspace/source';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { newSchemaStore } from '../support/schemas';

const widget = (field: string): JsonObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets' },
    versions: ['v1', 'v2'].map((name) => ({
      name,
      served: true,
      storage: name === 'v1',
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: { spec: { type: 'object', properties: { [field]: { type: 'string' } } } },
        },
      },
    })),
  },
});
const kindOf = (kind: string, group: string, version: string): KindInfo => ({
  group,
  version,
  kind,
  resource: `${kind.toLowerCase()}s`,
  namespaced: true,
});

const capture = (context: string, definitions: JsonObject[], facts: ClusterFacts = {}): CapturedSchemas => ({
  format: 1,
  context,
  version: '1.35.2',
  capturedAt: new Date(Date.now() - 3 * 86_400_000).toISOString(),
  kinds: [kindOf('Widget', 'example.com', 'v1'), kindOf('ClusterTrustBundle', 'certificates.k8s.io', 'v1alpha1')],
  definitions: definitions.map((_, line) => ({ group: 'example.com', kind: 'Widget', line, from: 'definition' })),
  facts,
  notes: [],
  definitionText: (line) => JSON.stringify(definitions[line] ?? {}),
});
const query = { apiVersion: 'example.com/v1', kind: 'Widget' };
const fields = (store: SchemaStore): string[] => [
  ...(store.lookup(query)?.schema.properties.get('spec')?.properties.keys() ?? []),
];

describe('captured clusters', () => {
  it('count for their own context, after the workspace and before what is bundled', () => {
    const store = newSchemaStore();
    store.setClusters([capture('east', [widget('ofEast')]), capture('west', [widget('ofWest')])]);
    assert.deepEqual(fields(store), [], 'files of no environment know nothing of clusters');
    assert.deepEqual(fields(store.forCluster('east')), ['ofEast']);
    assert.deepEqual(fields(store.forCluster('west')), ['ofWest']);
    assert.equal(store.forCluster('north'), store);
    assert.equal(store.forCluster('east').lookup(query)?.origin, 'cluster east, captured 3 days ago');
    store.setCrds('workspace', 'crds/widget.yaml', [widget('ofRepository')]);
    assert.deepEqual(fields(store.forCluster('east')), ['ofRepository']);
  });

  it('serve the versions that they serve, alpha ones too, and no others', () => {
    const store = newSchemaStore();
    store.setClusters([capture('east', [widget('ofEast')])]);
    const east = store.forCluster('east');
    assert.equal(east.lookup({ apiVersion: 'example.com/v2', kind: 'Widget' }), undefined);
    const bundle = { apiVersion: 'certificates.k8s.io/v1alpha1', kind: 'ClusterTrustBundle', minor: '1.35' };
    assert.equal(store.lookup(bundle)?.servedByDefault, false);
    assert.equal(east.lookup(bundle)?.servedByDefault, true);
  });

  it('require nothing of products whose webhook writes out every field', () => {
    const store = newSchemaStore();
    const task = JSON.parse(JSON.stringify(widget('x')).replaceAll('example.com', 'tekton.dev')) as JsonObject;
    const spec = task['spec'] as { versions: { schema: { openAPIV3Schema: JsonObject } }[] } & JsonObject;
    for (const { schema } of spec.versions) {
      schema.openAPIV3Schema['required'] = ['spec'];
      schema.openAPIV3Schema['default'] = { required: ['kept'] };
    }
    const required = (one: SchemaStore): readonly string[] | undefined =>
      one.lookup({ apiVersion: 'tekton.dev/v1', kind: 'Widget' })?.schema.required;
    const kinds = [kindOf('Widget', 'tekton.dev', 'v1')];
    const definitions = [{ group: 'tekton.dev', kind: 'Widget', line: 0, from: 'definition' as const }];
    store.setClusters([{ ...capture('east', [task]), kinds, definitions }]);
    assert.deepEqual(required(store.forCluster('east')), []);
    assert.doesNotMatch(store.crdText('tekton.dev', 'Widget') ?? '', /"required":\["spec"\]/);
    assert.match(store.crdText('tekton.dev', 'Widget') ?? '', /"required":\["kept"\]/);
    store.setCrds('workspace', 'a.yaml', [task]);
    assert.deepEqual(required(store), []);
  });

  it('do not take a broken definition for a schema', () => {
    const store = newSchemaStore();
    const broken = { ...capture('east', [widget('x')]), definitionText: () => '{"spec":' };
    store.setClusters([broken]);
    assert.equal(store.forCluster('east').lookup(query), undefined);
  });

  it('leave objects to the engine only where its one definition is theirs', () => {
    const store = newSchemaStore();
    store.setClusters([capture('east', [widget('ofEast')]), capture('west', [widget('ofWest')])]);
    const parsed = parseYaml('apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\n');
    const judged = (cluster?: string): number => {
      const versions = [{ minor: '1.35', environments: ['e'], ...(cluster === undefined ? {} : { cluster }) }];
      return engineObjects(checkFile({ path: 'a.yaml', parsed }, { store, versions })).length;
    };
    assert.deepEqual([judged('east'), judged('west'), judged()], [1, 0, 0]);
    store.setCrds('workspace', 'crds/widget.yaml', [widget('ofRepository')]);
    assert.deepEqual([judged('east'), judged('west'), judged()], [1, 1, 1]);
  });

  it('give environments of their context their version, and each its own check', () => {
    const environment = (name: string, context: string, kubernetesVersion?: string): Environment => ({
      name,
      sources: ['s'],
      target: { type: 'context', context },
      protected: false,
      foundBy: 'configuration',
      ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
    });
    const workspace = {
      sources: [{ id: 's', children: [] }],
      environments: [environment('a', 'east'), environment('b', 'west', '1.35'), environment('c', 'none')],
    } as unknown as Workspace;
    const clusters = new Map([
      ['east', { version: '1.35.2' }],
      ['west', { version: '1.34.0' }],
    ]);
    assert.deepEqual(
      versionsOf(workspace, ['s'], { clusters, kubernetesVersion: '1.33' }).map(
        ({ minor, environments, cluster }) => `${minor} ${environments.join()} ${cluster ?? '-'}`,
      ),
      ['1.33 c -', '1.35 a east', '1.35 b west'],
    );
  });

  it('say how long ago', () => {
    const now = Date.parse('2026-01-10T00:00:00Z');
    const cases: [string, string][] = [
      ['2026-01-09T23:59:30Z', 'just now'],
      ['2026-01-09T23:58:59Z', '1 minute ago'],
      ['2026-01-09T01:00:00Z', '23 hours ago'],
      ['2026-01-07T00:00:00Z', '3 days ago'],
      ['2027-01-07T00:00:00Z', 'just now'],
      ['nonsense', 'just now'],
    ];
    for (const [time, expected] of cases) {
      assert.equal(ago(time, now), expected, time);
    }
  });
});

describe('addresses of Services', () => {
  const service = (spec: string): string => `apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: ${spec}\n`;
  const found = (text: string, facts: ClusterFacts): string[] => {
    const store = newSchemaStore();
    store.setClusters([capture('east', [], facts)]);
    const parsed = parseYaml(text);
    const versions = [{ minor: '1.35', environments: ['e'], cluster: 'east' }];
    return checkFile({ path: 'a.yaml', parsed }, { store, versions })
      .problems.filter(({ rule }) => rule === 'kubernetes/service-range')
      .map(({ field, message }) => `${field ?? ''}: ${message}`);
  };
  const ranges = { serviceCidrs: ['10.43.0.0/16', 'fd00:43::/112'] };
  const message = (text: string): string =>
    `${text} is outside the range of Service addresses of cluster east: 10.43.0.0/16, fd00:43::/112.`;

  it('are judged by the ranges of the cluster', () => {
    assert.deepEqual(found(service('{clusterIP: 10.43.255.254, ports: [{port: 80}]}'), ranges), []);
    assert.deepEqual(found(service('{clusterIP: 10.44.0.1, ports: [{port: 80}]}'), ranges), [
      `/spec/clusterIP: ${message('10.44.0.1')}`,
    ]);
    assert.deepEqual(
      found(service('{clusterIP: 10.43.0.9, clusterIPs: [10.43.0.9, "fd00:44::9"], ports: [{port: 80}]}'), ranges),
      [`/spec/clusterIPs/1: ${message('fd00:44::9')}`],
    );
  });

  it('are left alone where nothing can be said', () => {
    for (const spec of [
      '{clusterIP: None, ports: [{port: 80}]}',
      '{clusterIP: ""}',
      '{ports: [{port: 80}]}',
      '{type: ExternalName, clusterIP: 1.2.3.4}',
      '{clusterIP: nonsense}',
    ]) {
      // prettier-ignore
      assert.deepEqual(found(service(spec), ranges), [], spec);
    }
    assert.deepEqual(found(service('{clusterIP: 1.2.3.4}'), {}), []);
    assert.deepEqual(found(service('{clusterIP: 1.2.3.4}'), { serviceCidrs: ['10.0.0.0/8', 'nonsense'] }), []);
  });
});

describe('definitions from an OpenAPI description', () => {
  it('keep rules, leave references out, and join the versions of a kind', () => {
    const schema = (version: string): JsonObject => ({
      type: 'object',
      properties: {
        apiVersion: { type: 'string', description: 'x' },
        kind: { type: 'string' },
        metadata: { allOf: [{ $ref: '#/components/schemas/io.k8s.ObjectMeta' }], description: 'x' },
        usage: { $ref: '#/components/schemas/com.example.Usage' },
        spec: { type: 'object', 'x-kubernetes-validations': [{ rule: 'true' }], default: { $ref: 'kept' } },
      },
      'x-kubernetes-group-version-kind': [{ group: 'example.com', version, kind: 'Widget' }],
    });
    const documents = ['v1', 'v2'].map((v) => ({
      components: { schemas: { [`com.example.${v}.Widget`]: schema(v) } },
    }));
    const kinds = ['v1', 'v2', 'v3'].map((version) => kindOf('Widget', 'example.com', version));
    const [definition, ...more] = definitionsOfOpenApi(documents, [...kinds, kindOf('Other', 'example.com', 'v1')]);
    assert.deepEqual(more, []);
    const spec = definition?.['spec'] as { versions: { name: string; schema: { openAPIV3Schema: JsonObject } }[] };
    assert.deepEqual(
      spec.versions.map(({ name }) => name),
      ['v1', 'v2'],
    );
    assert.deepEqual(spec.versions[0]?.schema.openAPIV3Schema['properties'], {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      usage: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      spec: { type: 'object', 'x-kubernetes-validations': [{ rule: 'true' }], default: { $ref: 'kept' } },
    });
  });
});

describe('definitions of the workspace', () => {
  const workspaceOf = (files: Record<string, FileRole>): Workspace =>
    ({
      configuration: { schemas: ['vendor/'] },
      files: Object.entries(files).map(([path, role]) => ({ path, role, sources: [] })),
    }) as unknown as Workspace;
  const text = JSON.stringify(widget('x'));
  const tree = { read: () => Promise.resolve(text) };

  it('are found by role and folder, and forgotten with their file', async () => {
    const store = newSchemaStore();
    for (const [path, role, found] of [
      ['crds/a.yaml', 'crd', true],
      ['a.yaml', 'manifest', true],
      ['templates/a.yaml', 'template', true],
      ['vendor/a.yaml', 'other', true],
      ['docs/a.yaml', 'other', false],
    ] as const) {
      await defineKinds(workspaceOf({ [path]: role }), tree, store, () => undefined);
      assert.equal(store.lookup(query) !== undefined, found, path);
    }
  });

  it('are not read from templates with actions', async () => {
    const store = newSchemaStore();
    const templated = { read: () => Promise.resolve(`${text}\n# {{ .Values.x }}\n`) };
    await defineKinds(workspaceOf({ 'templates/a.yaml': 'template' }), templated, store, () => undefined);
    assert.equal(store.lookup(query), undefined);
  });
});
