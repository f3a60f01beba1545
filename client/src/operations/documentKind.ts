// What the document under the caret is, and why, as a list whose lines lead to the places that they are about.
import * as vscode from 'vscode';
import { kindLines, statusText, type KindLine } from '../documentKind/model';
import type { Command } from './command';

export const documentKind: Command = {
  id: 'documentKind',
  async run({ documentKind: shown }) {
    const { view } = shown;
    if (view === undefined) {
      return;
    }
    const items = kindLines(view).map((line): vscode.QuickPickItem & { go?: KindLine['go'] } => ({
      label: `$(${line.icon}) ${line.label}`,
      ...(line.go === undefined ? {} : { go: line.go, description: 'open' }),
    }));
    const preview: vscode.QuickPickItem & { go?: KindLine['go'] } = { label: '$(open-preview) Open Rendered Preview' };
    const picked = await vscode.window.showQuickPick(
      [...items, { label: '', kind: vscode.QuickPickItemKind.Separator }, preview],
      { title: statusText(view), placeHolder: 'What this document is, and why' },
    );
    if (picked === preview) {
      await vscode.commands.executeCommand('plumbline.openPreview');
    } else if (picked?.go?.uri !== undefined) {
      const { line, character } = picked.go.range?.start ?? { line: 0, character: 0 };
      const at = new vscode.Position(line, character);
      await vscode.commands.executeCommand('vscode.open', vscode.Uri.parse(picked.go.uri), {
        selection: new vscode.Range(at, at),
      });
    }
  },
};
