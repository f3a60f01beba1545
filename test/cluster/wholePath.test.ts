// The whole path on the example repository and a real API server: apply it, let other people change five fields in five ways, delete
// an object and add two, see exactly that and who did it, bring it back, prune, go back to an earlier commit.
import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DriftReport, ObjectDrift } from '../../server/src/core/drift/drift';
import { label } from '../../server/src/core/resource';
import { endEngines, type CliResult } from '../support/cli';
import { startCluster, type Cluster, type ClusterUser } from '../support/cluster';
import { assertFilesWithout, differences, quietCli, reportOf } from '../support/driftCli';
import type { GitRepo } from '../support/gitRepo';
import { comparedWith, shop } from '../support/shop';
import { at, writerAs, type Writer } from '../support/writer';

/** In the chart's values, in a secretGenerator, and written live by somebody. */
const planted = {
  values: 'planted-in-values-9c1f',
  generator: 'planted-in-generator-77ab',
  live: 'planted-live-e04d',
};

const apps = '/apis/apps/v1/namespaces/shop/deployments';
const services = '/api/v1/namespaces/shop/services';
const secrets = '/api/v1/namespaces/shop/secrets';
const configMaps = '/api/v1/namespaces/shop/configmaps';
const cronJobs = '/apis/batch/v1/namespaces/shop/cronjobs';
const ingresses = '/apis/networking.k8s.io/v1/namespaces/shop/ingresses';
const budgets = '/apis/policy/v1/namespaces/shop/poddisruptionbudgets';

