// The cluster target against a real API server: what it reads, what it writes, and what it says when it may or can not.
import assert from 'node:assert';
import type { ClusterTarget } from '../../server/src/adapters/clusterTarget';
import { createClusterTarget } from '../../server/src/adapters/clusterTarget';
import { Masker, maskForFile, maskObject } from '../../server/src/core/drift/mask';
import type { KindInfo } from '../../server/src/core/ports';
import { Cancelled } from '../../server/src/core/ports';
import type { KubernetesObject } from '../../server/src/core/resource';
import { keyOf } from '../../server/src/core/resource';
import { failure, silentLog, until, value } from '../support/answers';
import type { Cluster, ClusterUser } from '../support/cluster';
import { startCluster } from '../support/cluster';

const deployments: KindInfo = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  resource: 'deployments',
  namespaced: true,
};
const configMaps: KindInfo = { group: '', version: 'v1', kind: 'ConfigMap', resource: 'configmaps', namespaced: true };
const secrets: KindInfo = { group: '', version: 'v1', kind: 'Secret', resource: 'secrets', namespaced: true };
const services: KindInfo = { group: '', version: 'v1', kind: 'Service', resource: 'services', namespaced: true };
const namespaceKind: KindInfo = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  resource: 'namespaces',
  namespaced: false,
};

