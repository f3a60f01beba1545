// Navigation and rename over the protocol, on the example repository: what an editor would be told.
import * as assert from 'node:assert';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  CancellationTokenSource,
  DocumentHighlightKind,
  LSPErrorCodes,
  type CallHierarchyIncomingCall,
  type CallHierarchyItem,
  type CallHierarchyOutgoingCall,
  type CompletionItem,
  type DocumentHighlight,
  type Hover,
  type Location,
  type LocationLink,
  type TextDocumentEdit,
  type WorkspaceEdit,
  type WorkspaceSymbol,
} from 'vscode-languageserver';
import { deployersRequest } from '../../server/src/core/protocol';
import { startLanguageServer, type TestServer } from '../support/languageServer';

const files = path.resolve(__dirname, '../../../examples/shop/files');

/** What an edit writes. */
const textOf = (edit: object | undefined): string => (edit as { newText?: string } | undefined)?.newText ?? '';

describe('language server: navigation', () => {
  let folder: string;
  let server: TestServer;
  const uriOf = (name: string): string => pathToFileURL(path.join(folder, name)).href;
  const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
  const relative = (uri: string): string => path.relative(folder, fileURLToPath(uri)).split(path.sep).join('/');

  /** Opens a file and gives the position `by` characters into the only occurrence of `marker`. */
  function at(name: string, marker: string, by = 0) {
    const text = read(name);
    const offset = text.indexOf(marker);
    assert.ok(offset >= 0 && text.indexOf(marker, offset + 1) < 0, `${name}: "${marker}" has to occur once`);
    const before = text.slice(0, offset + by).split('\n');
    const uri = server.open(path.join(folder, name), text);
    return { textDocument: { uri }, position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 } };
  }
  const ask = <R>(method: string, params: object): Promise<R> => server.connection.sendRequest<R>(method, params);
  const places = (found: readonly (Location | LocationLink)[] | null): string[] =>
    (found ?? [])
      .map((place) =>
        'uri' in place
          ? `${relative(place.uri)}:${place.range.start.line + 1}`
          : `${relative(place.targetUri)}:${place.targetSelectionRange.start.line + 1}`,
      )
      .sort();

  before(async function () {
    this.timeout(60_000);
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'plumbline näv-')));
    cpSync(files, folder, { recursive: true });
    server = await startLanguageServer({ folders: [folder], editor: 'rich' });
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('goes from references to definitions across files', async () => {
    const definition = async (name: string, marker: string, by: number): Promise<string[]> =>
      places(await ask('textDocument/definition', at(name, marker, by)));
    assert.deepStrictEqual(await definition('apps/web/overlays/production/kustomization.yaml', '../../base', 3), [
      'apps/web/base/kustomization.yaml:1',
    ]);
    assert.deepStrictEqual(await definition('apps/web/overlays/production/kustomization.yaml', 'ingress.yaml', 3), [
      'apps/web/overlays/production/ingress.yaml:1',
    ]);
    assert.deepStrictEqual(await definition('clusters/production/web.yaml', './apps/web/overlays/production', 5), [
      'apps/web/overlays/production/kustomization.yaml:1',
    ]);
    assert.deepStrictEqual(await definition('clusters/production/web.yaml', '- name: platform', 9), [
      'clusters/production/platform.yaml:4',
    ]);
    assert.deepStrictEqual(await definition('apps/web/base/service.yaml', 'targetPort: http', 13), [
      'apps/web/base/deployment.yaml:22',
    ]);
  });

  it('goes back from an object to its patches and to who uses it', async () => {
    const base = at('apps/web/base/deployment.yaml', 'metadata:\n  name: web', 20);
    const references = await ask<Location[]>('textDocument/references', {
      ...base,
      context: { includeDeclaration: true },
    });
    assert.deepStrictEqual(places(references), [
      'apps/web/base/deployment.yaml:4',
      'apps/web/overlays/production/kustomization.yaml:16',
      'apps/web/overlays/production/resources.yaml:4',
    ]);
    const without = await ask<Location[]>('textDocument/references', {
      ...base,
      context: { includeDeclaration: false },
    });
    assert.strictEqual(without.length, references.length - 1);
    const patches = places(await ask('textDocument/implementation', base));
    assert.ok(patches.includes('apps/web/overlays/production/resources.yaml:4'), patches.join());
    assert.ok(patches.includes('clusters/production/web.yaml:1'), patches.join());
    const highlights = await ask<DocumentHighlight[]>(
      'textDocument/documentHighlight',
      at('apps/web/base/deployment.yaml', '- name: http\n', 9),
    );
    assert.deepStrictEqual(
      highlights.map(({ range, kind }) => [range.start.line, kind]),
      [
        [21, DocumentHighlightKind.Write],
        [34, DocumentHighlightKind.Read],
      ],
    );
  });

  it('renames an object in every file, as one edit that can be shown first', async () => {
    const params = at('apps/web/base/service.yaml', 'metadata:\n  name: web', 20);
    const prepared = await ask<{ placeholder: string }>('textDocument/prepareRename', params);
    assert.strictEqual(prepared.placeholder, 'web');
    const edit = await ask<WorkspaceEdit>('textDocument/rename', { ...params, newName: 'shopfront' });
    const changes = (edit.documentChanges ?? []) as TextDocumentEdit[];
    assert.deepStrictEqual(
      changes.map(({ textDocument }) => [relative(textDocument.uri), textDocument.version]).sort(),
      [
        ['apps/web/base/service.yaml', 1],
        ['apps/web/overlays/production/ingress.yaml', null],
      ],
    );
    assert.ok(edit.changeAnnotations?.['References']);
    assert.ok(
      changes.flatMap(({ edits }) => edits).every((one) => 'annotationId' in one && textOf(one) === 'shopfront'),
    );
  });

  it('refuses with a sentence', async () => {
    const params = at('apps/web/base/service.yaml', 'targetPort: http', 13);
    await assert.rejects(ask('textDocument/rename', { ...params, newName: 'Not-A-Port' }), /cannot name a port/);
    assert.strictEqual(
      await ask('textDocument/prepareRename', { ...params, position: { line: 0, character: 1 } }),
      null,
    );
  });

  it('renames files through their paths, and follows files that somebody moves', async () => {
    const params = at('apps/web/base/kustomization.yaml', 'service.yaml', 3);
    const edit = await ask<WorkspaceEdit>('textDocument/rename', { ...params, newName: 'front.yaml' });
    const [text, move] = edit.documentChanges ?? [];
    assert.ok(text && 'edits' in text && textOf(text.edits[0]) === 'front.yaml');
    assert.ok(move && 'kind' in move && move.kind === 'rename');
    assert.strictEqual(relative(move.newUri), 'apps/web/base/front.yaml');
    const moved = await ask<WorkspaceEdit>('workspace/willRenameFiles', {
      files: [{ oldUri: uriOf('apps/web/base'), newUri: uriOf('apps/web/common/base') }],
    });
    const edits = ((moved.documentChanges ?? []) as TextDocumentEdit[]).map(
      ({ textDocument, edits: [one] }) => `${relative(textDocument.uri)}: ${textOf(one)}`,
    );
    assert.deepStrictEqual(edits.sort(), [
      'apps/web/overlays/production/kustomization.yaml: ../../common/base',
      'apps/web/overlays/staging/kustomization.yaml: ../../common/base',
    ]);
  });

  it('completes names that exist where the object is deployed', async () => {
    const name = 'apps/web/overlays/production/ingress.yaml';
    const { textDocument } = at(name, 'kind: Ingress');
    const text = read(name).replace(/name: web\n(\s+)port/, 'name: \n$1port');
    server.change(textDocument.uri, text);
    const line = text.split('\n').findIndex((l) => /name: $/.test(l));
    const items = await ask<CompletionItem[]>('textDocument/completion', {
      textDocument,
      position: { line, character: (text.split('\n')[line] ?? '').length },
    });
    const found = items.find(({ label }) => label === 'web');
    assert.strictEqual(found?.detail, 'Service in apps/web/base/service.yaml', JSON.stringify(items.slice(0, 5)));
    assert.strictEqual(items.map(({ sortText }) => sortText).sort()[0], found.sortText);
    server.change(textDocument.uri, read(name));
  });

  it('says on hover what a reference means', async () => {
    const hover = await ask<Hover>(
      'textDocument/hover',
      at('apps/web/overlays/production/ingress.yaml', 'service:\n                name: web', 31),
    );
    const { value } = hover.contents as { value: string };
    assert.match(value, /Backend Service/);
    assert.match(value, /apps\/web\/base\/service\.yaml:4/);
  });

  it('walks the hierarchy of deployers', async () => {
    const [item] = await ask<CallHierarchyItem[]>(
      'textDocument/prepareCallHierarchy',
      at('apps/web/base/service.yaml', 'targetPort', 0),
    );
    assert.ok(item);
    const incoming = await ask<CallHierarchyIncomingCall[]>('callHierarchy/incomingCalls', { item });
    const names = incoming.map(({ from }) => `${from.name} (${relative(from.uri)})`);
    assert.ok(
      names.includes('Ingress web (apps/web/overlays/production/ingress.yaml)') ||
        names.some((n) => n.startsWith('Ingress')),
      names.join(),
    );
    const deployer = incoming.find(({ from }) => relative(from.uri) === 'apps/web/base/kustomization.yaml');
    assert.ok(deployer, names.join());
    const above = await ask<CallHierarchyIncomingCall[]>('callHierarchy/incomingCalls', { item: deployer.from });
    assert.deepStrictEqual(above.map(({ from }) => relative(from.uri)).sort(), [
      'apps/web/overlays/production/kustomization.yaml',
      'apps/web/overlays/staging/kustomization.yaml',
    ]);
    const outgoing = await ask<CallHierarchyOutgoingCall[]>('callHierarchy/outgoingCalls', { item });
    assert.ok(outgoing.length > 0);
  });

  it('answers who deploys a file, and finds objects by name', async () => {
    const { chains } = await server.request(deployersRequest, { uri: uriOf('apps/web/base/service.yaml') });
    assert.deepStrictEqual(chains.map(({ environments }) => environments).sort(), [['production'], ['staging']]);
    assert.deepStrictEqual(
      chains[0]?.steps.map(({ path: file }) => file),
      [
        'apps/web/base/kustomization.yaml',
        'apps/web/overlays/production/kustomization.yaml',
        'clusters/production/web.yaml',
      ],
    );
    const symbols = await ask<WorkspaceSymbol[]>('workspace/symbol', { query: 'web' });
    assert.strictEqual(symbols[0]?.name, 'web');
  });

  it('ends a request that nobody waits for, and drops one whose text is gone', async () => {
    const params = at('apps/web/base/service.yaml', 'targetPort: http', 13);
    const source = new CancellationTokenSource();
    const asked = server.connection.sendRequest('textDocument/rename', { ...params, newName: 'plain' }, source.token);
    source.cancel();
    await assert.rejects(asked, ({ code }: { code: number }) => code === LSPErrorCodes.RequestCancelled);
    assert.deepStrictEqual(places(await ask('textDocument/definition', params)), ['apps/web/base/deployment.yaml:22']);
  });

  it('answers for a repository that it has only just been given', async function () {
    this.timeout(30_000);
    const fresh = await startLanguageServer({ folders: [folder], editor: 'rich' });
    try {
      const name = 'apps/web/base/service.yaml';
      const uri = fresh.open(path.join(folder, name), read(name));
      const found = await fresh.connection.sendRequest<LocationLink[]>('textDocument/definition', {
        textDocument: { uri },
        position: {
          line: read(name)
            .split('\n')
            .findIndex((line) => line.includes('targetPort')),
          character: 18,
        },
      });
      assert.deepStrictEqual(places(found), ['apps/web/base/deployment.yaml:22']);
    } finally {
      await fresh.stop();
    }
  });
});
