// Typed reads of the settings that the client itself needs; the server asks for its own.
import * as vscode from 'vscode';

const section = 'plumbline';

const read = <T>(name: string, otherwise: T, scope?: vscode.Uri): T =>
  vscode.workspace.getConfiguration(section, scope).get<T>(name) ?? otherwise;

/** Environment to begin with; empty: the first one found. */
export const initialEnvironment = (scope?: vscode.Uri): string => read('environment', '', scope);
export const quickDiffEnabled = (scope?: vscode.Uri): boolean => read('quickDiff.enabled', true, scope);
export const followCaret = (): boolean => read('preview.followCaret', true);

/** Calls back when one of the named settings changed. */
export function onSettings(names: string[], listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (names.some((name) => event.affectsConfiguration(`${section}.${name}`))) {
      listener();
    }
  });
}
