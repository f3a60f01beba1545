// What every feature is given: the editor's context, the log, the server, and the owners of what is known about the repository.
import type * as vscode from 'vscode';
import type { ObjectDocuments } from './diff/objectDocuments';
import type { Dialogs } from './dialogs';
import type { DocumentKind } from './documentKind/index';
import type { DriftStore } from './drift/store';
import type { HistoryStore } from './history/store';
import type { LanguageServer } from './languageClient';
import type { LazyPreviews } from './preview/index';
import type { WorkspaceStore } from './sources/store';
import type { Review } from './operations/review';

export interface Host {
  readonly context: vscode.ExtensionContext;
  /** The operations log, which people see as the output channel "Plumbline". */
  readonly log: vscode.LogOutputChannel;
  readonly server: LanguageServer;
  /** Sources, environments and which one is chosen. */
  readonly workspace: WorkspaceStore;
  /** Comparisons of environments with their targets. */
  readonly drift: DriftStore;
  /** Revisions of the chosen source. */
  readonly history: HistoryStore;
  readonly documents: ObjectDocuments;
  /** What the document under the caret is. */
  readonly documentKind: DocumentKind;
  readonly previews: LazyPreviews;
  /** The plan that is being looked at, where one is. */
  readonly review: Review;
  /** Questions to the person; tests answer them in the person's place. */
  dialogs: Dialogs;
}
