// Compares an environment with its target: the person's request that wall 8 asks for.
import * as vscode from 'vscode';
import { findEnvironment } from '../sources/model';
import { tellFailure, type Command } from './command';
import { environmentOf } from './targets';

export const refreshDrift: Command = {
  id: 'refreshDrift',
  needsTrust: true,
  async run(host, ...args) {
    const ref = environmentOf(host, args);
    if (ref === undefined) {
      void host.dialogs.tell('info', 'No environment was found to compare. Describe one in .plumbline.yaml.');
      return;
    }
    if (findEnvironment(host.workspace.views ?? [], ref)?.target === undefined) {
      const open = 'Open Configuration';
      const message = `${ref.environment} has no target: name its context or snapshot in .plumbline.yaml.`;
      if ((await host.dialogs.tell('info', message, open)) === open) {
        await vscode.commands.executeCommand('plumbline.createConfiguration');
      }
      return;
    }
    const comparison = await vscode.window.withProgress(
      { location: { viewId: 'plumbline.drift' }, title: `Comparing ${ref.environment}` },
      (_progress, token) => host.drift.refresh(ref, token),
    );
    if (comparison?.failure) {
      await tellFailure(host, comparison.failure.message);
    }
  },
};
