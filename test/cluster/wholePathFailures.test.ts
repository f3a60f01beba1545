// When the whole path does not go well: each answer says what is wrong and what to do next, nothing unknown is green, and nothing is
// written that was not shown.
import * as assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createServices } from '../../server/src/services';
import { compareEnvironment, isWritable } from '../../server/src/operations/compare';
import { planOperation, runPlan } from '../../server/src/operations/plan';
import { label } from '../../server/src/core/resource';
import { silentLog, value } from '../support/answers';
import { endEngines, type CliResult } from '../support/cli';
import { startCluster, type Cluster } from '../support/cluster';
import { assertFilesWithout, differences, quietCli, reportOf } from '../support/driftCli';
import { createRepo, type GitRepo } from '../support/gitRepo';
import { checkout } from '../support/shared';
import { comparedWith } from '../support/shop';
import { at, writerAs, type Writer } from '../support/writer';

const planted = 'planted-secret-value-31aa';

const manifests = {
  'apps/config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: lab}\ndata: {colour: blue}\n',
  'apps/other.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, namespace: lab}\ndata: {colour: blue}\n',
  'apps/new.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: lab}\ndata: {colour: blue}\n',
  'apps/secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata: {name: login, namespace: lab}\nstringData: {password: ${planted}}\n`,
};

