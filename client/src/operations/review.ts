// The plan that a person is looking at: a multi-file diff is open, and the way on is a button in its title bar and a notification.
import * as vscode from 'vscode';
import { setContext } from '../context';

export class Review implements vscode.Disposable {
  private pending: { title: string; next: () => Promise<void> } | undefined;
  private readonly subscription = vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
    // The editor puts a count behind the title.
    if (this.pending && closed.some((tab) => tab.label.startsWith(this.pending?.title ?? ''))) {
      this.clear();
    }
  });

  /** `next` asks for confirmation again. A newer review takes the place of an older one. */
  begin(title: string, next: () => Promise<void>): void {
    this.pending = { title, next };
    setContext('reviewing', true);
  }

  /** True where `continue` would go on with this very review. */
  isCurrent(next: () => Promise<void>): boolean {
    return this.pending?.next === next;
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
    setContext('reviewing', false);
  }
}
