// The plan that a person is looking at: a multi-file diff is open, and the way on is a button in its title bar and an item in the
// status bar. Both go when the diff is closed; a notification would stay and say what is no longer so.
import * as vscode from 'vscode';
import { setContext } from '../context';

export class Review implements vscode.Disposable {
  private pending: { title: string; next: () => Promise<void> } | undefined;
  private readonly item = vscode.window.createStatusBarItem('plumbline.review', vscode.StatusBarAlignment.Left, 9);
  private readonly subscription: vscode.Disposable;

  constructor() {
    this.item.name = 'Plumbline Review';
    this.item.command = 'plumbline.continueReview';
    this.item.tooltip = 'Nothing has been written yet. Go on when you have read the changes: you will be asked again.';
    this.item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
    this.subscription = vscode.Disposable.from(
      this.item,
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        // The editor puts a count behind the title.
        if (this.pending && closed.some((tab) => tab.label.startsWith(this.pending?.title ?? ''))) {
          this.clear();
        }
      }),
    );
  }

  /** `next` asks for confirmation again; `action` says what for. A newer review takes the place of an older one. */
  begin(title: string, action: string, next: () => Promise<void>): void {
    this.pending = { title, next };
    this.item.text = `$(check) ${action}`;
    this.item.show();
    setContext('reviewing', true);
  }

  async continue(): Promise<void> {
    const next = this.pending?.next;
    this.clear();
    await next?.();
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private clear(): void {
    this.pending = undefined;
    this.item.hide();
    setContext('reviewing', false);
  }
}
