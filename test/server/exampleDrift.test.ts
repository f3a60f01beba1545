// The example repository with its committed snapshots: what everybody sees first. Recorded by examples/shop/record.mjs.
import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { DriftReport } from '../../server/src/core/drift/drift';
import { label } from '../../server/src/core/resource';
import type { OperationResult, PlanView } from '../../server/src/core/sync/plan';
import { endEngines } from '../support/cli';
import { assertFilesWithout, differences, quietCli, validJson } from '../support/driftCli';
import type { GitRepo } from '../support/gitRepo';
import { shop } from '../support/shop';

const secrets = ['only-for-this-example', 'rotated-by-hand'];

const production = [
  'drifted Deployment shop/orders',
  '  spec.replicas: 3 → 5 by kubectl (scale) at charts/orders/templates/deployment.yaml:8',
  '  spec.template.spec.containers[orders].env[DATABASE_HOST].value: orders-db.shop.svc → orders-db-replica.shop.svc by kubectl-set at charts/orders/templates/deployment.yaml:25',
  'drifted Deployment shop/web',
  '  spec.replicas: 4 → 2 by kustomize-controller at apps/web/overlays/production/kustomization.yaml:17',
  '  spec.template.spec.containers[web].image: registry.example/shop/web:2.8.0 → registry.example/shop/web:2.8.1-hotfix by kubectl-set at apps/web/base/kustomization.yaml:13',
  'drifted Role shop/config-reader',
  '  rules: [{"apiGroups":[""],"resources":["configmaps"],"verbs":["get","list","watch"]}] → [{"apiGroups":[""],"resources":["configmaps","secrets"],"verbs":["get","list","watch"]}] by kubectl-edit at platform/rbac.yaml:14',
  'drifted Secret shop/orders-database',
  '  data.DATABASE_PASSWORD: <hidden 3> → <hidden 5> by kubectl-edit at charts/orders/templates/secret.yaml:9',
  'drifted Service shop/web',
  '  metadata.labels[app.kubernetes.io/part-of]: shop → mesh by mesh-controller at apps/web/base/kustomization.yaml:10',
  'extra ConfigMap shop/web-config-mcfmhdc4b8',
  'missing PodDisruptionBudget shop/web',
];
const staging = [
  'drifted Deployment shop/web',
  '  spec.template.spec.containers[web].resources.limits.memory: 256Mi → 512Mi by kubectl-edit at apps/web/base/deployment.yaml:42',
];

describe('drift of the example repository', () => {
  let repo: GitRepo;
  let run: ReturnType<typeof quietCli>;

  before(async () => {
    repo = await shop();
    run = quietCli(repo.dir, secrets);
  });
  after(async () => {
    repo?.remove();
    await endEngines();
  });

  it('shows what people did to production, and one small thing in staging', async () => {
    const result = await run('drift', '--format', 'json');
    assert.equal(result.status, 1, result.err);
    const { reports } = validJson<{ reports: DriftReport[] }>('drift', result);
    assert.deepEqual(
      reports.map((report) => [report.environment, report.counts.unknown, report.failures, report.dirty]),
      [
        ['staging', 0, [], false],
        ['production', 0, [], false],
      ],
    );
    assert.deepEqual(reports.map(differences), [staging, production]);
  });

  it('prints it calmly', async () => {
    const { out } = await run('drift', '-e', 'production');
    const lines = out.split('\n');
    assert.match(lines[0] ?? '', /^production compared with production, Git [0-9a-f]{7}$/);
    assert.ok(lines.includes('  HelmRelease shop/orders'), out);
    assert.ok(lines.includes('  Kustomization flux-system/web'));
    assert.ok(lines.includes('        kubectl-set, 2026-11-06 19:41 UTC · apps/web/base/kustomization.yaml:13'));
    assert.equal(lines.at(-2), '  20 objects: 13 in sync, 5 drifted, 1 missing in the cluster, 1 no longer in Git.');
  });

  it('holds no secret value and nothing of another cluster', () => {
    const folder = path.join(repo.dir, 'snapshots');
    assertFilesWithout(folder, secrets);
    const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
    assert.ok(files.length < 60, String(files.length));
    for (const { parentPath, name } of files) {
      assert.doesNotMatch(
        fs.readFileSync(path.join(parentPath, name), 'utf8'),
        /testcluster|127\.0\.0\.1|kube-system/,
        name,
      );
    }
  });

  it('plans as JSON that its schema describes', async () => {
    const planned = await run('sync', '-e', 'production', '--prune', '--format', 'json');
    assert.equal(planned.status, 1, planned.err);
    const { plan } = validJson<{ plan: PlanView }>('plan', planned);
    assert.deepEqual(
      plan.steps.map(({ action, key, manager }) => [action, label(key), manager]),
      [
        ['update', 'Role shop/config-reader', 'kustomize-controller'],
        ['update', 'Service shop/web', 'kustomize-controller'],
        ['update', 'Deployment shop/web', 'kustomize-controller'],
        ['create', 'PodDisruptionBudget shop/web', undefined],
        ['update', 'Secret shop/orders-database', 'helm-controller'],
        ['update', 'Deployment shop/orders', 'helm-controller'],
        ['prune', 'ConfigMap shop/web-config-mcfmhdc4b8', undefined],
      ],
    );
  });

  it('is in sync after sync and prune, and stays so', async () => {
    const args = ['--yes', '--prune'];
    const staged = await run('sync', '-e', 'staging', ...args);
    assert.equal(staged.status, 0, staged.out + staged.err);
    const synced = await run('sync', '-e', 'production', ...args, '--confirm', 'production', '--format', 'json');
    assert.equal(synced.status, 0, synced.out + synced.err);
    const { result } = validJson<{ result: OperationResult }>('plan', synced);
    assert.ok(result.succeeded);
    const { status, out } = await run('drift');
    assert.equal(status, 0, out);
    assert.match(out, /18 objects: 18 in sync\.[^]*19 objects: 19 in sync\./);
    assertFilesWithout(path.join(repo.dir, 'snapshots'), secrets);
  });
});
