// Marks beside the line numbers against the live state. One SourceControl for the life of the window, made at the first
// comparison: disposing one and making another kills the marks until the window is reloaded. It is switched off by answering
// "nothing to compare with", and refreshed by changing the text of the live side.
import * as vscode from 'vscode';
import { label, projectionRequest, type ObjectRef } from '../../../server/src/core/protocol';
import { stateIcon } from '../drift/decorations';
import { stateText, type DriftState } from '../drift/model';
import type { Host } from '../host';
import { quickDiffEnabled, onSettings } from '../settings';
import { folderOf } from '../sources/model';
import { liveScheme } from '../uris';

/** While a person types, the live side follows the open document's text after this pause. */
const pause = 250;

/** A row below our entry in the Source Control view. */
type DriftedState = vscode.SourceControlResourceState & { ref: ObjectRef };

export class QuickDiff implements vscode.TextDocumentContentProvider, vscode.QuickDiffProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private control: vscode.SourceControl | undefined;
  private group: vscode.SourceControlResourceGroup | undefined;
  /** Text of the live side by file; null: nothing of the file is compared. */
  private readonly projections = new Map<string, string | null>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly subscriptions: vscode.Disposable;

  constructor(private readonly host: Host) {
    this.subscriptions = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(liveScheme, this),
      host.drift.onDidChange(() => void this.refresh()),
      onSettings(['quickDiff.enabled'], () => void this.refresh()),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && this.projections.has(document.uri.toString())) {
          this.schedule(document.uri);
        }
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.projections.delete(uri.toString())),
    );
  }

  /** The editor asks which document holds the other side of a file; undefined: none, so no marks. */
  async provideOriginalResource(uri: vscode.Uri): Promise<vscode.Uri | undefined> {
    return (await this.project(uri)) === null ? undefined : liveUri(uri);
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const file = fileUri(uri);
    return this.projections.get(file.toString()) ?? (await this.project(file)) ?? '';
  }

  dispose(): void {
    this.timers.forEach((timer) => clearTimeout(timer));
    this.subscriptions.dispose();
    this.control?.dispose();
    this.changed.dispose();
  }

  /** Asks the server what the live state looks like in this file's own words. */
  private async project(uri: vscode.Uri): Promise<string | null> {
    if (uri.scheme !== 'file' || !quickDiffEnabled(uri) || this.comparedFolder(uri) === undefined) {
      this.projections.set(uri.toString(), null);
      return null;
    }
    try {
      const answer = await this.host.server.request(projectionRequest, { uri: uri.toString() });
      this.projections.set(uri.toString(), answer?.text ?? null);
      return answer?.text ?? null;
    } catch {
      // Logged where it happened; without an answer there are no marks.
      return null;
    }
  }

  private comparedFolder(uri: vscode.Uri): string | undefined {
    const folder = folderOf(this.host.workspace.views ?? [], uri.toString())?.folder;
    return this.host.drift.comparisons.some((c) => c.folder === folder && c.report) ? folder : undefined;
  }

  /** After a comparison: every known file is projected again, and files that were asked for in vain are asked for again. */
  private async refresh(): Promise<void> {
    if (this.control === undefined && this.host.drift.comparisons.some((c) => c.report)) {
      this.create();
    }
    this.listObjects();
    for (const key of [...this.projections.keys()]) {
      await this.update(vscode.Uri.parse(key));
    }
  }

  private async update(uri: vscode.Uri): Promise<void> {
    const before = this.projections.get(uri.toString());
    const now = await this.project(uri);
    if (((before ?? null) === null) !== (now === null)) {
      this.askAgain();
    } else if (before !== now) {
      this.changed.fire(liveUri(uri));
    }
  }

  private schedule(uri: vscode.Uri): void {
    const key = uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.set(
      key,
      setTimeout(() => {
        this.timers.delete(key);
        void this.update(uri);
      }, pause),
    );
  }

  private create(): void {
    this.control = vscode.scm.createSourceControl('plumbline', 'Live State');
    // There is nothing to commit to a cluster.
    this.control.inputBox.visible = false;
    // The Drift view has the badge; here the number would be added to that of Git's changes.
    this.control.count = 0;
    this.control.quickDiffProvider = this;
    this.group = this.control.createResourceGroup('drifted', 'Drifted');
    this.group.hideWhenEmpty = true;
  }

  /** Setting the provider anew makes the editor ask for the other side of the open files again. */
  private askAgain(): void {
    if (this.control) {
      this.control.quickDiffProvider = {
        provideOriginalResource: (uri) => this.provideOriginalResource(uri),
      };
    }
  }

  /** The drifted objects beside Git's changes, each at the file that it comes from. */
  private listObjects(): void {
    if (this.group === undefined) {
      return;
    }
    this.group.resourceStates = this.host.drift.comparisons.flatMap(({ folder, environment, report }) =>
      (report?.objects ?? []).flatMap((object): DriftedState[] => {
        if (object.origin === undefined || object.state === 'inSync' || object.state === 'unknown') {
          return [];
        }
        const ref: ObjectRef = { folder, environment, key: object.key };
        return [
          {
            ref,
            resourceUri: vscode.Uri.joinPath(vscode.Uri.parse(folder), object.origin.path),
            decorations: {
              tooltip: `${label(object.key)}, ${stateText(object.state)} in ${environment}`,
              iconPath: icon(object.state),
            },
            contextValue: object.state,
            command: { command: 'plumbline.openDiff', title: 'Open Diff', arguments: [ref] },
          },
        ];
      }),
    );
  }
}

const icon = (state: DriftState): vscode.ThemeIcon => stateIcon(state);
const liveUri = (uri: vscode.Uri): vscode.Uri => uri.with({ scheme: liveScheme });
const fileUri = (uri: vscode.Uri): vscode.Uri => uri.with({ scheme: 'file' });