describe('the whole path: example repository, real API server', () => {
  let cluster: Cluster;
  let repo: GitRepo;
  let editor: Writer;
  let run: (...args: string[]) => Promise<CliResult>;

  const drift = async (): Promise<{ status: number; report: DriftReport }> => {
    const result = await run('drift', '-e', 'production', '--format', 'json');
    return { status: result.status, report: reportOf(result) };
  };
  const as = (user: ClusterUser, isProtected = true): void =>
    repo.write({ '.plumbline.yaml': comparedWith(cluster, { name: 'production', user, protected: isProtected }) });
  const sync = (...more: string[]): Promise<CliResult> =>
    run('sync', '-e', 'production', '--yes', '--confirm', 'production', ...more);
  const find = (report: DriftReport, name: string): ObjectDrift => {
    const found = report.objects.find((object) => label(object.key) === name);
    assert.ok(found, `${name} is not in the report`);
    return found;
  };

  before(async function () {
    this.timeout(900_000);
    cluster = await startCluster({ crds: true });
    editor = await writerAs(cluster, 'editor');
    repo = await shop();
    run = quietCli(repo.dir, Object.values(planted));
    // Flux's own namespace is made by its bootstrap, not by this repository.
    await cluster.call('POST', '/api/v1/namespaces', { metadata: { name: 'flux-system' } });
    const read = (name: string): string => fs.readFileSync(path.join(repo.dir, name), 'utf8');
    await repo.commit('Compare with the cluster; secrets', {
      '.plumbline.yaml': comparedWith(cluster, { name: 'production', protected: true }),
      'charts/orders/values.yaml': read('charts/orders/values.yaml').replace('only-for-this-example', planted.values),
      'apps/web/base/kustomization.yaml': `${read('apps/web/base/kustomization.yaml')}secretGenerator:
  - name: web-session
    literals: [key=${planted.generator}]
    options: {disableNameSuffixHash: true}
`,
    });
  });
  after(async () => {
    editor?.close();
    repo?.remove();
    await endEngines();
    await cluster?.stop();
  });

  it('a protected environment is synced only when its name is confirmed', async () => {
    const plan = await run('sync', '-e', 'production');
    assert.equal(plan.status, 1, plan.out + plan.err);
    assert.match(plan.out, /create Deployment shop\/web\n/);
    assert.match(plan.err, /Run it again with --yes --confirm production/);
    for (const confirm of [[], ['--confirm', 'staging']]) {
      const refused = await run('sync', '-e', 'production', '--yes', ...confirm);
      assert.equal(refused.status, 2);
      assert.match(refused.err, /production is protected\.\nConfirm its name as well: --yes --confirm production/);
    }
    assert.equal((await drift()).report.counts.inSync, 0, 'nothing was written');
  });

  it('sync applies everything that the repository says', async () => {
    const synced = await sync();
    assert.equal(synced.status, 0, synced.out + synced.err);
    const { status, report } = await drift();
    assert.equal(status, 0);
    assert.deepEqual(differences(report), []);
    assert.equal(report.counts.inSync, report.objects.length);
    assert.ok(report.objects.length >= 20, String(report.objects.length));
    const web = await editor.get(`${apps}/web`);
    assert.equal(at(web, 'spec', 'replicas'), 4);
    const orders = await editor.get(`${apps}/orders`);
    assert.equal(
      at(orders, 'spec', 'template', 'spec', 'containers', 0, 'image'),
      'registry.example/shop/orders:3.2.1',
    );
  });

  it('shows what others changed, deleted and left behind, with who and where Git says otherwise', async () => {
    await editor.patch(`${ingresses}/web`, 'merge', 'dashboard', { spec: { ingressClassName: 'internal' } });
    const cleanup = await editor.get(`${cronJobs}/orders-cleanup`);
    const args = '/spec/jobTemplate/spec/template/spec/containers/0/args/1';
    assert.equal(at(cleanup, ...args.slice(1).split('/')), '--keep-days=365');
    await editor.patch(`${cronJobs}/orders-cleanup`, 'json', 'kubectl-edit', [
      { op: 'replace', path: args, value: '--keep-days=7' },
    ]);
    await editor.patch(`${services}/web`, 'apply', 'mesh-controller', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', labels: { 'app.kubernetes.io/part-of': 'mesh' } },
    });
    const container = '/spec/template/spec/containers/0';
    await editor.patch(`${apps}/web`, 'json', 'kubectl-patch', [{ op: 'remove', path: `${container}/env/0` }]);
    await editor.patch(`${apps}/orders`, 'json', 'hotfix-bot', [
      { op: 'replace', path: `${container}/image`, value: 'registry.example/shop/orders:3.2.2-hotfix' },
    ]);
    const scale = await editor.get(`${apps}/web/scale`);
    await editor.put(`${apps}/web/scale`, 'kubectl', { ...scale, spec: { replicas: 6 } });
    await editor.patch(`${secrets}/orders-database`, 'merge', 'vault-sync', {
      data: { DATABASE_PASSWORD: Buffer.from(planted.live).toString('base64') },
    });
    await editor.remove(`${budgets}/web`);
    const config = find((await drift()).report, 'Deployment shop/web').source;
    await editor.create(configMaps, 'kubectl-create', {
      metadata: {
        name: 'web-config-old',
        annotations: { 'plumbline.dev/owner': `production@git.example/shop/shop ${config}` },
      },
      data: { BANNER: 'old' },
    });
    await editor.create(configMaps, 'kubectl-create', { metadata: { name: 'by-hand' }, data: { a: 'b' } });

    const { status, report } = await drift();
    assert.equal(status, 1);
    assert.deepEqual(differences(report), [
      'drifted CronJob shop/orders-cleanup',
      '  spec.jobTemplate.spec.template.spec.containers[cleanup].args: ["cleanup","--keep-days=365"] → ["cleanup","--keep-days=7"] by kubectl-edit at charts/orders/templates/cleanup.yaml:19',
      'drifted Deployment shop/orders',
      '  spec.template.spec.containers[orders].image: registry.example/shop/orders:3.2.1 → registry.example/shop/orders:3.2.2-hotfix by hotfix-bot at charts/orders/templates/deployment.yaml:19',
      'drifted Deployment shop/web',
      '  spec.replicas: 4 → 6 by kubectl (scale) at apps/web/overlays/production/kustomization.yaml:17',
      '  spec.template.spec.containers[web].env: [{"name":"POD_IP","valueFrom":{"fieldRef":{"fieldPath":"status.podIP"}}}] → - at apps/web/base/deployment.yaml:27',
      'drifted Ingress shop/web',
      '  spec.ingressClassName: nginx → internal by dashboard at apps/web/overlays/production/ingress.yaml:7',
      'drifted Secret shop/orders-database',
      '  data.DATABASE_PASSWORD: <hidden 3> → <hidden 5> by vault-sync at charts/orders/templates/secret.yaml:9',
      'drifted Service shop/web',
      '  metadata.labels[app.kubernetes.io/part-of]: shop → mesh by mesh-controller at apps/web/base/kustomization.yaml:10',
      'extra ConfigMap shop/web-config-old',
      'missing PodDisruptionBudget shop/web',
    ]);
    const changed = report.objects
      .flatMap((object) => object.fields)
      .filter((field) => field.blame?.subresource === undefined);
    for (const { path: name, blame } of changed.filter((field) => field.blame !== undefined)) {
      const age = Date.now() - Date.parse(blame?.time ?? '');
      assert.ok(age >= -2000 && age < 300_000, `${name} was written at ${blame?.time}`);
    }
    assert.equal(find(report, 'PodDisruptionBudget shop/web').origin?.path, 'apps/web/base/disruption-budget.yaml');
  });

  it('prints it for terminals, pull requests and pipelines, never with a secret value', async () => {
    for (const format of ['text', 'markdown', 'sarif', 'junit', 'github']) {
      const { status, out } = await run('drift', '-e', 'production', '--format', format);
      assert.equal(status, 1);
      assert.match(out, /3\.2\.2-hotfix/, format);
    }
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-taken-'));
    const taken = await run('snapshot', path.join(folder, 'production'), '-e', 'production');
    assert.equal(taken.status, 0, taken.out + taken.err);
    assertFilesWithout(folder, Object.values(planted));
    fs.rmSync(folder, { recursive: true });
  });

  it('who may only read sees what may be seen, and Unknown for Secrets', async () => {
    as('viewer');
    const { status, report } = await drift();
    assert.equal(status, 2);
    for (const name of ['Deployment shop/web', 'Deployment shop/orders', 'Service shop/web', 'Ingress shop/web']) {
      assert.equal(find(report, name).state, 'drifted', name);
    }
    assert.equal(find(report, 'PodDisruptionBudget shop/web').state, 'missing');
    for (const name of ['Secret shop/orders-database', 'Secret shop/web-session']) {
      const { state, failure, fields } = find(report, name);
      assert.deepEqual([state, failure?.reason, fields], ['unknown', 'forbidden', []], name);
    }
    assert.ok(report.notSearched?.includes('Secret'), 'where leftovers were not looked for is said');
    const plan = await run('sync', '-e', 'production');
    assert.equal(plan.status, 2);
    assert.match(plan.out, /leave Secret shop\/orders-database: List secrets .* may not list secrets \(403\)/);
  });

  it('who may see nothing sees Unknown everywhere, with the reason once', async () => {
    as('nobody');
    const { status, report } = await drift();
    assert.equal(status, 2);
    assert.equal(report.counts.unknown, report.objects.length);
    assert.ok(report.objects.every((object) => object.failure?.reason === 'forbidden'));
    const { out } = await run('drift', '-e', 'production');
    assert.match(out, /objects are unknown: List .* user nobody may not list .*\(403\)\. Ask for the permission/);
    assert.equal(out.split('(403)').length - 1, 1, out);
    const plan = await run('sync', '-e', 'production', '--yes', '--confirm', 'production');
    assert.equal(plan.status, 2);
    assert.doesNotMatch(plan.out, /(create|update|delete) /);
  });

  it('sync brings back what was changed and deleted, and nothing else', async () => {
    as('admin');
    const synced = await sync();
    assert.equal(synced.status, 1, 'the leftover stays: ' + synced.out + synced.err);
    const { report } = await drift();
    assert.deepEqual(differences(report), ['extra ConfigMap shop/web-config-old']);
    assert.equal(at(await editor.get(`${apps}/web`), 'spec', 'replicas'), 4);
    assert.equal(at(await editor.get(`${configMaps}/by-hand`), 'data', 'a'), 'b');
  });

  it('prunes the leftover only when asked, and never what nothing proves to be its own', async () => {
    const pruned = await sync('--prune');
    assert.equal(pruned.status, 0, pruned.out + pruned.err);
    assert.match(pruned.out, /deleted ConfigMap shop\/web-config-old/);
    const { status, report } = await drift();
    assert.equal(status, 0);
    assert.deepEqual(differences(report), []);
    assert.equal(at(await editor.get(`${configMaps}/by-hand`), 'data', 'a'), 'b');
    await assert.rejects(editor.get(`${configMaps}/web-config-old`));
  });

  it('rolls back to an earlier commit through Git, and the cluster follows', async () => {
    const season = await repo.git('log', '--format=%H', '--grep=four instances', '-1');
    await repo.git('commit', '--quiet', '--allow-empty', '--all', '-m', 'State');
    const source = find((await drift()).report, 'Deployment shop/web').source;
    const to = [source, '--to', `${season}~1`, '-e', 'production'];
    const shown = await run('rollback', ...to);
    assert.equal(shown.status, 1, shown.out + shown.err);
    assert.match(shown.out, /undo .*four instances for the season/);
    assert.match(shown.out, /update Deployment shop\/web/);
    const done = await run('rollback', ...to, '--yes', '--confirm', 'production');
    assert.notEqual(done.status, 2, done.out + done.err);
    assert.equal(at(await editor.get(`${apps}/web`), 'spec', 'replicas'), 2);
  });
});
