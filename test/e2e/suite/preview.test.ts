import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, after, open, revertAll, until } from './editor';

const file = 'apps/web/base/deployment.yaml';

const previewDocument = (): vscode.TextDocument | undefined =>
  vscode.window.visibleTextEditors.find((e) => e.document.uri.scheme === 'plumbline-preview')?.document;

describe('Plumbline in the editor: preview', () => {
  before(activated);
  afterEach(revertAll);

  it('shows what the source renders to, beside it, as YAML that cannot be edited', async () => {
    const editor = await open(file);
    await vscode.commands.executeCommand('plumbline.openPreview');
    const preview = await until('the preview', previewDocument);
    assert.equal(preview.languageId, 'yaml');
    assert.match(preview.uri.path, /rendered\)\.yaml$/);
    assert.match(preview.getText(), /kind: Deployment/);
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), editor.document.uri.toString());
  });

  it('follows typing, without saving', async () => {
    const editor = await open(file);
    await vscode.commands.executeCommand('plumbline.openPreview');
    const preview = await until('the preview', previewDocument);
    await editor.edit((edit) =>
      edit.insert(after(editor.document, 'kind: Deployment\nmetadata:\n'), '  annotations:\n    typed: here\n'),
    );
    await until('the typed text in the preview', () => preview.getText().includes('typed: here'));
  });

  it('keeps the last good text when rendering fails, and says on which line it fails', async () => {
    const editor = await open(file);
    await vscode.commands.executeCommand('plumbline.openPreview');
    const preview = await until('the preview', previewDocument);
    const before = preview.getText();
    const at = after(editor.document, 'kind: Deployment\nmetadata:');
    await editor.edit((edit) => edit.insert(at, ' {{!!!'));
    const lenses = await until('the message', async () => {
      const all = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        preview.uri,
      );
      return all.length > 0 && all;
    });
    assert.match(lenses[0]?.command?.title ?? '', /Rendering fails/);
    assert.equal(preview.getText(), before);
    await editor.edit((edit) => edit.delete(new vscode.Range(at, at.translate(0, 6))));
    await until('the message to go', async () => {
      const all = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        preview.uri,
      );
      return all.length === 0;
    });
  });
});
