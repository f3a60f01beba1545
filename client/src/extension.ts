// The extension's table of contents: makes the owners of state, registers each feature, starts the server.
import * as vscode from 'vscode';
import { editorDialogs } from './dialogs';
import { registerCommands } from './commands';
import { ObjectDocuments } from './diff/objectDocuments';
import { QuickDiff } from './diff/quickDiff';
import { Coexistence } from './coexistence/index';
import { DocumentKind } from './documentKind/index';
import { registerDrift } from './drift/index';
import { DriftStore } from './drift/store';
import { registerHistory } from './history/index';
import { HistoryStore } from './history/store';
import type { Host } from './host';
import { LanguageServerProcess } from './languageClient';
import { Review } from './operations/review';
import { LazyPreviews } from './preview/index';
import { registerSources } from './sources/index';
import { WorkspaceStore } from './sources/store';
import { registerStatus } from './status';

/** Returns the host to tests only: they answer dialogs in the person's place. */
export function activate(context: vscode.ExtensionContext): Host | undefined {
  const log = vscode.window.createOutputChannel('Plumbline', { log: true });
  const server = new LanguageServerProcess(context, log);
  const workspace = new WorkspaceStore(server, context.workspaceState);
  const drift = new DriftStore(server, log);
  const history = new HistoryStore(server);
  const documents = new ObjectDocuments(server, drift);
  const previews = new LazyPreviews(server, workspace);
  const review = new Review();
  const documentKind = new DocumentKind({ server, workspace });
  const host: Host = {
    context,
    log,
    server,
    workspace,
    drift,
    history,
    documents,
    documentKind,
    previews,
    review,
    dialogs: editorDialogs,
  };

  const view = registerDrift(host);
  registerHistory(host);
  registerSources(host);
  registerStatus(host);
  // Commands read `dialogs` when they run: a test may have replaced it.
  registerCommands(Object.assign(host, { view }));

  context.subscriptions.push(log, server, workspace, drift, history, documents, documentKind, previews, review);
  context.subscriptions.push(new QuickDiff(host), new Coexistence(server, context.workspaceState, log));
  // A trusted server may read a kubeconfig and start processes; an untrusted one has been told that it may not.
  context.subscriptions.push(
    vscode.workspace.onDidGrantWorkspaceTrust(() => void server.restart().catch(() => undefined)),
  );
  if (vscode.workspace.workspaceFolders?.length) {
    setImmediate(() => void server.start().catch(() => undefined));
  }
  return context.extensionMode === vscode.ExtensionMode.Test ? host : undefined;
}
