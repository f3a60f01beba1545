// What the tests in the editor share: the extension's host, files of the example repository, and waiting without sleeping.
import * as vscode from 'vscode';
import type { Question } from '../../../client/src/dialogs';
import type { Scope } from '../../../client/src/operations/command';

/** Asks again until the answer is there; fails with `what` after the deadline. */
export async function until<T>(
  what: string,
  answer: () => T | undefined | false | Thenable<T | undefined | false>,
  milliseconds = 20_000,
): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await answer();
    if (value !== undefined && value !== false) {
      return value;
    }
    if (Date.now() > end) {
      throw new Error(`Waited ${milliseconds / 1000} s for ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** The extension's own host, which it gives to tests only. */
export async function activated(): Promise<Scope> {
  const extension = vscode.extensions.getExtension<Scope>('plumbline.plumbline');
  if (extension === undefined) {
    throw new Error('The extension is not installed');
  }
  const host = await extension.activate();
  await until('sources and environments', () => (host.workspace.views?.[0]?.environments.length ?? 0) > 0);
  return host;
}

/** Compares the chosen environment, as the person's click does. */
export async function compared(): Promise<Scope> {
  const host = await activated();
  const chosen = host.workspace.chosen;
  if (chosen === undefined) {
    throw new Error('No environment is chosen');
  }
  if (host.drift.get(chosen)?.state !== 'compared') {
    await vscode.commands.executeCommand('plumbline.refreshDrift');
  }
  await until('the comparison', () => host.drift.get(chosen)?.state === 'compared');
  return host;
}

/**
 * From now on answers modal questions in the person's place, in order and then with nothing, and confirms names. What was asked
 * is returned by the function.
 */
export function answering(host: Scope, ...answers: (string | undefined)[]): () => Question[] {
  const asked: Question[] = [];
  host.dialogs = {
    ask: async (question) => answers[asked.push(question) - 1],
    askExactly: async () => true,
    tell: async () => undefined,
  };
  return () => asked;
}

export function fileUri(path: string): vscode.Uri {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (root === undefined) {
    throw new Error('No folder is open');
  }
  return vscode.Uri.joinPath(root, path);
}

export async function open(path: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(fileUri(path)));
}

/** The position right behind the first occurrence of a text. */
export function after(document: vscode.TextDocument, text: string): vscode.Position {
  const index = document.getText().indexOf(text);
  if (index < 0) {
    throw new Error(`${document.uri.path} has no ${JSON.stringify(text)}`);
  }
  return document.positionAt(index + text.length);
}

/** Puts a file back as it is on disk, and closes everything. */
export async function revertAll(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.files.revert');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
