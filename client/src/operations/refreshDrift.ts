// Compares an environment with its target: the person's request that wall 8 asks for.
import * as vscode from 'vscode';
import type { Host } from '../host';
import { findEnvironment, type EnvironmentRef } from '../sources/model';
import { tellFailure, type Command } from './command';
import { environmentOf } from './targets';

export const refreshDrift: Command = {
  id: 'refreshDrift',
  needsTrust: true,
  run: (host) => refresh(host, host.workspace.chosen),
};

export const refreshEnvironment: Command = {
  id: 'refreshEnvironment',
  needsTrust: true,
  run: (host, ...args) => refresh(host, environmentOf(host, args)),
};

async function refresh(host: Host, ref: EnvironmentRef | undefined): Promise<void> {
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
}
