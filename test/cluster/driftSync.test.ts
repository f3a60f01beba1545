// The whole way on a real API server: apply, change live as somebody else, see exactly these changes with who made them, sync,
// see that nothing is left; delete, add, prune; go back to an earlier commit; and what users with fewer rights get to see.
import * as assert from 'node:assert/strict';
import type { DriftReport, ObjectDrift } from '../../server/src/core/drift/drift';
import type { JsonObject } from '../../server/src/core/json';
import { label } from '../../server/src/core/resource';
import { endEngines, plumbline, type CliResult } from '../support/cli';
import { startCluster, type Cluster, type ClusterUser } from '../support/cluster';
import { createRepo, type GitRepo } from '../support/gitRepo';

const planted = 'planted-secret-value-4711';

const manifests = (namespace: string): Record<string, string> => ({
  'apps/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: ${namespace}
  labels: {app: web, team: shop}
spec:
  replicas: 3
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: app
          image: nginx:1.25
          ports:
            - containerPort: 80
          env:
            - name: MODE
              value: fast
            - name: IP
              valueFrom: {fieldRef: {fieldPath: status.podIP}}
          resources:
            requests: {cpu: "0.1", memory: 1024Mi}
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: ${namespace}
spec:
  selector: {app: web}
  ports:
    - port: 80
`,
  'apps/config.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: ${namespace}
data:
  colour: blue
  size: "3"
`,
  'apps/secret.yaml': `apiVersion: v1
kind: Secret
metadata:
  name: database
  namespace: ${namespace}
stringData:
  password: ${planted}
`,
});

