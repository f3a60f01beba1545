import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, after, open, revertAll, until } from './editor';

const file = 'apps/web/base/deployment.yaml';

const ours = (uri: vscode.Uri): vscode.Diagnostic[] =>
  vscode.languages.getDiagnostics(uri).filter((d) => d.source?.toLowerCase() === 'plumbline');

const codeOf = ({ code }: vscode.Diagnostic): unknown => (typeof code === 'object' ? code.value : code);

describe('Plumbline in the editor: authoring', () => {
  before(activated);
  afterEach(revertAll);

  it('underlines a mistyped field exactly, and the quick fix corrects it', async () => {
    const editor = await open(file);
    const { document } = editor;
    const at = after(document, '\n  replicas');
    await editor.edit((edit) => edit.replace(new vscode.Range(at.translate(0, -8), at), 'replcas'));
    const found = await until('the diagnostic', () =>
      ours(document.uri).find((d) => codeOf(d) === 'kubernetes/unknown-field'),
    );
    assert.equal(document.getText(found.range), 'replcas');
    assert.match(found.message, /replicas/);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      found.range,
    );
    const fix = actions.find((a) => a.isPreferred && a.edit);
    assert.ok(fix?.edit, JSON.stringify(actions.map((a) => a.title)));
    await vscode.workspace.applyEdit(fix.edit);
    assert.match(document.getText(), /\n {2}replicas: /);
    await until(
      'the diagnostic to go',
      () => !ours(document.uri).some((d) => codeOf(d) === 'kubernetes/unknown-field'),
    );
  });

  it('explains a field on hover', async () => {
    const { document } = await open(file);
    const hovers = await until('a hover', async () => {
      const all = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        after(document, '\n  repl'),
      );
      return all.length > 0 && all;
    });
    const text = hovers.flatMap((h) => h.contents.map((c) => (typeof c === 'string' ? c : c.value))).join('\n');
    assert.match(text, /replicas|pods/i);
  });

  it('completes the keys of an object', async () => {
    const editor = await open(file);
    const at = after(editor.document, '\nspec:\n');
    await editor.edit((edit) => edit.insert(at, '  \n'));
    const list = await until('completions', async () => {
      const all = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        editor.document.uri,
        at.translate(0, 2),
      );
      const labels = all.items.map((i) => (typeof i.label === 'string' ? i.label : i.label.label));
      return labels.some((l) => /^(strategy|minReadySeconds|replicas)\b/.test(l)) && labels;
    });
    assert.ok(list.length > 0);
  });

  it('completes a field with what it needs', async () => {
    const editor = await open(file);
    const at = after(editor.document, 'volumes:\n');
    await editor.edit((edit) => edit.insert(at, '        - \n'));
    const item = await until('the item', async () => {
      const all = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        editor.document.uri,
        at.translate(0, 10),
      );
      return all.items.find((i) => (typeof i.label === 'string' ? i.label : i.label.label) === 'persistentVolumeClaim');
    });
    const text = typeof item.insertText === 'string' ? item.insertText : item.insertText?.value;
    assert.match(text ?? '', /^persistentVolumeClaim:\n {12}claimName: $/);
  });

  it('formats spaces, and nothing else', async () => {
    const editor = await open(file);
    const tidy = editor.document.getText();
    const at = after(editor.document, '\n  replicas: 2');
    await editor.edit((edit) => {
      edit.insert(at, '   ');
      edit.insert(after(editor.document, 'matchLabels:\n'), '    ');
    });
    assert.notEqual(editor.document.getText(), tidy);
    await until('the formatted text', async () => {
      await vscode.commands.executeCommand('editor.action.formatDocument');
      return editor.document.getText() === tidy;
    });
  });

  it('fixes all that is safe when it is asked to', async () => {
    const editor = await open(file);
    const { document } = editor;
    const at = after(document, '\n  replicas');
    await editor.edit((edit) => edit.replace(new vscode.Range(at.translate(0, -8), at), 'Replicas'));
    await until('the diagnostic', () => ours(document.uri).some((d) => codeOf(d) === 'kubernetes/unknown-field'));
    await until('the fix', async () => {
      await vscode.commands.executeCommand('editor.action.fixAll');
      return /\n {2}replicas: /.test(document.getText());
    });
  });

  it('offers to be quiet about a finding', async () => {
    const editor = await open(file);
    const { document } = editor;
    await editor.edit((edit) => edit.insert(after(document, '\nspec:\n'), '  nonsense: 1\n'));
    const found = await until('the diagnostic', () =>
      ours(document.uri).find((d) => codeOf(d) === 'kubernetes/unknown-field'),
    );
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      found.range,
    );
    const quiet = actions.find((a) => a.title === 'Ignore kubernetes/unknown-field on this line');
    assert.ok(quiet?.edit, JSON.stringify(actions.map((a) => a.title)));
    await vscode.workspace.applyEdit(quiet.edit);
    await until('the diagnostic to go', () => ours(document.uri).length === 0);
  });
});
