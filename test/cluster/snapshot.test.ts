// The embedded target held against the real API server: the same applies store the same objects, and a snapshot of a cluster is that
// cluster. Differences that remain are named here: what only a running server can give out (addresses, identities, times).
import assert from 'node:assert';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ClusterTarget } from '../../server/src/adapters/clusterTarget';
import { createClusterTarget } from '../../server/src/adapters/clusterTarget';
import type { Engines } from '../../server/src/adapters/engines';
import { createEngines } from '../../server/src/adapters/engines';
import { createSnapshotTarget } from '../../server/src/adapters/snapshotTarget';
import { writeSnapshot } from '../../server/src/adapters/snapshotWrite';
import { placeholderKeys } from '../../server/src/core/drift/mask';
import type { Answer, KindInfo, WritableTarget } from '../../server/src/core/ports';
import type { KubernetesObject } from '../../server/src/core/resource';
import { keyOf } from '../../server/src/core/resource';
import { productFolder } from '../../server/src/productFolder';
import { failure, silentLog, value } from '../support/answers';
import type { Cluster } from '../support/cluster';
import { startCluster } from '../support/cluster';
import { newSchemaStore } from '../support/schemas';

describe('snapshot against the real API server', () => {
  let cluster: Cluster;
  let engines: Engines;
  let folder: string;
  let live: ClusterTarget;
  let kinds: KindInfo[];

  before(async function () {
    this.timeout(900_000);
    cluster = await startCluster({ controllers: 'none', crds: true });
    engines = createEngines({ folder: productFolder('engines'), log: silentLog });
    folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-snapshot-')), 'live');
    live = createClusterTarget({ context: cluster.context(), kubeconfig: cluster.kubeconfig(), log: silentLog });
    kinds = value(await live.kinds());
    await cluster.call('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } });
    const secret = { metadata: { name: 'login' }, stringData: { password: 'planted-secret-value' } };
    await cluster.call('POST', '/api/v1/namespaces/shop/secrets', secret);
    value(await writeSnapshot(live, folder));
  });
  after(async () => {
    live.close();
    await engines.dispose();
    await cluster.stop();
    fs.rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  const snapshot = (): WritableTarget =>
    createSnapshotTarget({ folder, validator: engines.validator, schemas: newSchemaStore() });
  const kindOf = (object: KubernetesObject): KindInfo => {
    const found = kinds.find(
      (k) => k.kind === object.kind && (k.group === '' ? k.version : `${k.group}/${k.version}`) === object.apiVersion,
    );
    assert.ok(found, `${object.apiVersion} ${object.kind} is not served`);
    return found;
  };

  it('holds every object of the cluster, whole; Secrets without their values', async () => {
    let compared = 0;
    const copy = snapshot();
    for (const kind of value(await copy.kinds())) {
      const [there, here] = [value(await live.list(kind, undefined)), value(await copy.list(kind, undefined))];
      const byName = (list: KubernetesObject[]) =>
        new Map(list.map((o) => [`${keyOf(o).namespace}/${keyOf(o).name}`, o]));
      if (kind.kind !== 'Secret') {
        assert.deepStrictEqual(byName(here), byName(there), kind.kind);
      } else {
        assert.deepStrictEqual(
          here.map((o) => placeholderKeys(o)),
          [['password']],
        );
      }
      compared += here.length;
    }
    assert.ok(compared > 150, String(compared));
    const all = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
    for (const entry of all) {
      const text = fs.readFileSync(path.join(entry.parentPath, entry.name), 'utf8');
      assert.ok(
        !text.includes('planted-secret-value') &&
          !text.includes(Buffer.from('planted-secret').toString('base64').slice(0, 16)),
        entry.name,
      );
    }
  });

  it('of a person who may not read Secrets says so for Secrets, and never that there are none', async () => {
    const viewer = createClusterTarget({
      context: cluster.context('viewer'),
      kubeconfig: cluster.kubeconfig('viewer'),
      log: silentLog,
    });
    const of = path.join(path.dirname(folder), 'viewer');
    const summary = value(await writeSnapshot(viewer, of));
    viewer.close();
    assert.ok(summary.unavailable.some((u) => u.kind.kind === 'Secret' && u.reason === 'forbidden'));
    const target = createSnapshotTarget({ folder: of, validator: engines.validator, schemas: newSchemaStore() });
    const secrets: KindInfo = { group: '', version: 'v1', kind: 'Secret', resource: 'secrets', namespaced: true };
    assert.strictEqual(failure(await target.list(secrets, 'shop')).reason, 'forbidden');

    const nobody = createClusterTarget({
      context: cluster.context('nobody'),
      kubeconfig: cluster.kubeconfig('nobody'),
      log: silentLog,
    });
    const nothing = path.join(path.dirname(folder), 'nobody');
    assert.strictEqual(failure(await writeSnapshot(nobody, nothing)).reason, 'forbidden');
    assert.ok(!fs.existsSync(nothing));
    nobody.close();
  });

  /** Applied one after the other by these managers to both; each step must have the same outcome. */
  const steps: { name: string; manager: string; force?: boolean; object: KubernetesObject }[] = [
    { name: 'a Deployment', manager: 'flux', object: deployment({ replicas: 2 }) },
    { name: 'the same again', manager: 'flux', object: deployment({ replicas: 2 }) },
    {
      name: 'another image and one container more',
      manager: 'flux',
      object: deployment({ replicas: 2, image: 'web:2', sidecar: true }),
    },
    { name: 'another manager’s conflict', manager: 'plumbline', object: deployment({ replicas: 5 }) },
    { name: 'taken over by force', manager: 'plumbline', force: true, object: deployment({ replicas: 5 }) },
    { name: 'a field that its only owner leaves out', manager: 'flux', object: deployment({ image: 'web:2' }) },
    { name: 'an invalid value', manager: 'flux', object: deployment({ replicas: -1 }) },
    { name: 'an immutable field', manager: 'flux', force: true, object: deployment({ app: 'other' }) },
    { name: 'an unknown field', manager: 'flux', object: deployment({ extra: { repplicas: 1 } }) },
    {
      name: 'a ConfigMap',
      manager: 'flux',
      object: shop('v1', 'ConfigMap', 'settings', { data: { a: '1', b: 'x\ny\n' } }),
    },
    { name: 'a Secret', manager: 'flux', object: shop('v1', 'Secret', 'keys', { stringData: { a: '1' } }) },
    {
      name: 'a CronJob',
      manager: 'flux',
      object: shop('batch/v1', 'CronJob', 'nightly', {
        spec: {
          schedule: '0 3 * * *',
          jobTemplate: {
            spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a' }] } } },
          },
        },
      }),
    },
    {
      name: 'a CronJob whose schedule is none',
      manager: 'flux',
      object: shop('batch/v1', 'CronJob', 'never', {
        spec: {
          schedule: 'soon',
          jobTemplate: {
            spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a' }] } } },
          },
        },
      }),
    },
    {
      name: 'an Ingress',
      manager: 'flux',
      object: shop('networking.k8s.io/v1', 'Ingress', 'web', {
        spec: {
          rules: [
            {
              host: 'shop.example',
              http: {
                paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }],
              },
            },
          ],
        },
      }),
    },
    {
      name: 'a Role',
      manager: 'flux',
      object: shop('rbac.authorization.k8s.io/v1', 'Role', 'read', {
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
      }),
    },
    {
      name: 'a custom resource with defaults',
      manager: 'flux',
      object: shop('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'apps', {
        spec: { interval: '10m', path: './apps', prune: true, sourceRef: { kind: 'GitRepository', name: 'shop' } },
      }),
    },
    {
      name: 'a custom resource that its schema refuses',
      manager: 'flux',
      object: shop('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'bad', {
        spec: { interval: 'often', prune: true, sourceRef: { kind: 'GitRepository', name: 'shop' } },
      }),
    },
    {
      name: 'a custom resource with a list by keys',
      manager: 'flux',
      object: shop('gateway.networking.k8s.io/v1', 'Gateway', 'edge', {
        spec: { gatewayClassName: 'x', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
      }),
    },
    {
      name: 'a namespace that is not there',
      manager: 'flux',
      object: { ...shop('v1', 'ConfigMap', 'lost', {}), metadata: { name: 'lost', namespace: 'nowhere' } },
    },
  ];

  it('applies store the same, and refuse the same', async function () {
    this.timeout(120_000);
    const copy = snapshot();
    for (const { name, manager, force = false, object } of steps) {
      const kind = kindOf(object);
      const [there, here] = [
        await live.apply(object, kind, { manager, force }),
        await copy.apply(object, kind, { manager, force }),
      ];
      assert.strictEqual(
        here.ok ? 'stored' : here.failure.reason,
        there.ok ? 'stored' : there.failure.reason,
        `${name}: ${said(here)} / ${said(there)}`,
      );
      if (here.ok && there.ok) {
        assert.deepStrictEqual(comparable(here.value), comparable(there.value), name);
      } else if (!here.ok && !there.ok && there.failure.causes) {
        const fields = (causes: { field: string }[] | undefined) =>
          [...new Set(causes?.map((c) => c.field.replace(/^\./, '')))].sort();
        assert.deepStrictEqual(fields(here.failure.causes), fields(there.failure.causes), name);
      }
    }
  });
});

