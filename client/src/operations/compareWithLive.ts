// Compares a file with the live state in the file's own words. The right side is the file itself: the arrows of the diff editor
// copy live values into it.
import * as path from 'node:path';
import * as vscode from 'vscode';
import { projectionRequest } from '../../../server/src/core/protocol';
import { openObjectDiff } from '../diff/open';
import { liveScheme } from '../uris';
import type { Command } from './command';
import { driftedIn } from './targets';

export const compareWithLive: Command = {
  id: 'compareWithLive',
  async run(host, ...args) {
    const [arg] = args;
    const given = arg instanceof vscode.Uri ? arg : typeof arg === 'string' ? vscode.Uri.parse(arg) : undefined;
    const uri = (given ?? vscode.window.activeTextEditor?.document.uri)?.with({ scheme: 'file' });
    if (uri === undefined) {
      return;
    }
    const name = path.posix.basename(uri.path);
    const projection = await host.server.request(projectionRequest, { uri: uri.toString() });
    if (projection === null) {
      void host.dialogs.tell('info', `Nothing in ${name} was compared with a live state yet: refresh the drift first.`);
      return;
    }
    const document = await vscode.workspace.openTextDocument(uri);
    if (projection.text === document.getText()) {
      // Nothing differs in the file's own words. A template can still make an object that differs: that object is shown.
      const ref = driftedIn(host, uri);
      if (ref) {
        await openObjectDiff(host, ref);
      } else {
        void host.dialogs.tell('info', `Nothing in ${name} differs from what is live in ${projection.environment}.`);
      }
      return;
    }
    const title = `${name} (Live ${projection.environment} ↔ Working Tree)`;
    await vscode.commands.executeCommand('vscode.diff', uri.with({ scheme: liveScheme }), uri, title);
  },
};