describe('drift, sync and rollback on a real API server', () => {
  let cluster: Cluster;
  let repo: GitRepo;
  let namespace: string;
  let first: string;

  const configure = (user: ClusterUser): string =>
    `environments:
  - name: lab
    sources: ["apps"]
    target: {context: ${cluster.context(user)}}
    kubernetesVersion: "1.36"
`;
  const run = async (args: string[], user: ClusterUser = 'root'): Promise<CliResult> => {
    repo.write({ '.plumbline.yaml': configure(user) });
    const result = await plumbline(repo.dir, [...args, '--kubeconfig', cluster.kubeconfig(user)]);
    assert.ok(!`${result.out}${result.err}`.includes(planted), 'a secret value was printed');
    assert.ok(!`${result.out}${result.err}`.includes(Buffer.from(planted).toString('base64')));
    return result;
  };
  const drift = async (user: ClusterUser = 'root'): Promise<{ status: number; report: DriftReport }> => {
    const { status, out, err } = await run(['drift', '--format', 'json'], user);
    assert.ok(out !== '', err);
    const { reports } = JSON.parse(out) as { reports: DriftReport[] };
    return { status, report: reports[0] as DriftReport };
  };
  const notInSync = (report: DriftReport): string[] =>
    report.objects.filter((o) => o.state !== 'inSync').map((o) => `${o.state} ${label(o.key)}`);
  const find = (report: DriftReport, text: string): ObjectDrift => {
    const found = report.objects.find((o) => label(o.key) === text);
    assert.ok(found, `${text} is not in the report`);
    return found;
  };
  const path = (plural: string, name: string): string => {
    const root = plural === 'deployments' ? '/apis/apps/v1' : '/api/v1';
    return `${root}/namespaces/${namespace}/${plural}/${name}?fieldManager=kubectl-edit`;
  };
  const edit = (plural: string, name: string, patch: JsonObject): Promise<JsonObject> =>
    cluster.call('PATCH', path(plural, name), patch, 'application/strategic-merge-patch+json');

  before(async function () {
    this.timeout(600_000);
    cluster = await startCluster();
    namespace = await cluster.namespace('shop');
    repo = await createRepo();
    await repo.git('remote', 'add', 'origin', 'https://git.example/shop/shop.git');
    first = await repo.commit('First', { ...manifests(namespace), '.plumbline.yaml': configure('root') });
  });
  after(async () => {
    repo?.remove();
    await endEngines();
    await cluster?.stop();
  });

  it('says missing, plans the creation, creates, and is in sync', async () => {
    const before = await drift();
    assert.equal(before.status, 1);
    assert.equal(before.report.counts.missing, 4);
    const plan = await run(['sync']);
    assert.equal(plan.status, 1);
    assert.match(plan.err, /--yes/);
    assert.equal((await drift()).report.counts.missing, 4, 'a plan writes nothing');
    const synced = await run(['sync', '--yes']);
    assert.equal(synced.status, 0, synced.out + synced.err);
    const after = await drift();
    assert.deepEqual(notInSync(after.report), []);
    assert.equal(after.status, 0);
  });

  it('reports exactly what somebody changed, with who', async () => {
    await edit('deployments', 'web', {
      metadata: { labels: { team: 'other' } },
      spec: {
        replicas: 5,
        template: {
          spec: { containers: [{ name: 'app', image: 'nginx:1.27', env: [{ name: 'MODE', value: 'slow' }] }] },
        },
      },
    });
    await edit('services', 'web', { spec: { sessionAffinity: 'ClientIP' } });
    await edit('configmaps', 'settings', { data: { colour: 'red', extra: 'foreign' } });
    await edit('secrets', 'database', { data: { password: Buffer.from('another').toString('base64') } });
    const { status, report } = await drift();
    assert.equal(status, 1);
    assert.deepEqual(notInSync(report), [
      `drifted Deployment ${namespace}/web`,
      `drifted ConfigMap ${namespace}/settings`,
      `drifted Secret ${namespace}/database`,
    ]);
    const fields = find(report, `Deployment ${namespace}/web`).fields;
    assert.deepEqual(
      fields.map((f) => `${f.path}: ${f.desired}, ${f.live}, ${f.blame?.manager}, line ${(f.origin?.line ?? -1) + 1}`),
      [
        'metadata.labels.team: shop, other, kubectl-edit, line 6',
        'spec.replicas: 3, 5, kubectl-edit, line 8',
        'spec.template.spec.containers[app].env[MODE].value: fast, slow, kubectl-edit, line 22',
        'spec.template.spec.containers[app].image: nginx:1.25, nginx:1.27, kubectl-edit, line 17',
      ],
    );
    const colour = find(report, `ConfigMap ${namespace}/settings`);
    assert.deepEqual(
      colour.fields.map((f) => [f.path, f.change]),
      [['data.colour', 'changed']],
    );
    assert.ok(colour.foreign >= 1, 'the added key is foreign, not drift');
    assert.ok(report.objects.every((o) => o.state === 'inSync' || o.basis === 'dryRun'));
  });

  it('keeps the verdict without the right to write', async () => {
    const { status, report } = await drift('viewer');
    // The viewer may not list Secrets: unknown with the reason, never missing, never in sync.
    assert.equal(status, 2);
    assert.equal(find(report, `Secret ${namespace}/database`).state, 'unknown');
    assert.equal(find(report, `Secret ${namespace}/database`).failure?.reason, 'forbidden');
    const web = find(report, `Deployment ${namespace}/web`);
    assert.equal(web.state, 'drifted');
    assert.equal(web.basis, 'exact');
    assert.equal(web.fields.length, 4);
    const nobody = await drift('nobody').catch((error: unknown) => error);
    if (!(nobody instanceof Error)) {
      const { report: blind, status: blindStatus } = nobody as { status: number; report: DriftReport };
      assert.equal(blindStatus, 2);
      assert.ok(blind.objects.every((o) => o.state === 'unknown'));
    }
  });

  it('refuses a plan whose object changed meanwhile, and syncs', async () => {
    const synced = await run(['sync', '--yes']);
    assert.equal(synced.status, 0, synced.out + synced.err);
    const { report } = await drift();
    assert.deepEqual(notInSync(report), []);
    const live = await cluster.call('GET', path('configmaps', 'settings'));
    assert.deepEqual(live.data, { colour: 'blue', size: '3', extra: 'foreign' });
  });

  it('sees what was deleted, leaves what was added by others, prunes only what it applied itself', async () => {
    await cluster.call('DELETE', path('services', 'web'));
    await cluster.call('POST', `/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: 'by-hand' } });
    const settings = manifests(namespace)['apps/config.yaml'] ?? '';
    repo.write({ 'apps/old.yaml': settings.replace('name: settings', 'name: old') });
    assert.equal(
      (await run(['sync', '--yes', `ConfigMap/${namespace}/old`])).status,
      1,
      'the Service is still missing',
    );
    repo.write({ 'apps/old.yaml': undefined });

    const { report } = await drift();
    assert.deepEqual(notInSync(report).sort(), [
      `extra ConfigMap ${namespace}/old`,
      `missing Service ${namespace}/web`,
    ]);
    assert.equal((await run(['sync', '--yes'])).status, 1);
    assert.deepEqual(notInSync((await drift()).report), [`extra ConfigMap ${namespace}/old`], 'not pruned unasked');
    const pruned = await run(['prune', '--yes']);
    assert.equal(pruned.status, 0, pruned.out + pruned.err);
    await cluster.call('GET', path('configmaps', 'by-hand'));
    assert.deepEqual(notInSync((await drift()).report), []);
  });

  it('takes away what Git no longer says', async () => {
    const web = manifests(namespace)['apps/web.yaml'] ?? '';
    await repo.commit('Without MODE and with one instance by default', {
      'apps/web.yaml': web
        .replace('            - name: MODE\n              value: fast\n', '')
        .replace('  replicas: 3\n', ''),
    });
    const { report } = await drift();
    const fields = find(report, `Deployment ${namespace}/web`).fields.map((f) => `${f.change} ${f.path}`);
    assert.deepEqual(fields, ['changed spec.replicas', 'added spec.template.spec.containers[app].env[MODE]']);
    assert.equal((await run(['sync', '--yes'])).status, 0);
    const live = await cluster.call('GET', path('deployments', 'web'));
    assert.equal((live.spec as JsonObject).replicas, 1);
    assert.ok(!JSON.stringify(live.spec).includes('MODE'));
  });

  it('takes over what a client-side apply left behind', async () => {
    const desired = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'classic', namespace },
      data: { keep: '1', gone: '2' },
    };
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(desired) };
    await cluster.call('POST', `/api/v1/namespaces/${namespace}/configmaps?fieldManager=kubectl-client-side-apply`, {
      ...desired,
      metadata: { ...desired.metadata, annotations },
    });
    repo.write({
      'apps/classic.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: classic, namespace: ${namespace}}\ndata: {keep: "1"}\n`,
    });
    const { report } = await drift();
    assert.deepEqual(
      find(report, `ConfigMap ${namespace}/classic`).fields.map((f) => `${f.change} ${f.path}`),
      ['added data.gone'],
    );
    const synced = await run(['sync', '--yes']);
    assert.equal(synced.status, 0, synced.out + synced.err);
    const live = await cluster.call('GET', path('configmaps', 'classic'));
    assert.deepEqual(live.data, { keep: '1' });
    repo.write({ 'apps/classic.yaml': undefined });
    assert.equal((await run(['prune', '--yes'])).status, 0);
  });

  it('rolls back through Git and syncs what the branch says', async () => {
    const shown = await run(['rollback', 'apps', '--to', first, '--environment', 'lab']);
    assert.equal(shown.status, 1, shown.out + shown.err);
    assert.match(shown.out, /restore apps\/web\.yaml/);
    const head = await repo.git('rev-parse', 'HEAD');
    const done = await run(['rollback', 'apps', '--to', first, '--environment', 'lab', '--yes']);
    assert.equal(done.status, 0, done.out + done.err);
    assert.equal(await repo.git('rev-parse', 'HEAD'), head, 'the working tree stays where it is');
    const branch = await repo.git('branch', '--list', 'plumbline/*', '--format=%(refname:short)');
    assert.match(branch, /^plumbline\/rollback-apps-/);
    assert.match(await repo.git('log', '-1', '--format=%B', branch), /^Roll back apps to .*: First[^]*Without MODE/);
    const live = await cluster.call('GET', path('deployments', 'web'));
    assert.equal((live.spec as JsonObject).replicas, 3);
    assert.ok(JSON.stringify(live.spec).includes('MODE'));
  });
});
