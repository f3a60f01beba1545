// The snapshot target: files as a cluster, with the API server's own code behind apply; honest about what it does not hold.
import assert from 'node:assert';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Engines } from '../../server/src/adapters/engines';
import { createEngines } from '../../server/src/adapters/engines';
import { writeInfo } from '../../server/src/adapters/snapshotFolder';
import { createSnapshotTarget } from '../../server/src/adapters/snapshotTarget';
import { writeSnapshot } from '../../server/src/adapters/snapshotWrite';
import { isWritable, openTarget } from '../../server/src/adapters/targets';
import { placeholderKeys } from '../../server/src/core/drift/mask';
import type { Answer, KindInfo, Target, WritableTarget } from '../../server/src/core/ports';
import { Cancelled } from '../../server/src/core/ports';
import type { KubernetesObject } from '../../server/src/core/resource';
import { keyOf } from '../../server/src/core/resource';
import { productFolder } from '../../server/src/productFolder';
import { failure, silentLog, value } from '../support/answers';
import { newSchemaStore } from '../support/schemas';

const kind = (group: string, version: string, name: string, resource: string, namespaced = true): KindInfo => ({
  group,
  version,
  kind: name,
  resource,
  namespaced,
});
const deployments = kind('apps', 'v1', 'Deployment', 'deployments');
const configMaps = kind('', 'v1', 'ConfigMap', 'configmaps');
const secrets = kind('', 'v1', 'Secret', 'secrets');
const namespaceKind = kind('', 'v1', 'Namespace', 'namespaces', false);
const roles = kind('rbac.authorization.k8s.io', 'v1', 'ClusterRole', 'clusterroles', false);
const crdKind = kind('apiextensions.k8s.io', 'v1', 'CustomResourceDefinition', 'customresourcedefinitions', false);
const widgets = kind('example.com', 'v1', 'Widget', 'widgets');