describe('the whole path, when something is wrong', () => {
  let cluster: Cluster;
  let repo: GitRepo;
  let editor: Writer;
  let run: (...args: string[]) => Promise<CliResult>;
  const environment = (more: Partial<Parameters<typeof comparedWith>[1]> = {}): string =>
    comparedWith(cluster, { name: 'lab', sources: ['apps'], ...more });
  const drift = async () => reportOf(await run('drift', '--format', 'json'));

  before(async function () {
    this.timeout(600_000);
    cluster = await startCluster();
    await cluster.call('POST', '/api/v1/namespaces', { metadata: { name: 'lab' } });
    editor = await writerAs(cluster, 'editor');
    repo = await createRepo();
    run = quietCli(repo.dir, [planted]);
    await repo.commit('First', { ...manifests, '.plumbline.yaml': environment() });
    const synced = await run('sync', '--yes');
    assert.equal(synced.status, 0, synced.out + synced.err);
  });
  beforeEach(() => repo.write({ ...manifests, '.plumbline.yaml': environment() }));
  after(async () => {
    editor?.close();
    repo?.remove();
    await endEngines();
    await cluster?.stop();
  });

  it('a step whose object changed after the plan was shown is not run; the others are', async () => {
    const configMaps = '/api/v1/namespaces/lab/configmaps';
    const set = (name: string, colour: string) =>
      editor.patch(`${configMaps}/${name}`, 'merge', 'kubectl-edit', { data: { colour } });
    await set('a', 'red');
    await set('b', 'red');
    await editor.remove(`${configMaps}/c`);
    const services = await createServices({ folder: repo.dir, log: silentLog, trusted: true });
    try {
      const workspace = await services.discover();
      const [found] = workspace.environments;
      assert.ok(found);
      const compared = value(await compareEnvironment(services, workspace, found));
      const plan = value(planOperation(compared, { operation: 'sync' }));
      assert.deepEqual(
        plan.steps.map((step) => `${step.action} ${label(step.key)}`),
        ['update ConfigMap lab/a', 'update ConfigMap lab/b', 'create ConfigMap lab/c'],
      );
      await set('a', 'green');
      await editor.create(configMaps, 'kubectl-create', { metadata: { name: 'c' }, data: { colour: 'mine' } });
      const { target } = compared;
      assert.ok(isWritable(target));

      const other = await runPlan(plan, { plan: 'another' }, target);
      assert.ok(!other.ok && other.failure.reason === 'conflict', 'a plan that was not shown is refused');

      const result = value(await runPlan(plan, { plan: plan.id }, target));
      assert.deepEqual(
        result.steps.map(({ state, failure }) => [state, failure?.message]),
        [
          ['stale', 'ConfigMap lab/a was changed since the plan was made; make the plan again to see how.'],
          ['synced', undefined],
          ['stale', 'ConfigMap lab/c was created since the plan was made; make the plan again to see how.'],
        ],
      );
      assert.equal(result.succeeded, false);
      const colours = ['a', 'b', 'c'].map(async (name) =>
        at(await editor.get(`${configMaps}/${name}`), 'data', 'colour'),
      );
      assert.deepEqual(await Promise.all(colours), ['green', 'blue', 'mine']);
    } finally {
      await services.dispose();
    }
    const synced = await run('sync', '--yes');
    assert.equal(synced.status, 0, synced.out + synced.err);
  });

  it('what the server would refuse is said before, left alone, and quotes no secret', async () => {
    repo.write({
      'apps/config.yaml': manifests['apps/config.yaml'].replace('colour: blue', 'colour: [blue]'),
      'apps/secret.yaml': manifests['apps/secret.yaml'].replace('stringData', 'type: kubernetes.io/tls\nstringData'),
    });
    const report = await drift();
    const rejected = report.objects.filter((object) => object.state === 'rejected');
    assert.deepEqual(
      rejected.map(({ key, failure }) => [label(key), failure?.reason]),
      [
        ['ConfigMap lab/a', 'invalid'],
        ['Secret lab/login', 'invalid'],
      ],
    );
    for (const format of ['text', 'markdown', 'sarif']) {
      assert.equal((await run('drift', '--format', format)).status, 1);
    }
    const synced = await run('sync', '--yes');
    assert.equal(synced.status, 2);
    assert.match(synced.out, /leave ConfigMap lab\/a: Applying it would be refused/);
    assert.match(synced.out, /leave Secret lab\/login: Applying it would be refused/);
  });

  it('what others put in the way of an apply is shown with the field that differs, and is not called drift', async () => {
    const service = `apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: lab}\nspec:\n  selector: {app: web}\n  ports:\n    - {name: http, port: 80}\n`;
    repo.write({ 'apps/service.yaml': service });
    assert.equal((await run('sync', '--yes')).status, 0);
    // The port is the item's key: this one is another item now, and Git's would come beside it under the same name.
    const ports = [{ name: 'http', port: 81, protocol: 'TCP' }];
    await editor.patch('/api/v1/namespaces/lab/services/web', 'merge', 'kubectl-edit', { spec: { ports } });
    assert.deepEqual(differences(await drift()), [
      'rejected Service lab/web',
      '  spec.ports[80/TCP]: {"name":"http","port":80} → - at apps/service.yaml:7',
    ]);
    const { status, out } = await run('drift');
    assert.equal(status, 1);
    assert.match(out, /Applying it would be refused: spec\.ports\[1\]\.name: Duplicate value/);
    assert.equal((await run('sync', '--yes')).status, 2, 'it is left alone');
    await editor.remove('/api/v1/namespaces/lab/services/web');
    repo.write({ 'apps/service.yaml': undefined });
  });

  it('an unknown context names those that there are', async () => {
    repo.write({ '.plumbline.yaml': environment().replace(/context: .*/, 'context: nowhere') });
    const { status, out } = await run('drift');
    assert.equal(status, 2);
    assert.match(out, /4 objects are unknown: There is no context "nowhere" in .*\. It has testcluster-admin\./);
    const synced = await run('sync', '--yes');
    assert.deepEqual([synced.status, synced.out], [2, '']);
    assert.match(synced.err, /There is no context "nowhere"/);
  });

  it('environments without a target: how to give them one', async () => {
    repo.write({
      '.plumbline.yaml': 'environments:\n  - {name: lab, sources: [apps]}\n  - {name: live, sources: [apps]}\n',
    });
    const all = await run('drift');
    assert.equal(all.status, 2);
    assert.match(all.err, /compared with: lab, live\.\nGive them targets in \.plumbline\.yaml: a kubeconfig context, /);
    const one = await run('drift', '-e', 'live');
    assert.equal(one.status, 2);
    assert.match(one.err, /Nobody has said what live is compared with\. Give it a target in \.plumbline\.yaml/);
  });

  it('no kubeconfig: where it was looked for, and what else can be done', async () => {
    repo.write({ '.plumbline.yaml': environment().replace(/ {6}kubeconfig: .*\n/, '') });
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-home-'));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [path.join(checkout, 'out/server/src/cli.js'), 'drift'],
      { cwd: repo.dir, encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: home } },
    );
    fs.rmSync(home, { recursive: true });
    assert.equal(status, 2);
    assert.match(
      stdout,
      /4 objects are unknown: No kubeconfig was found \(looked at .*\.kube\/config\)\. Log in to a cluster .*, set KUBECONFIG, or compare with a snapshot folder instead\./,
    );
    assert.equal(stderr, '', 'no warnings of the runtime either');
  });

  it('a folder that is no Git repository is compared all the same; history and rollback say that they need one', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-plain-'));
    fs.cpSync(repo.dir, folder, { recursive: true, filter: (file) => path.basename(file) !== '.git' });
    const here = quietCli(folder, [planted]);
    const compared = await here('drift', '--format', 'json');
    assert.equal(compared.status, 0, compared.out + compared.err);
    assert.equal(reportOf(compared).revision, undefined);
    for (const args of [['history'], ['rollback', 'apps', '--to', 'HEAD~1']]) {
      const { status, err } = await here(...args);
      assert.equal(status, 2);
      assert.match(err, /is not in a Git repository, so there is (no history|nothing to go back to)\./);
    }
    fs.rmSync(folder, { recursive: true });
  });

  it('a cluster that cannot be reached makes everything unknown, changes nothing, and keeps the snapshot', async () => {
    const folder = path.join(repo.dir, '..', 'taken');
    assert.equal((await run('snapshot', folder)).status, 0);
    assertFilesWithout(folder, [planted]);
    const before = fs.readdirSync(folder, { recursive: true }).length;
    await cluster.kill();
    const report = await drift();
    assert.equal(report.counts.unknown, 4);
    assert.ok(report.objects.every((object) => object.failure?.reason === 'unreachable'));
    const { status, out } = await run('drift');
    assert.equal(status, 2);
    assert.match(out, /4 objects are unknown: .* cannot be reached \(ECONNREFUSED\)\. Check that the cluster runs/);
    assert.equal(out.split('ECONNREFUSED').length, 2, 'said once');
    for (const command of [
      ['sync', '--yes'],
      ['prune', '--yes'],
      ['snapshot', folder],
    ]) {
      const result = await run(...command);
      assert.equal(result.status, 2);
      assert.match(result.err, /cannot be reached/);
    }
    assert.equal(fs.readdirSync(folder, { recursive: true }).length, before, 'the older snapshot is still there');
    await cluster.restart();
    assert.deepEqual(differences(await drift()), []);
  });
});
