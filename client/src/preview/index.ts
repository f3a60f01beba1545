// Registers previews. Their code stands in its own bundle, which the first preview loads.
import * as vscode from 'vscode';
import type { LanguageServer } from '../languageClient';
import type { WorkspaceStore } from '../sources/store';
import { previewScheme } from '../uris';
import type { Previews } from './previews';

export class LazyPreviews implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private loaded: Promise<Previews> | undefined;
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly server: LanguageServer,
    private readonly workspace: WorkspaceStore,
  ) {
    this.subscriptions = vscode.workspace.registerTextDocumentContentProvider(previewScheme, this);
  }

  load(): Promise<Previews> {
    this.loaded ??= import('./previews.js').then(
      ({ Previews }) => new Previews(this.server, this.workspace, (uri) => this.changed.fire(uri)),
    );
    return this.loaded;
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    return (await this.load()).textFor(uri);
  }

  dispose(): void {
    void this.loaded?.then((previews) => previews.dispose());
    this.subscriptions.dispose();
    this.changed.dispose();
  }
}