describe('cluster target', () => {
  let cluster: Cluster;
  const open: ClusterTarget[] = [];
  const target = (user: ClusterUser = 'admin'): ClusterTarget => {
    const made = createClusterTarget({
      context: cluster.context(user),
      kubeconfig: cluster.kubeconfig(user),
      log: silentLog,
    });
    open.push(made);
    return made;
  };

  before(async function () {
    this.timeout(600_000);
    cluster = await startCluster();
  });
  afterEach(() => open.splice(0).forEach((t) => t.close()));
  after(() => cluster.stop());

  describe('reads', () => {
    it('the version', async () => {
      assert.match(value(await target().version()), /^1\.36\.\d+$/);
    });

    it('the kinds with their groups, versions and scopes', async () => {
      const kinds = value(await target().kinds());
      assert.deepStrictEqual(
        kinds.find((k) => k.kind === 'Deployment'),
        deployments,
      );
      assert.deepStrictEqual(
        kinds.find((k) => k.kind === 'Namespace'),
        namespaceKind,
      );
      // Only what can be listed and read: no reviews, no bindings.
      assert.strictEqual(
        kinds.find((k) => k.kind === 'TokenReview'),
        undefined,
      );
      assert.ok(kinds.some((k) => k.kind === 'HorizontalPodAutoscaler' && k.version === 'v2'));
    });

    it('whole lists over several pages, each item with its kind and managedFields', async () => {
      const namespace = await cluster.namespace();
      const names = Array.from({ length: 1203 }, (_, i) => `c-${String(i).padStart(4, '0')}`);
      for (let at = 0; at < names.length; at += 40) {
        await Promise.all(
          names.slice(at, at + 40).map((name) =>
            cluster.call('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
              metadata: { name },
              data: { name },
            }),
          ),
        );
      }
      const list = value(await target().list(configMaps, namespace));
      assert.deepStrictEqual(
        list.map((o) => keyOf(o).name).filter((n) => n.startsWith('c-')),
        names,
      );
      const [first] = list;
      assert.deepStrictEqual([first?.apiVersion, first?.kind], ['v1', 'ConfigMap']);
      assert.ok(Array.isArray(first?.metadata.managedFields));
    });

    it('one namespace or all', async () => {
      const [one, two] = [await cluster.namespace(), await cluster.namespace()];
      for (const namespace of [one, two]) {
        await cluster.call('POST', `/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: 'here' } });
      }
      const here = (list: KubernetesObject[]) =>
        list.map((o) => keyOf(o)).filter((k) => k.name === 'here' && [one, two].includes(k.namespace));
      assert.strictEqual(here(value(await target().list(configMaps, one))).length, 1);
      assert.strictEqual(here(value(await target().list(configMaps, undefined))).length, 2);
    });

    it('an object, and its absence', async () => {
      const key = { group: '', kind: 'ConfigMap', namespace: 'default', name: 'kube-root-ca.crt' };
      await until(async () => value(await target().get(configMaps, key)) !== undefined);
      assert.strictEqual(value(await target().get(configMaps, { ...key, name: 'absent' })), undefined);
      assert.strictEqual(value(await target().get(configMaps, { ...key, namespace: 'no-such-namespace' })), undefined);
    });

    it('a kind that the server does not serve is unsupported, not absent', async () => {
      const kind: KindInfo = {
        group: 'example.com',
        version: 'v1',
        kind: 'Widget',
        resource: 'widgets',
        namespaced: true,
      };
      const key = { group: 'example.com', kind: 'Widget', namespace: 'default', name: 'one' };
      assert.strictEqual(failure(await target().get(kind, key)).reason, 'unsupported');
      assert.strictEqual(failure(await target().list(kind, undefined)).reason, 'unsupported');
    });

    it('OpenAPI documents by group and version, and leaves out what is not served', async () => {
      const documents = value(await target().openApi(['v1', 'apps/v1', 'example.com/v1', 'apps/v1']));
      assert.strictEqual(documents.length, 2);
      for (const [i, name] of ['io.k8s.api.core.v1.Pod', 'io.k8s.api.apps.v1.Deployment'].entries()) {
        const schemas = (documents[i]?.components as { schemas: Record<string, unknown> } | undefined)?.schemas ?? {};
        assert.ok(name in schemas, name);
      }
    });
  });

  describe('dry run', () => {
    it('answers with what would be stored, and stores nothing', async () => {
      const namespace = await cluster.namespace();
      const stored = value(await target().dryRun(deployment(namespace), deployments, 'plumbline'));
      assert.strictEqual((stored.spec as { progressDeadlineSeconds?: number }).progressDeadlineSeconds, 600);
      assert.strictEqual(value(await target().get(deployments, keyOf(stored))), undefined);
    });

    it('takes fields of other managers without a conflict', async () => {
      const namespace = await cluster.namespace();
      value(await target().apply(deployment(namespace, 1), deployments, { manager: 'somebody', force: false }));
      const stored = value(await target().dryRun(deployment(namespace, 5), deployments, 'plumbline'));
      assert.strictEqual((stored.spec as { replicas?: number }).replicas, 5);
    });

    const refused: [string, (namespace: string) => KubernetesObject, string, RegExp][] = [
      [
        'an unknown field',
        (n) => withSpec(deployment(n), { repplicas: 2 }),
        'spec.repplicas',
        /not declared in schema/,
      ],
      ['a wrong type', (n) => withSpec(deployment(n), { replicas: 'two' }), 'spec.replicas', /expected numeric/],
      [
        'an invalid value',
        (n) => withSpec(deployment(n), { replicas: -1 }),
        'spec.replicas',
        /must be greater than or equal to 0/,
      ],
      [
        'a selector that does not match',
        (n) => withSpec(deployment(n), { selector: { matchLabels: { app: 'other' } } }),
        'spec.template.metadata.labels',
        /selector/,
      ],
    ];
    for (const [name, object, field, message] of refused) {
      it(`${name} is invalid, with its field`, async () => {
        const namespace = await cluster.namespace();
        const answer = failure(await target().dryRun(object(namespace), deployments, 'plumbline'));
        assert.strictEqual(answer.reason, 'invalid', answer.message);
        assert.strictEqual(answer.causes?.[0]?.field, field);
        assert.match(answer.causes[0].message, message);
      });
    }

    it('two list items with one key are invalid', async () => {
      const namespace = await cluster.namespace();
      const twice = withContainers(deployment(namespace), [container('app'), container('app')]);
      const answer = failure(await target().dryRun(twice, deployments, 'plumbline'));
      assert.strictEqual(answer.reason, 'invalid');
      assert.match(answer.message, /containers.*duplicate entries for key \[name="app"\]/);
    });

    it('managedFields in a manifest are invalid, not a failure of the server', async () => {
      const namespace = await cluster.namespace();
      const object = deployment(namespace);
      object.metadata.managedFields = [
        { manager: 'x', operation: 'Apply', apiVersion: 'apps/v1', fieldsType: 'FieldsV1', fieldsV1: {} },
      ];
      const answer = failure(await target().dryRun(object, deployments, 'plumbline'));
      assert.deepStrictEqual([answer.reason, /managedFields must be nil/.test(answer.message)], ['invalid', true]);
    });

    it('a namespace that is not there yet is named', async () => {
      const answer = failure(await target().dryRun(deployment('not-there'), deployments, 'plumbline'));
      assert.strictEqual(answer.reason, 'not-found');
      assert.match(answer.message, /namespace not-there does not exist yet/);
    });

    it('an immutable field is invalid, with its rule', async () => {
      const namespace = await cluster.namespace();
      value(await target().apply(deployment(namespace), deployments, { manager: 'plumbline', force: false }));
      const other = deployment(namespace);
      (other.spec as { selector: object }).selector = { matchLabels: { app: 'web', tier: 'front' } };
      const labels = (other.spec as { template: { metadata: { labels: Record<string, string> } } }).template.metadata
        .labels;
      labels.tier = 'front';
      const answer = failure(await target().dryRun(other, deployments, 'plumbline'));
      assert.strictEqual(answer.reason, 'invalid');
      assert.ok(answer.causes?.some((c) => c.field === 'spec.selector' && /field is immutable/.test(c.message)));
    });
  });

  describe('writes', () => {
    it('applies, owns the fields, and bumps nothing when applied again', async () => {
      const namespace = await cluster.namespace();
      const options = { manager: 'plumbline', force: false };
      const first = value(await target().apply(deployment(namespace), deployments, options));
      const second = value(await target().apply(deployment(namespace), deployments, options));
      assert.strictEqual(first.metadata.resourceVersion, second.metadata.resourceVersion);
      const managers = (first.metadata.managedFields as { manager: string; operation: string }[]).map((m) => [
        m.manager,
        m.operation,
      ]);
      assert.deepStrictEqual(managers, [['plumbline', 'Apply']]);
    });

    it('never drops a misspelt field and says yes', async () => {
      const namespace = await cluster.namespace();
      const misspelt = withSpec(deployment(namespace), { repplicas: 2 });
      const answer = failure(await target().apply(misspelt, deployments, { manager: 'plumbline', force: true }));
      assert.strictEqual(answer.reason, 'invalid');
      assert.strictEqual(value(await target().get(deployments, keyOf(misspelt))), undefined);
    });

    it('a conflict names the field and its owner', async () => {
      const namespace = await cluster.namespace();
      value(await target().apply(deployment(namespace, 1), deployments, { manager: 'somebody', force: false }));
      const answer = failure(
        await target().apply(deployment(namespace, 3), deployments, { manager: 'plumbline', force: false }),
      );
      assert.strictEqual(answer.reason, 'conflict');
      assert.match(answer.message, /owned by somebody/);
      assert.deepStrictEqual(answer.causes, [
        { field: '.spec.replicas', message: 'conflict with "somebody"', type: 'FieldManagerConflict' },
      ]);
    });

    it('deletes exactly the object that was seen', async () => {
      const namespace = await cluster.namespace();
      const key = { group: '', kind: 'ConfigMap', namespace, name: 'gone' };
      const path = `/api/v1/namespaces/${namespace}/configmaps`;
      await cluster.call('POST', path, { metadata: { name: 'gone' } });
      const seen = seenOf(value(await target().get(configMaps, key)));
      await cluster.call('PATCH', `${path}/gone`, { data: { changed: 'yes' } }, 'application/merge-patch+json');
      assert.strictEqual(failure(await target().delete(configMaps, key, seen)).reason, 'conflict');

      const now = seenOf(value(await target().get(configMaps, key)));
      assert.strictEqual(
        failure(await target().delete(configMaps, key, { ...now, uid: 'another' })).reason,
        'conflict',
      );
      value(await target().delete(configMaps, key, now));
      assert.strictEqual(value(await target().get(configMaps, key)), undefined);
      assert.strictEqual(failure(await target().delete(configMaps, key, now)).reason, 'not-found');
    });

    it('refuses what names no namespace, and placeholders of masked values', async () => {
      const nowhere = deployment('');
      delete nowhere.metadata.namespace;
      assert.strictEqual(
        failure(await target().apply(nowhere, deployments, { manager: 'plumbline', force: false })).reason,
        'invalid',
      );
      const secret: KubernetesObject = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 's', namespace: 'default' },
        data: { password: 'c2VjcmV0' },
      };
      for (const masked of [maskForFile(secret), maskObject(secret, new Masker())]) {
        const refused = failure(await target().apply(masked, secrets, { manager: 'plumbline', force: false }));
        assert.match(refused.message, /masked values, which are never applied/);
      }
    });
  });

  describe('rights', () => {
    it('viewer reads, but Secrets are forbidden and no dry run is allowed', async () => {
      const namespace = await cluster.namespace();
      value(await target('viewer').list(configMaps, namespace));
      const list = failure(await target('viewer').list(secrets, namespace));
      assert.strictEqual(list.reason, 'forbidden');
      assert.match(list.message, /user viewer may not list secrets \(403\)/);
      assert.strictEqual(
        failure(await target('viewer').dryRun(deployment(namespace), deployments, 'plumbline')).reason,
        'forbidden',
      );
    });

    it('editor applies inside a namespace, not outside', async () => {
      const namespace = await cluster.namespace();
      value(await target('editor').apply(deployment(namespace), deployments, { manager: 'plumbline', force: false }));
      const made: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mine' } };
      assert.strictEqual(
        failure(await target('editor').apply(made, namespaceKind, { manager: 'plumbline', force: false })).reason,
        'forbidden',
      );
    });

    it('nobody sees nothing: forbidden, never empty', async () => {
      for (const kind of [configMaps, deployments, services]) {
        assert.strictEqual(failure(await target('nobody').list(kind, undefined)).reason, 'forbidden');
        const key = { group: kind.group, kind: kind.kind, namespace: 'default', name: 'kubernetes' };
        assert.strictEqual(failure(await target('nobody').get(kind, key)).reason, 'forbidden');
      }
    });

    it('a Secret that the server refuses is not quoted', async () => {
      const namespace = await cluster.namespace();
      const password = 'hunter2-very-secret';
      const object: KubernetesObject = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'login', namespace },
        type: 'kubernetes.io/dockerconfigjson',
        data: { '.dockerconfigjson': Buffer.from(password).toString('base64'), 'bad key': 'not base64 at all!' },
      };
      for (const broken of [object, { ...object, stringData: { password: 7 } }, { ...object, password }]) {
        const answer = failure(await target().dryRun(broken as KubernetesObject, secrets, 'plumbline'));
        const text = JSON.stringify(answer);
        assert.ok(!text.includes(password) && !text.includes('not base64'), text);
        assert.ok(!text.includes(Buffer.from(password).toString('base64')), text);
      }
    });
  });

  describe('time', () => {
    it('work that is no longer wanted ends', async () => {
      const abort = new AbortController();
      const pending = target().list(configMaps, undefined, abort.signal);
      abort.abort();
      await assert.rejects(pending, Cancelled);
      await assert.rejects(target().version(abort.signal), Cancelled);
    });

    it('a server that went and came back is used again', async function () {
      this.timeout(60_000);
      const used = target();
      value(await used.version());
      await cluster.kill();
      const down = failure(await used.version());
      assert.strictEqual(down.reason, 'unreachable');
      assert.match(down.message, /127\.0\.0\.1:\d+ cannot be reached/);
      await cluster.restart();
      value(await used.version());
      // Right after a start the server refuses for a moment with 429; that is waited out.
      value(await used.list(configMaps, 'default'));
    });
  });
});

function seenOf(object: KubernetesObject | undefined): { uid: string; resourceVersion: string } {
  return object?.metadata as unknown as { uid: string; resourceVersion: string };
}

const container = (name: string) => ({ name, image: 'registry.example/web:1' });

function deployment(namespace: string, replicas = 1): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container('app')] } },
    },
  };
}

function withSpec(object: KubernetesObject, fields: Record<string, unknown>): KubernetesObject {
  return { ...object, spec: { ...(object.spec as object), ...fields } } as KubernetesObject;
}

function withContainers(object: KubernetesObject, containers: object[]): KubernetesObject {
  const spec = object.spec as { template: { metadata: object } };
  return withSpec(object, { template: { ...spec.template, spec: { containers } } });
}
