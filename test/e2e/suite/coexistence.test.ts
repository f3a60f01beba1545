import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, after, fileUri, open, revertAll, until } from './editor';

interface YamlExtension {
  contributors: Map<
    string,
    { requestSchema(resource: string): string | undefined; requestSchemaContent(address: string): string }
  >;
  report(uri: vscode.Uri, range?: vscode.Range): void;
}

const ours = (uri: vscode.Uri): vscode.Diagnostic[] =>
  vscode.languages.getDiagnostics(uri).filter((d) => d.source?.toLowerCase() === 'plumbline');

describe('Plumbline in the editor: beside the YAML extension', () => {
  before(activated);
  afterEach(revertAll);

  async function yaml(): Promise<YamlExtension> {
    const extension = vscode.extensions.getExtension<YamlExtension>('redhat.vscode-yaml');
    assert.ok(extension);
    return extension.activate();
  }

  it('gives it a schema without rules for what Plumbline checks, and none for other files', async () => {
    const { document } = await open('apps/web/base/deployment.yaml');
    const api = await yaml();
    const contributor = await until('the contributor', () => api.contributors.get('plumbline'));
    const address = await until('the schema', () => contributor.requestSchema(document.uri.toString()));
    const schema = JSON.parse(contributor.requestSchemaContent(address)) as Record<string, unknown>;
    assert.deepEqual(Object.keys(schema).sort(), ['$schema', 'title']);
    assert.equal(contributor.requestSchema(fileUri('compose.yaml').toString()), undefined);
  });

  it('shows a fault once that both find, and keeps its fix', async () => {
    const api = await yaml();
    const editor = await open('apps/web/base/deployment.yaml');
    const { document } = editor;
    const at = after(document, '\n  replicas');
    await editor.edit((edit) => edit.replace(new vscode.Range(at.translate(0, -8), at), 'replcas'));
    const found = await until('the diagnostic', () =>
      ours(document.uri).find(({ message }) => /replcas/.test(message)),
    );
    api.report(document.uri, found.range);
    await until('one finding', () => !ours(document.uri).some(({ message }) => /replcas/.test(message)));
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      found.range,
    );
    assert.ok(
      actions.some(({ title }) => /replicas/.test(title)),
      JSON.stringify(actions.map(({ title }) => title)),
    );
    api.report(document.uri);
    await until('the finding to be back', () => ours(document.uri).some(({ message }) => /replcas/.test(message)));
  });

  it('touches no setting', () => {
    for (const section of ['yaml', 'vs-kubernetes', 'redhat']) {
      const written = vscode.workspace.getConfiguration().inspect(section);
      assert.equal(
        written?.globalValue ?? written?.workspaceValue ?? written?.workspaceFolderValue,
        undefined,
        section,
      );
    }
  });
});

describe('Plumbline in the editor: what a document is', () => {
  before(activated);

  it('in the status bar, for what it has to do with', async () => {
    const host = await activated();
    await open('apps/web/base/deployment.yaml');
    await until('the kind', () => host.documentKind.view?.title === 'Deployment apps/v1');
    await open('apps/web/base/kustomization.yaml');
    await until('the kustomization', () => host.documentKind.view?.title === 'kustomization');
    await vscode.window.showTextDocument(
      await vscode.workspace.openTextDocument({ content: 'services: {}\n', language: 'yaml' }),
    );
    await until('nothing', () => host.documentKind.view === undefined);
  });
});
