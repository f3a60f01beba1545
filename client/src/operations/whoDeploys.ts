// "Who Deploys This File?": the ways from a file up to the environments, to be walked with the keyboard. Contacts nothing.
import * as vscode from 'vscode';
import { deployersRequest } from '../../../server/src/core/protocol';
import { deployerRows } from '../navigation/model';
import type { Command } from './command';

export const whoDeploys: Command = {
  id: 'whoDeploys',
  async run({ server, dialogs }, ...args) {
    const [arg] = args;
    const uri =
      arg instanceof vscode.Uri
        ? arg
        : typeof arg === 'string'
          ? vscode.Uri.parse(arg)
          : vscode.window.activeTextEditor?.document.uri;
    if (uri?.scheme !== 'file') {
      void dialogs.tell('info', 'Open a file of the repository first.');
      return;
    }
    const asked = new vscode.CancellationTokenSource();
    const name = vscode.workspace.asRelativePath(uri);
    const rows = server
      .request(deployersRequest, { uri: uri.toString() }, asked.token)
      .then(({ chains }) =>
        deployerRows(chains).map((row) =>
          'separator' in row
            ? { label: row.separator, kind: vscode.QuickPickItemKind.Separator, step: undefined }
            : { label: row.label, description: row.description, step: row.step },
        ),
      );
    try {
      if ((await settled(rows))?.length === 0) {
        void dialogs.tell('info', `Nothing in this repository deploys ${name}.`);
        return;
      }
      const picked = await vscode.window.showQuickPick(rows, {
        title: `Who Deploys ${name}?`,
        placeHolder: 'Nearest first, by environment; choose one to open it',
        matchOnDescription: true,
      });
      if (picked?.step !== undefined) {
        const { uri: target, range } = picked.step;
        await vscode.commands.executeCommand('vscode.open', vscode.Uri.parse(target), {
          selection: new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character),
        });
      }
    } finally {
      asked.cancel();
      asked.dispose();
    }
  },
};

/** The answer where it is there soon; else the list opens and shows that it waits. */
async function settled<T>(answer: Promise<T>): Promise<T | undefined> {
  return Promise.race([answer, new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 300))]);
}