const said = (answer: Answer<unknown>): string => (answer.ok ? 'stored' : answer.failure.message);

/** Without what only a running server gives out. */
function comparable(object: KubernetesObject): object {
  const { uid: _, resourceVersion: __, creationTimestamp: ___, managedFields, ...metadata } = object.metadata;
  const fields = (managedFields as { manager: string; time?: string }[]).map(({ time: ____, ...rest }) => rest);
  // Known to be wrong: a default for the whole `status` (Flux: observedGeneration -1), which a server adds when it reads the object
  // back from its storage, is not added by the engine. No comparison looks at status.
  const { status: _status, ...rest } = object;
  return {
    ...rest,
    metadata: { ...metadata, managedFields: fields.sort((a, b) => (a.manager < b.manager ? -1 : 1)) },
  };
}

function shop(apiVersion: string, kind: string, name: string, rest: object): KubernetesObject {
  return { apiVersion, kind, metadata: { name, namespace: 'shop' }, ...rest };
}

function deployment(options: {
  replicas?: number;
  image?: string;
  sidecar?: boolean;
  app?: string;
  extra?: object;
}): KubernetesObject {
  const { replicas, image = 'web:1', sidecar = false, app = 'web', extra = {} } = options;
  const containers = [
    { name: 'app', image, ports: [{ containerPort: 80 }] },
    ...(sidecar ? [{ name: 'side', image: 'side:1' }] : []),
  ];
  return shop('apps/v1', 'Deployment', 'web', {
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      selector: { matchLabels: { app } },
      template: { metadata: { labels: { app } }, spec: { containers } },
      ...extra,
    },
  });
}
