// Owns which source's revisions are shown, and those revisions. Reads Git only; contacts no remote and no cluster.
import * as vscode from 'vscode';
import { historyRequest, type RevisionView } from '../../../server/src/core/protocol';
import type { LanguageServer } from '../languageClient';

/** One source of one repository. */
export interface SourceRef {
  folder: string;
  source: string;
  /** What people call it. */
  name: string;
}

const pageSize = 50;

export class HistoryStore implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private chosen: SourceRef | undefined;
  private known: RevisionView[] = [];
  private why: string | undefined;
  private limit = pageSize;
  private asked = 0;
  private readonly subscriptions: vscode.Disposable;

  constructor(private readonly server: LanguageServer) {
    this.subscriptions = vscode.Disposable.from(server.onReady(() => void this.load()));
  }

  get source(): SourceRef | undefined {
    return this.chosen;
  }
  get revisions(): readonly RevisionView[] {
    return this.known;
  }
  /** Why there are no revisions: not a Git repository, for example. */
  get failure(): string | undefined {
    return this.why;
  }
  /** True where the list may go on. */
  get hasMore(): boolean {
    return this.known.length >= this.limit;
  }

  async show(source: SourceRef): Promise<void> {
    this.chosen = source;
    this.known = [];
    this.why = undefined;
    this.limit = pageSize;
    await this.load();
  }

  async more(): Promise<void> {
    this.limit *= 4;
    await this.load();
  }

  /** Reads the chosen source's revisions again. */
  async load(): Promise<void> {
    const source = this.chosen;
    if (source === undefined) {
      return;
    }
    const asked = ++this.asked;
    const { folder } = source;
    const answer = await this.server
      .request(historyRequest, { folder, source: source.source, limit: this.limit })
      .catch((error: unknown) => ({ failure: { message: error instanceof Error ? error.message : String(error) } }));
    if (asked !== this.asked) {
      return;
    }
    this.known = 'revisions' in answer ? answer.revisions : [];
    this.why = 'failure' in answer ? answer.failure.message : undefined;
    this.changed.fire();
  }

  dispose(): void {
    this.subscriptions.dispose();
    this.changed.dispose();
  }
}
