// The language server over its streams, on the example repository: what an editor would see.
import * as assert from 'node:assert';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkWorkspaceRequest, previewRequest, workspaceRequest } from '../../server/src/core/protocol';
import { startLanguageServer, type TestServer } from '../support/languageServer';

const root = path.resolve(__dirname, '../../..');

describe('language server', () => {
  let folder: string;
  let server: TestServer;
  const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');

  before(async function () {
    this.timeout(60_000);
    folder = mkdtempSync(path.join(tmpdir(), 'plumbline shop ü-'));
    const { createExample } = (await import(pathToFileURL(path.join(root, 'scripts/example.mjs')).href)) as {
      createExample: (dir: string) => Promise<string[]>;
    };
    await createExample(folder);
    server = await startLanguageServer({ folders: [folder] });
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('finds the sources and environments', async () => {
    const { folders } = await server.request(workspaceRequest, {});
    assert.strictEqual(folders.length, 1);
    const view = folders[0];
    assert.ok(view);
    assert.deepStrictEqual(
      view.environments.map((e) => [e.name, e.target?.type, e.protected]),
      [
        ['staging', 'snapshot', false],
        ['production', 'snapshot', true],
      ],
    );
    assert.ok(view.sources.some((s) => s.kind === 'fluxHelmRelease' && s.name === 'orders'));
  });

  it('has nothing to say about valid files', async () => {
    const { folders } = await server.request(workspaceRequest, {});
    const counts = await server.request(checkWorkspaceRequest, { folder: folders[0]?.folder ?? '' });
    assert.deepStrictEqual(
      { errors: counts.errors, warnings: counts.warnings },
      { errors: 0, warnings: 0 },
      server.log(),
    );
    assert.ok(counts.files > 10);
  });

  it('marks a misspelt field at the keystroke and takes it back', async () => {
    const name = 'apps/web/base/deployment.yaml';
    const text = read(name);
    const uri = server.open(path.join(folder, name), text);
    server.change(uri, text.replace('replicas: 2', 'replcas: 2'));
    const found = await server.diagnostics(uri, (all) => all.some((d) => d.code === 'kubernetes/unknown-field'));
    const first = found.find((d) => d.code === 'kubernetes/unknown-field');
    assert.deepStrictEqual(first?.range, { start: { line: 7, character: 2 }, end: { line: 7, character: 9 } });
    const actions = await server.connection.sendRequest<{ title: string }[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: first.range,
      context: { diagnostics: [first] },
    });
    assert.match(actions[0]?.title ?? '', /replicas/);
    server.change(uri, text);
    await server.diagnostics(uri, (all) => all.length === 0);
  });

  it("adds the API server's verdict on what the file becomes, at the line that causes it", async () => {
    const name = 'apps/web/base/deployment.yaml';
    const uri = pathToFileURL(path.join(folder, name)).href;
    server.change(
      uri,
      read(name).replace('- name: cache\n              mountPath', '- name: cash\n              mountPath'),
    );
    const found = await server.diagnostics(uri, (all) => all.length > 0);
    assert.deepStrictEqual(
      found.map((d) => [d.range.start.line, d.code]),
      [[43, 'kubernetes/missing-volume']],
    );
    server.change(uri, read(name));
    await server.diagnostics(uri, (all) => all.length === 0);
  });

  it('previews the overlay with the source of every line', async () => {
    const uri = pathToFileURL(path.join(folder, 'apps/web/overlays/production/kustomization.yaml')).href;
    const preview = await server.request(previewRequest, { uri });
    assert.ok('text' in preview, JSON.stringify(preview));
    const lines = preview.text.split('\n');
    const replicas = lines.indexOf('  replicas: 4');
    assert.ok(replicas > 0);
    const [at = -1] = preview.origins[replicas] ?? [];
    assert.match(preview.uris[at] ?? '', /(kustomization|deployment)\.yaml$/);
  });

  it('hides Secret values in previews', async () => {
    const uri = pathToFileURL(path.join(folder, 'charts/orders/templates/secret.yaml')).href;
    const preview = await server.request(previewRequest, { uri });
    assert.ok('text' in preview, JSON.stringify(preview));
    assert.match(preview.text, /kind: Secret/);
    assert.doesNotMatch(preview.text, /only-for-this-example/);
  });

  it('hovers and completes from schemas', async () => {
    const name = 'apps/web/base/service.yaml';
    const text = read(name);
    const uri = server.open(path.join(folder, name), text);
    const line = text.split('\n').findIndex((l) => l.includes('targetPort'));
    const hover = await server.connection.sendRequest<{ contents: { value: string } } | null>('textDocument/hover', {
      textDocument: { uri },
      position: { line, character: 8 },
    });
    assert.match(hover?.contents.value ?? '', /targetPort/);
    server.change(uri, text.replace('targetPort: http', 'targetPort: http\n      prot'));
    const items = await server.connection.sendRequest<{ label: string }[]>('textDocument/completion', {
      textDocument: { uri },
      position: { line: line + 1, character: 10 },
    });
    assert.ok(
      items.some((item) => item.label === 'protocol'),
      JSON.stringify(items.map((i) => i.label)),
    );
  });
});
