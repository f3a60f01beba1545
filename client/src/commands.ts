// Registers what the manifest contributes as commands. Their code stands in its own bundle, which the first use loads.
import * as vscode from 'vscode';
import type { Scope } from './operations/command';

interface Manifest {
  contributes: { commands: { command: string }[] };
}

export function registerCommands(scope: Scope): void {
  const manifest = scope.context.extension.packageJSON as Manifest;
  for (const { command: id } of manifest.contributes.commands) {
    scope.context.subscriptions.push(
      vscode.commands.registerCommand(id, async (...args: unknown[]) => {
        const { commands, runCommand } = await import('./operations/index.js');
        const command = commands.find((c) => `plumbline.${c.id}` === id);
        if (command === undefined) {
          throw new Error(`No code for the command ${id}`);
        }
        await runCommand(scope, command, args);
      }),
    );
  }
}
