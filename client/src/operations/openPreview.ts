// Opens what a source renders to, beside the file.
import * as vscode from 'vscode';
import type { Command } from './command';
import { isSourceNode } from './targets';

export const openPreview: Command = {
  id: 'openPreview',
  async run({ previews: lazy, dialogs }, ...args) {
    const previews = await lazy.load();
    const [arg] = args;
    const uri = arg instanceof vscode.Uri ? arg : typeof arg === 'string' ? vscode.Uri.parse(arg) : undefined;
    const active = vscode.window.activeTextEditor?.document.uri;
    let none: string | undefined;
    if (isSourceNode(arg)) {
      const file = vscode.window.activeTextEditor?.document.uri.scheme === 'file';
      none = await previews.show({ folder: arg.folder, source: arg.source.id }, file);
    } else if (uri ?? active) {
      none = await previews.show({ uri: (uri ?? active) as vscode.Uri }, true);
    } else {
      none = 'Open a file of a kustomization, a chart or a manifest first.';
    }
    if (none !== undefined) {
      void dialogs.tell('info', none);
    }
  },
};
