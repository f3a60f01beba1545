// What a command is, and the one place where its failures are caught.
import * as vscode from 'vscode';
import type { DriftView } from '../drift/index';
import type { Host } from '../host';

/** What commands work with. */
export interface Scope extends Host {
  readonly view: DriftView;
}

export interface Command {
  /** Without the prefix `plumbline.`; package.json has title, icon and places. */
  id: string;
  /** True where it contacts a target, starts a process or writes: refused in Restricted Mode (wall 8). */
  needsTrust?: boolean;
  run(scope: Scope, ...args: unknown[]): Promise<void> | void;
}

/** Runs a command for a person: trust is looked at first, and a failure is told and logged. */
export async function runCommand(scope: Scope, command: Command, args: unknown[]): Promise<void> {
  if (command.needsTrust && !vscode.workspace.isTrusted) {
    await offerTrust(scope);
    return;
  }
  try {
    await command.run(scope, ...args);
  } catch (error) {
    if (!(error instanceof vscode.CancellationError)) {
      await tellFailure(scope, `Plumbline: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

async function offerTrust({ dialogs }: Host): Promise<void> {
  const manage = 'Manage Workspace Trust';
  const message = 'In Restricted Mode Plumbline contacts no cluster and writes nothing. Trust this folder first.';
  if ((await dialogs.tell('info', message, manage)) === manage) {
    await vscode.commands.executeCommand('workbench.trust.manage');
  }
}

/** Tells of a failure, with the way to the log; the log has it too. */
export async function tellFailure({ dialogs, log }: Host, message: string): Promise<void> {
  log.error(message);
  const show = 'Show Operations Log';
  if ((await dialogs.tell('error', message, show)) === show) {
    log.show(true);
  }
}

/** Runs work with a progress notification that can be cancelled. */
export function withNotification<T>(title: string, work: (token: vscode.CancellationToken) => Promise<T>): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(vscode.window.withProgress(options, (_progress, token) => work(token)));
}
