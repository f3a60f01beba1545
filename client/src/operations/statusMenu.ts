// The menu of the status bar item: what one does with the chosen environment.
import * as vscode from 'vscode';
import { joined } from '../text';
import { findEnvironment, targetText } from '../sources/model';
import type { Command } from './command';

export const statusMenu: Command = {
  id: 'statusMenu',
  async run({ workspace, drift }) {
    const ref = workspace.chosen;
    const environment = ref && findEnvironment(workspace.views ?? [], ref);
    const compared = ref !== undefined && drift.get(ref)?.report !== undefined;
    const item = (
      icon: string,
      label: string,
      command: string,
      description = '',
    ): vscode.QuickPickItem & { command: string } => ({
      label: `$(${icon}) ${label}`,
      description,
      command: `plumbline.${command}`,
    });
    const items = [
      ...(environment?.target && vscode.workspace.isTrusted
        ? [
            item(
              'refresh',
              compared ? 'Refresh Drift' : 'Compare with Live State',
              'refreshDrift',
              targetText(environment),
            ),
          ]
        : []),
      ...(compared
        ? [item('diff-multiple', 'Review All Drift', 'reviewDrift'), item('cloud-upload', 'Sync…', 'syncEnvironment')]
        : []),
      item('server-environment', 'Choose Environment…', 'chooseEnvironment'),
      item('list-tree', 'Show Drift View', 'drift.focus'),
      item('output', 'Show Operations Log', 'showLog'),
    ];
    const title = environment
      ? joined(environment.name, targetText(environment), `Kubernetes ${environment.kubernetesVersion}`)
      : 'Plumbline';
    const picked = await vscode.window.showQuickPick(items, { title, placeHolder: 'Choose an action' });
    if (picked) {
      await vscode.commands.executeCommand(picked.command);
    }
  },
};
