// Drift, sync and rollback through the language server, on the example repository with an empty snapshot as its live side.
import * as assert from 'node:assert';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  driftRequest,
  executeRequest,
  historyRequest,
  objectRequest,
  planRequest,
  projectionRequest,
  rollbackPreviewRequest,
  rollbackRequest,
  workspaceRequest,
  type DriftReport,
  type ObjectDrift,
  type ResourceKey,
} from '../../server/src/core/protocol';
import { openSnapshotFolder, writeInfo } from '../../server/src/adapters/snapshotFolder';
import { repoAt } from '../support/gitRepo';
import { startLanguageServer, type TestServer } from '../support/languageServer';

const root = path.resolve(__dirname, '../../..');
const environment = 'production';
const web: ResourceKey = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };

describe('language server: drift, sync, rollback', function () {
  this.timeout(120_000);
  let dir: string;
  let server: TestServer;
  let folder: string;
  const file = (name: string): string => path.join(dir, name);
  const read = (name: string): string => readFileSync(file(name), 'utf8');
  const overlay = 'apps/web/overlays/production/kustomization.yaml';

  before(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'plumbline-drift-'));
    const { createExample } = (await import(pathToFileURL(path.join(root, 'scripts/example.mjs')).href)) as {
      createExample: (to: string) => Promise<string[]>;
    };
    await createExample(dir);
    rmSync(file('snapshots'), { recursive: true, force: true });
    for (const name of ['staging', 'production']) {
      mkdirSync(file(`snapshots/${name}`), { recursive: true });
      await writeInfo(file(`snapshots/${name}`), { name, kubernetesVersion: '1.36.3', unavailable: [] });
      // Flux brings its own namespace before it reads the repository.
      await openSnapshotFolder(file(`snapshots/${name}`)).write({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'flux-system', uid: '1', resourceVersion: '1' },
      });
    }
    server = await startLanguageServer({ folders: [dir], settings: { environment } });
    const { folders } = await server.request(workspaceRequest, {});
    folder = folders[0]?.folder ?? '';
  });
  after(async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const refresh = async () => {
    const answer = await server.request(driftRequest, { folder, environment, refresh: true });
    assert.ok(answer.report, JSON.stringify(answer.failure));
    return answer.report;
  };

  const notInSync = (report: DriftReport | undefined): ObjectDrift[] =>
    report?.objects.filter((object) => object.state !== 'inSync') ?? [];

  it('knows nothing before it is asked to compare', async () => {
    assert.deepStrictEqual(await server.request(driftRequest, { folder, environment, refresh: false }), {});
    const early = await server.request(planRequest, { folder, environment, operation: 'sync' });
    assert.ok('failure' in early);
  });

  it('finds everything missing, and nothing unknown', async () => {
    const report = await refresh();
    assert.deepStrictEqual(report.failures, []);
    assert.strictEqual(report.counts.missing, report.objects.length);
    assert.ok(report.objects.length > 10);
  });

  it('refuses a protected environment without its name, and a plan that was not shown', async () => {
    const planned = await server.request(planRequest, { folder, environment, operation: 'sync' });
    assert.ok('plan' in planned);
    const unconfirmed = await server.request(executeRequest, { folder, plan: planned.plan.id });
    assert.ok('failure' in unconfirmed && unconfirmed.failure.reason === 'forbidden');
    const unknown = await server.request(executeRequest, { folder, plan: 'made-up', confirm: environment });
    assert.ok('failure' in unknown && unknown.failure.reason === 'conflict');
  });

  it('syncs by the plan that was shown, and is in sync afterwards', async () => {
    const planned = await server.request(planRequest, { folder, environment, operation: 'sync' });
    assert.ok('plan' in planned);
    assert.ok(planned.plan.steps.every((step) => step.action === 'create'));
    const done = await server.request(executeRequest, { folder, plan: planned.plan.id, confirm: environment });
    assert.ok('result' in done, JSON.stringify(done));
    assert.deepStrictEqual(
      done.result.steps.filter((step) => step.state !== 'synced'),
      [],
    );
    const { report } = await server.request(driftRequest, { folder, environment, refresh: false });
    assert.deepStrictEqual(
      notInSync(report).map((object) => [object.key.kind, object.state, object.failure?.reason]),
      [],
    );
  });

  it('compares unsaved text, and shows what is live beside it', async () => {
    const uri = server.open(file(overlay), read(overlay));
    server.change(uri, read(overlay).replace('count: 4', 'count: 5'));
    const report = await refresh();
    assert.ok(report.dirty);
    assert.deepStrictEqual(
      notInSync(report).map((object) => [object.key.name, object.fields.map((f) => [f.path, f.desired, f.live])]),
      [['web', [['spec.replicas', '5', '4']]]],
    );
    const projected = await server.request(projectionRequest, { uri });
    assert.strictEqual(projected?.text, read(overlay));
    const hints = await server.connection.sendRequest<{ label: string }[]>('textDocument/inlayHint', {
      textDocument: { uri },
      range: { start: { line: 0, character: 0 }, end: { line: 100, character: 0 } },
    });
    assert.deepStrictEqual(
      hints.map((hint) => hint.label),
      ['live: 4'],
    );
    const moved = `# a comment of two\n# lines\n${read(overlay)}`;
    for (const count of [6, 7]) {
      // Typed on, not refreshed: the bars follow the text, and the target is not asked again.
      server.change(uri, moved.replace('count: 4', `count: ${count}`));
      assert.strictEqual((await server.request(projectionRequest, { uri }))?.text, moved);
    }
    server.change(uri, moved);
    assert.strictEqual((await server.request(projectionRequest, { uri }))?.text, moved, 'as live: nothing to mark');
    server.change(uri, `${moved}\n  broken: [`);
    assert.strictEqual((await server.request(projectionRequest, { uri }))?.text, moved, 'the last good one');
    server.change(uri, read(overlay).replace('count: 4', 'count: 5'));
    const texts = await server.request(objectRequest, { folder, environment, key: web });
    assert.match(texts?.desired ?? '', /replicas: 5/);
    assert.match(texts?.live ?? '', /replicas: 4/);
    server.change(uri, read(overlay));
    await refresh();
  });

  it('rolls back on a branch of its own, and plans its sync', async () => {
    const { folders } = await server.request(workspaceRequest, {});
    const source = folders[0]?.sources.find((s) => s.id.includes('clusters/production/web.yaml'))?.id ?? '';
    const history = await server.request(historyRequest, { folder, source });
    assert.ok('revisions' in history, JSON.stringify(history));
    const before = history.revisions.find(
      (revision) => revision.subject === 'Storefront 2.8.0 with the delivery banner',
    );
    assert.ok(before);
    const previewed = await server.request(rollbackPreviewRequest, { folder, source, revision: before.id });
    assert.ok('preview' in previewed, JSON.stringify(previewed));
    assert.deepStrictEqual(previewed.preview.files, [overlay]);
    const status = await repoAt(dir).git('status', '--porcelain', '--untracked-files=no');
    const rolled = await server.request(rollbackRequest, { folder, preview: previewed.preview.id, environment });
    assert.ok('branch' in rolled, JSON.stringify(rolled));
    assert.deepStrictEqual(
      rolled.plan?.steps.map((step) => [step.key.name, step.fields.map((f) => [f.path, f.desired, f.live])]),
      [['web', [['spec.replicas', '2', '4']]]],
    );
    assert.strictEqual(await repoAt(dir).git('status', '--porcelain', '--untracked-files=no'), status);
    const done = await server.request(executeRequest, { folder, plan: rolled.plan?.id ?? '', confirm: environment });
    assert.ok('result' in done && done.result.succeeded, JSON.stringify(done));
    const live = readFileSync(file('snapshots/production/shop/apps.Deployment/web.yaml'), 'utf8');
    assert.match(live, /replicas: 2/);
  });

  it('never wrote the value of a Secret anywhere', async () => {
    assert.doesNotMatch(server.log(), /only-for-this-example/);
    const stored = readFileSync(file('snapshots/production/shop/core.Secret/orders-database.yaml'), 'utf8');
    assert.doesNotMatch(stored, /only-for-this-example|b25seS1mb3It/);
  });
});
