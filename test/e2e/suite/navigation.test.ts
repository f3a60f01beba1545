import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, after, fileUri, open, revertAll, until } from './editor';

const overlay = 'apps/web/overlays/production/kustomization.yaml';
const service = 'apps/web/base/service.yaml';

const pathOf = (uri: vscode.Uri): string => vscode.workspace.asRelativePath(uri);

/** Asks again until there is an answer: the server may still be reading the repository. */
async function asked<T>(command: string, file: string, text: string, ...more: unknown[]): Promise<T[]> {
  const { document } = await open(file);
  return until(command, async () => {
    const found = await vscode.commands.executeCommand<T[]>(command, document.uri, after(document, text), ...more);
    return found.length > 0 && found;
  });
}

describe('Plumbline in the editor: navigation', () => {
  before(activated);
  afterEach(revertAll);

  it('goes to the base that an overlay takes in, and from the base to who refers to it', async () => {
    const [link] = await asked<vscode.LocationLink>('vscode.executeDefinitionProvider', overlay, '- ../../b');
    assert.ok(link);
    assert.equal(pathOf(link.targetUri), 'apps/web/base/kustomization.yaml');
    const references = await asked<vscode.Location>('vscode.executeReferenceProvider', service, 'metadata:\n  name: w');
    assert.deepEqual(references.map(({ uri }) => pathOf(uri)).sort(), [
      service,
      'apps/web/overlays/production/ingress.yaml',
    ]);
  });

  it('renames a Service in every file, and keeps what does not belong to it', async () => {
    const { document } = await open(service);
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>(
      'vscode.executeDocumentRenameProvider',
      document.uri,
      after(document, 'metadata:\n  name: w'),
      'shopfront',
    );
    assert.deepEqual(
      edit
        .entries()
        .map(([uri, edits]) => [pathOf(uri), edits.length])
        .sort(),
      [
        [service, 1],
        ['apps/web/overlays/production/ingress.yaml', 1],
      ],
    );
    await vscode.workspace.applyEdit(edit);
    assert.match(document.getText(), /^ {2}name: shopfront$/m);
    assert.match(document.getText(), /app: web/);
    for (const [uri] of edit.entries()) {
      await vscode.window.showTextDocument(uri);
      await vscode.commands.executeCommand('workbench.action.files.revert');
    }
  });

  it('refuses a name that the API server would refuse', async () => {
    const { document } = await open(service);
    await assert.rejects(
      Promise.resolve(
        vscode.commands.executeCommand(
          'vscode.executeDocumentRenameProvider',
          document.uri,
          after(document, 'metadata:\n  name: w'),
          'Not Valid',
        ),
      ),
      /cannot name a Service/,
    );
  });

  it('moves a file in the explorer with the paths that mean it', async () => {
    const from = fileUri('apps/web/base/disruption-budget.yaml');
    const to = fileUri('apps/web/base/budget.yaml');
    const move = new vscode.WorkspaceEdit();
    move.renameFile(from, to);
    assert.ok(await vscode.workspace.applyEdit(move));
    const document = await vscode.workspace.openTextDocument(fileUri('apps/web/base/kustomization.yaml'));
    await until('the path to follow', () => document.getText().includes('- budget.yaml'));
    assert.doesNotMatch(document.getText(), /disruption-budget/);
    const back = new vscode.WorkspaceEdit();
    back.renameFile(to, from);
    assert.ok(await vscode.workspace.applyEdit(back));
    await until('the path to come back', () => document.getText().includes('- disruption-budget.yaml'));
    await document.save();
  });

  it('walks from a file up to the clusters that deploy it', async () => {
    const [item] = await asked<vscode.CallHierarchyItem>('vscode.prepareCallHierarchy', service, 'apiVersion');
    assert.ok(item);
    const above = async (below: vscode.CallHierarchyItem): Promise<vscode.CallHierarchyItem[]> =>
      (
        await vscode.commands.executeCommand<vscode.CallHierarchyIncomingCall[]>('vscode.provideIncomingCalls', below)
      ).map(({ from }) => from);
    const base = (await above(item)).find(({ uri }) => pathOf(uri) === 'apps/web/base/kustomization.yaml');
    assert.ok(base);
    const overlays = await above(base);
    assert.deepEqual(overlays.map(({ uri }) => pathOf(uri)).sort(), [
      overlay,
      'apps/web/overlays/staging/kustomization.yaml',
    ]);
    const production = overlays.find(({ uri }) => pathOf(uri) === overlay);
    assert.ok(production);
    assert.deepEqual(
      (await above(production)).map(({ uri }) => pathOf(uri)),
      ['clusters/production/web.yaml'],
    );
  });

  it('completes the names that exist', async () => {
    const editor = await open('apps/web/overlays/production/ingress.yaml');
    const { document } = editor;
    const at = after(document, 'service:\n                name: ');
    await editor.edit((edit) => edit.delete(new vscode.Range(at, at.translate(0, 3))));
    const item = await until('the Service', async () => {
      const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        at,
      );
      return items.find(({ detail }) => detail?.includes(service));
    });
    assert.equal(typeof item.label === 'string' ? item.label : item.label.label, 'web');
  });

  it('finds objects by name', async () => {
    const symbols = await until('symbols', async () => {
      const found = await vscode.commands.executeCommand<vscode.SymbolInformation[]>(
        'vscode.executeWorkspaceSymbolProvider',
        'config-reader',
      );
      return found.length > 0 && found;
    });
    assert.equal(pathOf(symbols[0]?.location.uri as vscode.Uri), 'platform/rbac.yaml');
  });
});
