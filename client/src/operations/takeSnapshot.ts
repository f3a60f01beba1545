// Writes the live objects of an environment, Secrets masked, as a folder that can be compared with later.
import * as vscode from 'vscode';
import { snapshotRequest } from '../../../server/src/core/protocol';
import { plural } from '../text';
import { tellFailure, withNotification, type Command } from './command';

export const takeSnapshot: Command = {
  id: 'takeSnapshot',
  needsTrust: true,
  async run(host) {
    const ref = host.workspace.chosen;
    if (ref === undefined) {
      return;
    }
    const to = await vscode.window.showInputBox({
      title: `Take Snapshot of ${ref.environment}`,
      prompt: 'Folder in the repository to write to. Secrets are written masked.',
      value: `snapshots/${ref.environment}-${new Date().toISOString().slice(0, 10)}`,
      validateInput: (value) =>
        value.trim() === '' || value.startsWith('/') || value.split('/').includes('..')
          ? 'A folder below the repository, for example snapshots/staging.'
          : undefined,
    });
    if (to === undefined) {
      return;
    }
    const answer = await withNotification(`Reading the live objects of ${ref.environment}`, (token) =>
      host.server.request(snapshotRequest, { ...ref, to: to.trim() }, token),
    );
    if ('failure' in answer) {
      await tellFailure(host, answer.failure.message);
      return;
    }
    const message = `Snapshot of ${ref.environment}: ${plural(answer.files, 'file')} in ${to}.`;
    host.log.info(message);
    const show = 'Show in Explorer';
    if ((await host.dialogs.tell('info', message, show)) === show) {
      await vscode.commands.executeCommand(
        'revealInExplorer',
        vscode.Uri.joinPath(vscode.Uri.parse(ref.folder), to.trim()),
      );
    }
  },
};