describe('snapshot target', () => {
  let engines: Engines;
  let folder: string;
  let now: Date;

  before(() => {
    engines = createEngines({ folder: productFolder('engines'), log: silentLog });
  });
  after(() => engines.dispose());
  beforeEach(async () => {
    folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-snapshot-')), 'staging');
    now = new Date('2026-03-01T10:00:00.123Z');
    await writeInfo(folder, { name: 'staging', kubernetesVersion: '1.36.3', unavailable: [] });
  });
  afterEach(() => fs.rmSync(path.dirname(folder), { recursive: true, force: true }));

  const open = (): WritableTarget =>
    createSnapshotTarget({ folder, validator: engines.validator, schemas: newSchemaStore(), clock: () => now });
  const apply = (object: KubernetesObject, of: KindInfo, manager = 'plumbline', force = false) =>
    open().apply(object, of, { manager, force });
  const files = () =>
    fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((e) => e.isFile())
      .map((e) => path.relative(folder, path.join(e.parentPath, e.name)).split(path.sep).join('/'))
      .sort();

  describe('apply', () => {
    it('stores what a server would store: defaults, owners, identity, times', async () => {
      const stored = value(await apply(deployment(), deployments));
      const { uid, ...metadata } = stored.metadata;
      assert.match(uid as string, /^[0-9a-f-]{36}$/);
      assert.deepStrictEqual(
        [metadata.creationTimestamp, metadata.resourceVersion, metadata.generation],
        ['2026-03-01T10:00:00Z', '1', 1],
      );
      const [entry] = metadata.managedFields as { manager: string; operation: string; time: string }[];
      assert.deepStrictEqual(
        [entry?.manager, entry?.operation, entry?.time],
        ['plumbline', 'Apply', '2026-03-01T10:00:00Z'],
      );
      assert.strictEqual((stored.spec as { revisionHistoryLimit: number }).revisionHistoryLimit, 10);
      assert.deepStrictEqual(files(), ['shop/apps.Deployment/web.yaml', 'snapshot.yaml']);
      assert.deepStrictEqual(value(await open().get(deployments, keyOf(stored))), stored);
    });

    it('counts generation and version up for a change, and nothing for none', async () => {
      const first = value(await apply(deployment(), deployments));
      now = new Date('2026-03-02T10:00:00Z');
      assert.deepStrictEqual(value(await apply(deployment(), deployments)), first);
      const second = value(await apply(deployment(3), deployments));
      assert.deepStrictEqual(
        [
          second.metadata.uid,
          second.metadata.resourceVersion,
          second.metadata.generation,
          second.metadata.creationTimestamp,
        ],
        [first.metadata.uid, '2', 2, first.metadata.creationTimestamp],
      );
    });

    it('a field of another manager conflicts, unless it is taken over on purpose', async () => {
      value(await apply(deployment(1), deployments, 'somebody'));
      const refused = failure(await apply(deployment(5), deployments));
      assert.strictEqual(refused.reason, 'conflict');
      assert.match(refused.message, /owned by somebody/);
      assert.strictEqual(
        (value(await apply(deployment(5), deployments, 'plumbline', true)).spec as { replicas: number }).replicas,
        5,
      );
    });

    it('what a server would refuse is refused, with the field', async () => {
      const refused = failure(await apply(deployment(-1), deployments));
      assert.strictEqual(refused.reason, 'invalid');
      assert.ok(
        refused.causes?.some((c) => c.field === 'spec.replicas'),
        JSON.stringify(refused),
      );
      assert.strictEqual(failure(await apply(withSpec(deployment(), { repplicas: 1 }), deployments)).reason, 'invalid');
      assert.deepStrictEqual(files(), ['snapshot.yaml']);
    });

    it('a dry run stores nothing and takes fields over', async () => {
      value(await apply(deployment(1), deployments, 'somebody'));
      const before = fs.readFileSync(path.join(folder, 'shop/apps.Deployment/web.yaml'), 'utf8');
      const would = value(await open().dryRun(deployment(4), deployments, 'plumbline'));
      assert.strictEqual((would.spec as { replicas: number }).replicas, 4);
      assert.strictEqual(fs.readFileSync(path.join(folder, 'shop/apps.Deployment/web.yaml'), 'utf8'), before);
    });

    it('a namespace that is not there is missed, once the snapshot knows namespaces', async () => {
      const other: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } };
      value(await apply(other, namespaceKind));
      assert.match(failure(await apply(deployment(), deployments)).message, /namespace shop does not exist yet/);
    });

    it('writes that come together happen one after the other', async () => {
      const target = open();
      const versions = await Promise.all(
        [1, 2, 3, 4].map((n) => target.apply(deployment(n), deployments, { manager: 'plumbline', force: false })),
      );
      assert.deepStrictEqual(
        versions.map((v) => value(v).metadata.resourceVersion),
        ['1', '2', '3', '4'],
      );
    });

    it('custom kinds are those of the definitions in the snapshot', async () => {
      const widget: KubernetesObject = {
        apiVersion: 'example.com/v1',
        kind: 'Widget',
        metadata: { name: 'w', namespace: 'shop' },
        spec: { size: 1 },
      };
      assert.strictEqual(failure(await apply(widget, widgets)).reason, 'unsupported');
      value(await apply(widgetDefinition, crdKind));
      const target = open();
      assert.deepStrictEqual(
        value(await target.kinds()).find((k) => k.kind === 'Widget'),
        widgets,
      );
      const stored = value(await target.apply(widget, widgets, { manager: 'plumbline', force: false }));
      assert.deepStrictEqual(stored.spec, { size: 1, colour: 'red' });
      const wrong = { ...widget, spec: { size: 'big' } };
      assert.strictEqual(
        failure(await target.apply(wrong, widgets, { manager: 'plumbline', force: false })).reason,
        'invalid',
      );
      assert.strictEqual(value(await target.openApi(['example.com/v1'])).length, 1);
    });

    it('ends when it is no longer wanted, and writes nothing', async () => {
      const abort = new AbortController();
      abort.abort();
      await assert.rejects(
        open().apply(deployment(), deployments, { manager: 'p', force: false }, abort.signal),
        Cancelled,
      );
      assert.deepStrictEqual(files(), ['snapshot.yaml']);
    });
  });

  describe('secrets', () => {
    const password = 'correct-horse-battery';
    const secret: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'login', namespace: 'shop' },
      stringData: { password },
    };

    it('are never in a file, and the placeholder is told', async () => {
      value(await apply(secret, secrets));
      value(await apply({ ...secret, stringData: { password: `${password}2` } }, secrets));
      for (const file of files()) {
        const text = fs.readFileSync(path.join(folder, file), 'utf8');
        assert.ok(
          !text.includes(password) && !text.includes(Buffer.from(password).toString('base64').slice(0, 20)),
          file,
        );
      }
      const [stored] = value(await open().list(secrets, 'shop'));
      assert.deepStrictEqual(placeholderKeys(stored as KubernetesObject), ['password']);
    });

    it('a placeholder is never applied', async () => {
      value(await apply(secret, secrets));
      const [stored] = value(await open().list(secrets, 'shop'));
      const again = { ...(stored as KubernetesObject), metadata: { name: 'login', namespace: 'shop' } };
      assert.match(failure(await apply(again, secrets)).message, /masked values, which are never applied/);
    });

    it('a refusal does not quote a value', async () => {
      const broken = {
        ...secret,
        type: 'kubernetes.io/dockerconfigjson',
        data: { '.dockerconfigjson': Buffer.from(password).toString('base64') },
      };
      const text = JSON.stringify(failure(await apply(broken, secrets)));
      assert.ok(!text.includes(password) && !text.includes(Buffer.from(password).toString('base64')), text);
    });
  });

  describe('delete', () => {
    it('removes exactly the object that was seen', async () => {
      const stored = value(await apply(deployment(), deployments));
      const key = keyOf(stored);
      const seen = { uid: stored.metadata.uid as string, resourceVersion: '1' };
      assert.strictEqual(
        failure(await open().delete(deployments, key, { ...seen, resourceVersion: '2' })).reason,
        'conflict',
      );
      assert.strictEqual(failure(await open().delete(deployments, key, { ...seen, uid: 'x' })).reason, 'conflict');
      value(await open().delete(deployments, key, seen));
      assert.deepStrictEqual(files(), ['snapshot.yaml']);
      assert.strictEqual(failure(await open().delete(deployments, key, seen)).reason, 'not-found');
    });

    it('a namespace takes its content along, an owner what it owns', async () => {
      const made = value(
        await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, namespaceKind),
      );
      const owner = value(await apply(configMap('owner'), configMaps));
      const owned = configMap('owned');
      owned.metadata.ownerReferences = [
        { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid as string },
      ];
      value(await apply(owned, configMaps));
      value(await apply(configMap('alone'), configMaps));
      value(await open().delete(configMaps, keyOf(owner), seenOf(owner)));
      assert.deepStrictEqual(
        value(await open().list(configMaps, undefined)).map((o) => keyOf(o).name),
        ['alone'],
      );
      value(await open().delete(namespaceKind, keyOf(made), seenOf(made)));
      assert.deepStrictEqual(files(), ['snapshot.yaml']);
    });

    it('waits for a finalizer', async () => {
      const held = configMap('held');
      held.metadata.finalizers = ['example.com/hold'];
      const stored = value(await apply(held, configMaps));
      value(await open().delete(configMaps, keyOf(stored), seenOf(stored)));
      assert.strictEqual(
        value(await open().get(configMaps, keyOf(stored)))?.metadata.deletionTimestamp,
        '2026-03-01T10:00:00Z',
      );
    });
  });

  describe('reading', () => {
    it('no snapshot there, or something else, says what to do', async () => {
      fs.rmSync(folder, { recursive: true });
      for (const answer of [
        await open().kinds(),
        await open().list(configMaps, 'shop'),
        await open().version(),
      ] as Answer<unknown>[]) {
        assert.match(failure(answer).message, /There is no snapshot in .*plumbline snapshot/);
      }
      fs.mkdirSync(folder);
      fs.writeFileSync(path.join(folder, 'snapshot.yaml'), 'kind: Deployment\n');
      assert.strictEqual(failure(await open().kinds()).reason, 'invalid');
    });

    it('a broken file makes its kind partial, and no other', async () => {
      value(await apply(configMap('good'), configMaps));
      value(await apply(deployment(), deployments));
      fs.writeFileSync(path.join(folder, 'shop/core.ConfigMap/bad.yaml'), 'kind: [unclosed\n');
      const answer = failure(await open().list(configMaps, undefined));
      assert.deepStrictEqual([answer.reason, /bad\.yaml/.test(answer.message)], ['partial', true]);
      assert.strictEqual(value(await open().list(deployments, undefined)).length, 1);
    });

    it('a file that was edited is read again; one that is gone is gone', async () => {
      const target = open();
      value(await target.apply(configMap('one'), configMaps, { manager: 'p', force: false }));
      const file = path.join(folder, 'shop/core.ConfigMap/one.yaml');
      fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('value: one', 'value: edited by hand'));
      assert.deepStrictEqual(value(await target.list(configMaps, 'shop'))[0]?.data, { value: 'edited by hand' });
      fs.rmSync(file);
      assert.deepStrictEqual(value(await target.list(configMaps, 'shop')), []);
    });

    it('names with colons, words that YAML would read as something else', async () => {
      const role: KubernetesObject = {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: {
          name: 'system:Änderung'.replace('Ä', 'a'),
          labels: { on: 'yes', at: '2026-01-01', no: '0123', float: '1e3' },
        },
        rules: [],
      };
      const stored = value(await apply(role, roles));
      assert.deepStrictEqual(value(await open().get(roles, keyOf(role))), stored);
      assert.deepStrictEqual(files(), [
        '_cluster/rbac.authorization.k8s.io.ClusterRole/system%3Aanderung.yaml',
        'snapshot.yaml',
      ]);
    });

    it('objects in another version than asked for are not compared', async () => {
      value(await apply(deployment(), deployments));
      assert.strictEqual(
        failure(await open().list({ ...deployments, version: 'v1beta1' }, undefined)).reason,
        'unsupported',
      );
    });

    it('openApi and version', async () => {
      assert.strictEqual(value(await open().version()), '1.36.3');
      assert.strictEqual(value(await open().openApi(['v1', 'apps/v1', 'example.com/v1'])).length, 2);
    });
  });

  describe('taking one', () => {
    /** A target with two kinds that can be read and one that cannot. */
    const source = (objects: KubernetesObject[]): Target => ({
      name: 'prod',
      type: 'cluster',
      version: () => Promise.resolve({ ok: true, value: '1.35.2' }),
      kinds: () =>
        Promise.resolve({ ok: true, value: [configMaps, secrets, roles, kind('', 'v1', 'Event', 'events')] }),
      list: (of) =>
        Promise.resolve(
          of.kind === 'ClusterRole'
            ? { ok: false, failure: { reason: 'forbidden', message: 'User viewer may not list clusterroles.' } }
            : { ok: true, value: objects.filter((o) => o.kind === of.kind) },
        ),
      get: () => Promise.resolve({ ok: true, value: undefined }),
      openApi: () => Promise.resolve({ ok: true, value: [] }),
      dryRun: (o) => Promise.resolve({ ok: true, value: o }),
    });
    const taken = () => path.join(path.dirname(folder), 'taken');
    const openTaken = () =>
      createSnapshotTarget({ folder: taken(), validator: engines.validator, schemas: newSchemaStore() });

    it('keeps objects whole, masks Secrets, and records what could not be read', async () => {
      const whole = configMap('one');
      whole.metadata.managedFields = [
        {
          manager: 'kubectl',
          operation: 'Update',
          apiVersion: 'v1',
          time: '2026-01-01T00:00:00Z',
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:data': {} },
        },
      ];
      const hidden: KubernetesObject = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 's', namespace: 'shop' },
        data: { key: Buffer.from('top secret').toString('base64') },
      };
      const summary = value(await writeSnapshot(source([whole, hidden]), taken(), { clock: () => now }));
      assert.deepStrictEqual([summary.files, summary.unavailable.length], [2, 1]);

      const target = openTaken();
      assert.deepStrictEqual(value(await target.list(configMaps, undefined)), [whole]);
      assert.deepStrictEqual(placeholderKeys(value(await target.list(secrets, undefined))[0] as KubernetesObject), [
        'key',
      ]);
      const forbidden = failure(await target.list(roles, undefined));
      assert.deepStrictEqual(
        [forbidden.reason, /may not list clusterroles/.test(forbidden.message)],
        ['forbidden', true],
      );
      // Never taken: not empty, but not known.
      assert.strictEqual(failure(await target.list(deployments, undefined)).reason, 'unsupported');
      assert.deepStrictEqual(
        value(await target.kinds()).map((k) => k.kind),
        ['ConfigMap', 'Secret', 'ClusterRole'],
      );
      assert.strictEqual(value(await target.version()), '1.35.2');
    });

    it('replaces an older one as a whole, and nothing that is not a snapshot', async () => {
      value(await writeSnapshot(source([configMap('old')]), taken()));
      value(await writeSnapshot(source([configMap('new')]), taken()));
      assert.deepStrictEqual(
        value(await openTaken().list(configMaps, undefined)).map((o) => keyOf(o).name),
        ['new'],
      );
      const precious = path.join(path.dirname(folder), 'precious');
      fs.mkdirSync(precious);
      fs.writeFileSync(path.join(precious, 'thesis.txt'), 'x');
      assert.strictEqual(failure(await writeSnapshot(source([]), precious)).reason, 'conflict');
      assert.deepStrictEqual(fs.readdirSync(precious), ['thesis.txt']);
    });
  });

  describe('targets', () => {
    const ports = () => ({
      root: path.dirname(folder),
      log: silentLog,
      validator: () => engines.validator,
      schemas: newSchemaStore,
    });

    it('a snapshot relative to the root, which can be written', async () => {
      const target = value(openTarget({ type: 'snapshot', path: 'staging' }, ports()));
      assert.ok(isWritable(target));
      assert.strictEqual(value(await target.version()), '1.36.3');
    });

    it('a revision, which is read only and fails as a whole where it does not render', async () => {
      const render = (revision: string): Promise<Answer<KubernetesObject[]>> =>
        Promise.resolve(
          revision === 'main'
            ? { ok: true, value: [deployment(), configMap('one')] }
            : { ok: false, failure: { reason: 'error', message: 'apps/web does not render' } },
        );
      const target = value(openTarget({ type: 'revision', revision: 'main' }, { ...ports(), renderAt: render }));
      assert.ok(!isWritable(target));
      assert.strictEqual(value(await target.list(deployments, 'shop')).length, 1);
      assert.strictEqual(value(await target.list(deployments, 'else')).length, 0);
      assert.strictEqual(failure(await target.dryRun(deployment(), deployments, 'p')).reason, 'unsupported');
      const broken = value(openTarget({ type: 'revision', revision: 'old' }, { ...ports(), renderAt: render }));
      assert.match(failure(await broken.list(deployments, 'shop')).message, /does not render/);
      assert.strictEqual(openTarget({ type: 'revision', revision: 'main' }, ports()).ok, false);
    });

    it('a context is not looked up before it is asked something', async () => {
      const file = path.join(folder, 'no-such-kubeconfig');
      const target = value(openTarget({ type: 'context', context: 'prod', kubeconfig: file }, ports()));
      assert.strictEqual(target.name, 'prod');
      assert.match(failure(await target.version()).message, /There is no kubeconfig at .*no-such-kubeconfig/);
    });
  });
});

function deployment(replicas = 1): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'app', image: 'registry.example/web:1' }] },
      },
    },
  };
}

function withSpec(object: KubernetesObject, fields: object): KubernetesObject {
  return { ...object, spec: { ...(object.spec as object), ...fields } };
}

function configMap(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data: { value: name } };
}

function seenOf(object: KubernetesObject): { uid: string; resourceVersion: string } {
  const { uid, resourceVersion } = object.metadata;
  return { uid: uid as string, resourceVersion: resourceVersion as string };
}

const widgetDefinition: KubernetesObject = {
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
            properties: {
              spec: {
                type: 'object',
                properties: { size: { type: 'integer' }, colour: { type: 'string', default: 'red' } },
              },
            },
          },
        },
      },
    ],
  },
};
