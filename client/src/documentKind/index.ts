// The status bar item that says what the document under the caret is. It asks when the caret goes to another document, and when typing
// rests; it is hidden for everything that Plumbline has nothing to do with.
import * as vscode from 'vscode';
import { documentKindRequest, type DocumentKindView } from '../../../server/src/core/protocol';
import type { Host } from '../host';
import { kindSummary, statusText } from './model';

/** Rest after the last keystroke or movement; milliseconds. */
const rest = 200;

export class DocumentKind implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(
    'plumbline.documentKind',
    vscode.StatusBarAlignment.Right,
    // Left of the language of the file.
    100.7,
  );
  private readonly subscriptions: vscode.Disposable[];
  private timer: NodeJS.Timeout | undefined;
  /** Answers that were overtaken are dropped. */
  private asked = 0;
  private current: DocumentKindView | undefined;

  constructor(private readonly host: Pick<Host, 'server' | 'workspace'>) {
    this.item.name = 'Plumbline: Kind of Document';
    this.item.command = 'plumbline.documentKind';
    this.subscriptions = [
      this.item,
      vscode.window.onDidChangeActiveTextEditor(() => this.soon(0)),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor === vscode.window.activeTextEditor) {
          this.soon(rest);
        }
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document === vscode.window.activeTextEditor?.document) {
          this.soon(rest);
        }
      }),
      host.workspace.onDidChange(() => this.soon(rest)),
    ];
  }

  /** What the item shows now. */
  get view(): DocumentKindView | undefined {
    return this.current;
  }

  private soon(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.refresh(), milliseconds);
  }

  private async refresh(): Promise<void> {
    const asked = ++this.asked;
    const editor = vscode.window.activeTextEditor;
    // Nothing starts the server only to say what a file is.
    const isAsked =
      editor !== undefined && editor.document.uri.scheme === 'file' && this.host.workspace.views !== undefined;
    const view = isAsked ? await this.ask(editor) : undefined;
    if (asked === this.asked) {
      this.show(view);
    }
  }

  private async ask(editor: vscode.TextEditor): Promise<DocumentKindView | undefined> {
    try {
      const params = { uri: editor.document.uri.toString(), line: editor.selection.active.line };
      return (await this.host.server.request(documentKindRequest, params)) ?? undefined;
    } catch {
      // The item only informs; why the server does not answer is said elsewhere.
      return undefined;
    }
  }

  private show(view: DocumentKindView | undefined): void {
    this.current = view;
    if (view === undefined) {
      this.item.hide();
      return;
    }
    const text = statusText(view);
    const tooltip = new vscode.MarkdownString();
    kindSummary(view).forEach((line, index) => tooltip.appendText(index === 0 ? line : `\n\n${line}`));
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: `${text}, kind of document, Plumbline`, role: 'button' };
    this.item.show();
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }
}
