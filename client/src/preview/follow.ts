// Caret and preview follow each other: the source line's rendered lines are highlighted, and a click in the preview shows the
// source line. Scrolling is left alone: two panes that scroll each other fight the person.
import * as vscode from 'vscode';
import { followCaret } from '../settings';
import { previewScheme } from '../uris';
import { rangesOf } from './origins';
import type { Previews } from './previews';

export function followCarets(previews: Previews): vscode.Disposable {
  const highlight = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.selectionHighlightBackground'),
    // Seen in high contrast only, where the background is not.
    border: '1px solid',
    borderColor: new vscode.ThemeColor('plumbline.renderedLineBorder'),
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.selectionHighlightForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Full,
  });
  const stale = vscode.window.createTextEditorDecorationType({ isWholeLine: true, opacity: '0.55' });

  const showRendered = (source: vscode.TextEditor, reveal: boolean): void => {
    for (const editor of vscode.window.visibleTextEditors) {
      const preview = previews.get(editor.document.uri);
      const uri = source.document.uri.toString();
      if (preview === undefined || !preview.index.has(uri)) {
        continue;
      }
      const ranges = rangesOf(preview.index.renderedOf(uri, source.selection.active.line)).map(
        ([from, to]) => new vscode.Range(from, 0, to, 0),
      );
      editor.setDecorations(highlight, ranges);
      if (ranges[0]) {
        previews.noteCaret(editor.document.uri, ranges[0].start.line);
      }
      if (reveal && ranges[0]) {
        editor.revealRange(ranges[0], vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      }
    }
  };
  const showStale = (): void => {
    for (const editor of vscode.window.visibleTextEditors) {
      const preview = previews.get(editor.document.uri);
      if (preview) {
        const all = new vscode.Range(0, 0, editor.document.lineCount, 0);
        editor.setDecorations(stale, preview.result.failure && preview.result.text !== '' ? [all] : []);
      }
    }
  };
  const again = (): void => {
    showStale();
    const source = vscode.window.activeTextEditor;
    if (followCaret() && source && source.document.uri.scheme === 'file') {
      showRendered(source, false);
    }
  };
  return vscode.Disposable.from(
    highlight,
    stale,
    vscode.window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
      if (!followCaret()) {
        return;
      }
      if (textEditor.document.uri.scheme === previewScheme) {
        // Only a person's click: our own reveals must not come back as an echo.
        if (kind === vscode.TextEditorSelectionChangeKind.Mouse) {
          void showSource(previews, textEditor);
        }
      } else {
        showRendered(textEditor, true);
      }
    }),
    vscode.window.onDidChangeVisibleTextEditors(again),
    // After a new rendering, the lines have moved.
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document.uri.scheme === previewScheme) {
        again();
      }
    }),
    previews.onDidChangeCodeLenses(again),
  );
}

async function showSource(previews: Previews, editor: vscode.TextEditor): Promise<void> {
  const place = previews.get(editor.document.uri)?.index.sourcesOf(editor.selection.active.line)[0];
  if (place === undefined) {
    return;
  }
  const uri = vscode.Uri.parse(place.uri);
  const visible = vscode.window.visibleTextEditors.find((e) => e.document.uri.toString() === place.uri);
  const other = vscode.window.visibleTextEditors.find((e) => e !== editor && e.document.uri.scheme === 'file');
  const at = new vscode.Position(place.line, place.character);
  const shown = await vscode.window.showTextDocument(uri, {
    viewColumn: visible?.viewColumn ?? other?.viewColumn ?? vscode.ViewColumn.One,
    preserveFocus: true,
    preview: true,
  });
  shown.selection = new vscode.Selection(at, at);
  shown.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
