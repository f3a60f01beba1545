// The commands that compare and change, on the example repository with snapshot folders as its live side: forms of output, exit
// statuses, protection, history and rollback.
import * as assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { openSnapshotFolder, writeInfo } from '../../server/src/adapters/snapshotFolder';
import type { DriftReport } from '../../server/src/core/drift/drift';
import { isObject } from '../../server/src/core/json';
import { label } from '../../server/src/core/resource';
import { endEngines, plumbline, type CliResult } from '../support/cli';
import { repoAt, type GitRepo } from '../support/gitRepo';

const root = path.resolve(__dirname, '../../..');

describe('command line: drift, sync, prune, rollback, history, snapshot', function () {
  this.timeout(180_000);
  let repo: GitRepo;
  let commits: string[];

  const run = (...args: string[]): Promise<CliResult> => plumbline(repo.dir, args);
  const drift = async (environment: string, ...args: string[]): Promise<{ status: number; report: DriftReport }> => {
    const { status, out, err } = await run('drift', '-e', environment, '--format', 'json', ...args);
    assert.ok(out !== '', err);
    return { status, report: (JSON.parse(out) as { reports: DriftReport[] }).reports[0] as DriftReport };
  };
  const snapshot = (): ReturnType<typeof openSnapshotFolder> =>
    openSnapshotFolder(path.join(repo.dir, 'snapshots/staging'));
  const others = (report: DriftReport): string[] =>
    report.objects.filter((o) => o.state !== 'inSync').map((o) => `${o.state} ${label(o.key)}`);

  before(async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'plumbline-cli-'));
    const { createExample } = (await import(pathToFileURL(path.join(root, 'scripts/example.mjs')).href)) as {
      createExample: (to: string) => Promise<string[]>;
    };
    commits = await createExample(dir);
    repo = repoAt(dir);
    for (const name of ['staging', 'production']) {
      const folder = path.join(dir, 'snapshots', name);
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      await writeInfo(folder, { name, kubernetesVersion: '1.36.3', unavailable: [] });
      const flux = { name: 'flux-system', uid: '1', resourceVersion: '1' };
      await openSnapshotFolder(folder).write({ apiVersion: 'v1', kind: 'Namespace', metadata: flux });
    }
  });
  after(async () => {
    repo.remove();
    await endEngines();
  });

  it('plans without writing, then syncs', async () => {
    const plan = await run('sync', '-e', 'staging');
    assert.equal(plan.status, 1, plan.out + plan.err);
    assert.match(plan.out, /create Namespace shop[^]*create Deployment shop\/web/);
    assert.match(plan.err, /--yes/);
    assert.equal((await drift('staging')).report.counts.inSync, 0);
    const { status, out, err } = await run('sync', '-e', 'staging', '--yes');
    assert.equal(status, 0, out + err);
    assert.deepEqual(others((await drift('staging')).report), []);
  });

  it('shows a change with its line and its writer, in every form', async () => {
    const objects = await snapshot().objects({ group: 'apps', kind: 'Deployment' }, 'shop');
    const web = (objects.ok ? objects.value : []).find(({ object }) => object.metadata.name === 'web');
    assert.ok(web && isObject(web.object.spec));
    const managedFields = [
      ...(Array.isArray(web.object.metadata.managedFields) ? web.object.metadata.managedFields : []),
      {
        manager: 'kubectl-scale',
        operation: 'Update',
        apiVersion: 'apps/v1',
        time: '2099-01-02T09:30:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      },
    ];
    const metadata = { ...web.object.metadata, managedFields, resourceVersion: '77' };
    await snapshot().write({ ...web.object, metadata, spec: { ...web.object.spec, replicas: 9 } }, { file: web.file });

    const text = await run('drift', '-e', 'staging');
    assert.match(text.out, /drifted +Deployment shop\/web/);
    assert.match(text.out, /spec\.replicas.*9.*kubectl-scale/s);
    const { status, report } = await drift('staging', 'apps');
    assert.deepEqual(others(report), ['drifted Deployment shop/web']);
    const [field] = report.objects.find((o) => o.state === 'drifted')?.fields ?? [];
    assert.equal(field?.live, '9');
    assert.match(field?.origin?.path ?? '', /^apps\/web\//);
    assert.equal(status, 1);
    for (const format of ['sarif', 'junit', 'github', 'markdown']) {
      assert.match((await run('drift', '-e', 'staging', '--format', format)).out, /shop\/web/, format);
    }
    assert.deepEqual(others((await drift('staging', 'platform')).report), []);
  });

  it('syncs only what is named', async () => {
    const synced = await run('sync', '-e', 'staging', 'Deployment/shop/web', '--yes');
    assert.equal(synced.status, 0, synced.out + synced.err);
    assert.deepEqual(others((await drift('staging')).report), []);
    const unknown = await run('sync', '-e', 'staging', 'Deployment/shop/wep');
    assert.equal(unknown.status, 2);
    assert.match(unknown.err, /shop\/web/);
  });

  it('writes to a protected environment only with its name', async () => {
    for (const confirm of [[], ['--confirm', 'staging']]) {
      const refused = await run('sync', '-e', 'production', '--yes', ...confirm);
      assert.equal(refused.status, 2);
      assert.match(refused.err, /--confirm production/);
    }
    assert.equal((await drift('production')).report.counts.inSync, 0);
    const confirmed = await run('sync', '-e', 'production', '--yes', '--confirm', 'production');
    assert.equal(confirmed.status, 0, confirmed.out + confirmed.err);
    assert.deepEqual(others((await drift('production')).report), []);
  });

  it('lists the commits of a source and rolls it back on a branch', async () => {
    const { out } = await run('history', 'apps/web/overlays/staging', '--format', 'json');
    const { revisions } = JSON.parse(out) as { revisions: { id: string; subject: string }[] };
    assert.ok(revisions.length >= 2);
    assert.ok(revisions.every((r) => commits.includes(r.id)));
    const to = revisions[1]?.id ?? '';
    const preview = await run('rollback', 'apps/web/overlays/staging', '--to', to);
    assert.equal(preview.status, 1, preview.out + preview.err);
    assert.ok(preview.out.includes(revisions[0]?.subject ?? '-'), preview.out);
    const before = await repo.git('status', '--porcelain');
    const done = await run('rollback', 'apps/web/overlays/staging', '--to', to, '--yes', '--format', 'json');
    assert.equal(done.status, 0, done.out + done.err);
    const { branch } = JSON.parse(done.out) as { branch: string };
    assert.match(branch, /^plumbline\/rollback-/);
    assert.equal(await repo.git('status', '--porcelain'), before, 'the working tree is untouched');
    assert.ok((await repo.git('log', '-1', '--format=%s', branch)).startsWith('Roll back '));
    const again = await run('rollback', 'apps/web/overlays/staging', '--to', to, '--yes');
    assert.equal(again.status, 2, 'the branch exists already');
    assert.equal((await run('rollback', 'apps/web/overlays/staging', '--to', 'nothing')).status, 2);
  });

  it('takes a snapshot that is in sync with what it was taken from', async () => {
    const taken = await run('snapshot', 'copy', '-e', 'staging', '--format', 'json');
    assert.equal(taken.status, 0, taken.err);
    assert.ok((JSON.parse(taken.out) as { files: number }).files > 10);
    repo.write({
      '.plumbline.yaml':
        'environments:\n  - name: staging\n    target: {snapshot: copy}\n    kubernetesVersion: "1.36"\n',
    });
    assert.deepEqual(others((await drift('staging')).report), []);
    await repo.git('checkout', '--', '.plumbline.yaml');
  });

  it('says what is wrong and what to do next', async () => {
    repo.write({ '.plumbline.yaml': 'environments:\n  - name: staging\n    target: {context: nowhere}\n' });
    const unreachable = await run('drift', '-e', 'staging', '--kubeconfig', path.join(repo.dir, 'none'));
    assert.equal(unreachable.status, 2);
    assert.match(unreachable.out + unreachable.err, /kubeconfig|nowhere/);
    assert.equal((await run('drift', '-e', 'stagin')).status, 2);
    await repo.git('checkout', '--', '.plumbline.yaml');
  });
});
