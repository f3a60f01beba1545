// Goes from an object, a field, a diff or a preview to the source line that it comes from.
import * as vscode from 'vscode';
import { label } from '../../../server/src/core/protocol';
import { originOf } from '../drift/model';
import { objectScheme, originUri, parseObjectUri, previewScheme } from '../uris';
import type { Command, Scope } from './command';
import { driftNodes, objectRefs } from './targets';

export const openSource: Command = {
  id: 'openSource',
  async run(host, ...args) {
    const node = driftNodes(args)[0];
    const origin = node && originOf(node);
    if (origin && 'ref' in node) {
      await vscode.commands.executeCommand('vscode.open', ...originUri(node.ref.folder, origin));
      return;
    }
    const uri = args[0] instanceof vscode.Uri ? args[0] : vscode.window.activeTextEditor?.document.uri;
    if (uri?.scheme === previewScheme) {
      await openPreviewSource(host, uri);
      return;
    }
    const ref = objectRefs(args)[0] ?? (uri?.scheme === objectScheme ? parseObjectUri(uri) : undefined);
    const texts = ref && (await host.documents.texts(ref));
    if (texts?.uri !== undefined) {
      const { start } = texts.range ?? { start: { line: 0, character: 0 } };
      const at = new vscode.Position(start.line, start.character);
      await vscode.commands.executeCommand('vscode.open', vscode.Uri.parse(texts.uri), {
        selection: new vscode.Range(at, at),
      });
    } else if (ref) {
      void host.dialogs.tell('info', `${label(ref.key)} has no source in this repository.`);
    }
  },
};

async function openPreviewSource(host: Scope, uri: vscode.Uri): Promise<void> {
  const line = vscode.window.activeTextEditor?.selection.active.line ?? 0;
  const place = (await host.previews.load()).get(uri)?.index.sourcesOf(line)[0];
  if (place === undefined) {
    void host.dialogs.tell('info', 'It is not known which source line this line comes from.');
    return;
  }
  const at = new vscode.Position(place.line, place.character);
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.parse(place.uri), {
    selection: new vscode.Range(at, at),
    viewColumn: vscode.ViewColumn.One,
  });
}
