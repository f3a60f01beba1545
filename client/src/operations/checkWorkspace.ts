// Checks every source and manifest, open or not; what is found stands in the Problems view.
import * as vscode from 'vscode';
import { checkWorkspaceRequest } from '../../../server/src/core/protocol';
import { plural } from '../text';
import { withNotification, type Command } from './command';

export const checkWorkspace: Command = {
  id: 'checkWorkspace',
  async run(host) {
    const folders = host.workspace.views ?? [];
    const total = { errors: 0, warnings: 0, files: 0 };
    await withNotification('Checking the workspace', async (token) => {
      for (const { folder } of folders) {
        const { errors, warnings, files } = await host.server.request(checkWorkspaceRequest, { folder }, token);
        total.errors += errors;
        total.warnings += warnings;
        total.files += files;
      }
    });
    const clean = total.errors + total.warnings === 0;
    const found = clean ? 'nothing found' : `${plural(total.errors, 'error')}, ${plural(total.warnings, 'warning')}`;
    const message = `${plural(total.files, 'file')} checked: ${found}.`;
    host.log.info(message);
    const show = 'Show Problems';
    const answer = await host.dialogs.tell(total.errors > 0 ? 'warning' : 'info', message, ...(clean ? [] : [show]));
    if (answer === show) {
      await vscode.commands.executeCommand('workbench.actions.view.problems');
    }
  },
};
