// Context keys, which menus and welcome texts look at.
import * as vscode from 'vscode';

const last = new Map<string, unknown>();

/** Sets `plumbline.<key>` when its value is another one: each change makes the editor look at all menus. */
export function setContext(key: string, value: unknown): void {
  if (last.get(key) !== value) {
    last.set(key, value);
    void vscode.commands.executeCommand('setContext', `plumbline.${key}`, value);
  }
}
