// Opens the repository's .plumbline.yaml; where there is none, an unsaved one that describes what was found.
import * as vscode from 'vscode';
import type { WorkspaceView } from '../../../server/src/core/protocol';
import type { Command } from './command';

export const createConfiguration: Command = {
  id: 'createConfiguration',
  async run({ workspace }) {
    const view = workspace.activeFolder;
    const root = view ? vscode.Uri.parse(view.folder) : vscode.workspace.workspaceFolders?.[0]?.uri;
    if (root === undefined) {
      return;
    }
    const file = vscode.Uri.joinPath(root, '.plumbline.yaml');
    const exists = await vscode.workspace.fs.stat(file).then(
      () => true,
      () => false,
    );
    if (exists) {
      await vscode.window.showTextDocument(file);
      return;
    }
    const document = await vscode.workspace.openTextDocument(file.with({ scheme: 'untitled' }));
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), template(view)));
  },
};

/** A commented beginning: what was found, each with the line that is missing. */
function template(view: WorkspaceView | undefined): string {
  const found = view?.environments ?? [];
  const names = found.length > 0 ? found.map((e) => e.name) : ['staging'];
  const sources = found.length > 0 ? [] : (view?.sources ?? []).filter((s) => s.root).map((s) => s.id);
  const lines = [
    '# What each environment is compared with. Plumbline contacts a cluster only when you ask for a comparison.',
    'environments:',
  ];
  for (const name of names) {
    lines.push(`  - name: ${name}`);
    if (sources.length > 0) {
      lines.push('    sources:', ...sources.map((id) => `      - ${JSON.stringify(id)}`));
    }
    lines.push(
      '    target:',
      '      # A kubeconfig context, or: snapshot: snapshots/' + name,
      `      context: ${name}`,
    );
  }
  return lines.join('\n') + '\n';
}
