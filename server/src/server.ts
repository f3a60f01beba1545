// The language server: takes a connection, registers what it can, follows documents and files. Everything it decides is the core's.
import {
  CodeActionKind,
  DidChangeConfigurationNotification,
  TextDocumentSyncKind,
  type Connection,
  type InitializeParams,
  type InitializeResult,
} from 'vscode-languageserver';
import type { Log } from './core/ports';
import type { InitializationOptions, Settings } from './core/protocol';
import { fixAllKind } from './handlers/codeActions';
import { Diagnostics } from './handlers/diagnostics';
import { DriftHandler } from './handlers/drift';
import { FormattingRegistration } from './handlers/formatting';
import { registerGraph } from './handlers/graph';
import { tokenLegend } from './handlers/semanticTokens';
import { registerHistory } from './handlers/history';
import { registerLanguage } from './handlers/language';
import { Previews } from './handlers/preview';
import { registerSchemas } from './handlers/schemas';
import { registerUpgrade } from './handlers/upgrade';
import { registerWorkspace } from './handlers/workspace';
import { Session, withDefaults } from './session';
import { toAbsolute } from './uris';
import { version } from './version';

/** Starts serving; resolves never: the connection's end ends the process. */
export function startServer(connection: Connection): void {
  const log: Log = {
    info: (message) => connection.console.info(message),
    warn: (message) => connection.console.warn(message),
    error: (message) => connection.console.error(message),
  };
  // A bug in one answer must not take the others with it.
  process.on('unhandledRejection', (reason) => {
    log.error(`Unexpected: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`);
  });
  const session = new Session(connection, log);
  const diagnostics = new Diagnostics(session);
  const previews = new Previews(session);
  const drift = new DriftHandler(session);
  registerLanguage(session, diagnostics);
  registerGraph(session);
  registerHistory(session, drift);
  registerSchemas(session, diagnostics);
  registerUpgrade(session);
  registerWorkspace(session, diagnostics, () => drift.refreshEditors());

  const formatting = new FormattingRegistration(session);
  let folders: string[] = [];
  let asksConfiguration = false;
  let registersConfiguration = false;

  connection.onInitialize((params: InitializeParams): InitializeResult => {
    const options = params.initializationOptions as InitializationOptions | undefined;
    // Other editors have no Restricted Mode: who starts the server by hand trusts the folder.
    session.trusted = options?.trusted ?? true;
    const { textDocument } = params.capabilities;
    session.editor = {
      snippets: textDocument?.completion?.completionItem?.snippetSupport === true,
      registersFormatting: textDocument?.formatting?.dynamicRegistration === true,
      links: textDocument?.definition?.linkSupport === true,
      annotations: params.capabilities.workspace?.workspaceEdit?.changeAnnotationSupport !== undefined,
      showsProgress: params.capabilities.window?.workDoneProgress === true,
      labelDetails: textDocument?.completion?.completionItem?.labelDetailsSupport === true,
      createsFiles: params.capabilities.workspace?.workspaceEdit?.resourceOperations?.includes('create') === true,
      ...(options?.suggestCommand === undefined ? {} : { suggestCommand: options.suggestCommand }),
    };
    const named = params.workspaceFolders?.map((folder) => folder.uri) ?? [];
    folders = named.length > 0 ? named : legacyRoot(params);
    asksConfiguration = params.capabilities.workspace?.configuration === true;
    registersConfiguration = params.capabilities.workspace?.didChangeConfiguration?.dynamicRegistration === true;
    return {
      serverInfo: { name: 'plumbline', version: version() },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
        hoverProvider: true,
        completionProvider: { triggerCharacters: [' ', ':', '-', '\n'], resolveProvider: true },
        documentSymbolProvider: true,
        foldingRangeProvider: true,
        selectionRangeProvider: true,
        documentLinkProvider: {},
        semanticTokensProvider: { legend: tokenLegend, full: true },
        ...(session.editor.registersFormatting
          ? {}
          : { documentFormattingProvider: true, documentRangeFormattingProvider: true }),
        definitionProvider: true,
        typeDefinitionProvider: true,
        implementationProvider: true,
        referencesProvider: true,
        documentHighlightProvider: true,
        renameProvider: { prepareProvider: true },
        callHierarchyProvider: true,
        workspaceSymbolProvider: true,
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAllKind] },
        inlayHintProvider: true,
        codeLensProvider: { resolveProvider: false },
        workspace: {
          workspaceFolders: { supported: true, changeNotifications: true },
          fileOperations: { willRename: { filters: [{ scheme: 'file', pattern: { glob: '**/*' } }] } },
        },
      },
    };
  });

  connection.onInitialized(async () => {
    if (registersConfiguration) {
      await connection.client.register(DidChangeConfigurationNotification.type, { section: 'plumbline' });
    }
    await readSettings();
    for (const uri of folders) {
      const folder = toAbsolute(uri);
      if (folder !== undefined) {
        await session.openFolder(folder).catch((error: unknown) => log.error(`${folder}: ${String(error)}`));
      }
    }
    session.foldersOpened();
    connection.workspace.onDidChangeWorkspaceFolders(async ({ added }) => {
      for (const { uri } of added) {
        const folder = toAbsolute(uri);
        if (folder !== undefined) {
          await session.openFolder(folder);
        }
      }
    });
    for (const document of session.documents.all()) {
      void diagnostics.changed(document.uri);
    }
  });

  const readSettings = async (): Promise<void> => {
    if (asksConfiguration) {
      const given = (await connection.workspace.getConfiguration('plumbline')) as Partial<Settings> | null;
      session.settings = withDefaults(given ?? {});
    }
    await formatting.follow();
  };

  connection.onDidChangeConfiguration(async () => {
    await readSettings();
    drift.refreshEditors();
    for (const document of session.documents.all()) {
      void diagnostics.changed(document.uri);
    }
  });

  connection.onDidChangeWatchedFiles(async ({ changes }) => {
    const touched = new Set<string>();
    for (const { uri } of changes) {
      if (session.documents.get(uri) !== undefined) {
        continue; // The open text is newer than the disk.
      }
      const place = await session.placeOf(uri);
      if (place !== undefined) {
        place.repository.changed();
        previews.changed(place.repository, place.path);
        touched.add(place.repository.folder);
      }
    }
    for (const document of session.documents.all()) {
      const place = await session.placeOf(document.uri);
      if (place !== undefined && touched.has(place.repository.folder)) {
        void diagnostics.changed(document.uri);
      }
    }
  });

  session.documents.onDidOpen(async ({ document }) => {
    const place = await session.placeOf(document.uri);
    place?.repository.open(document.uri, place.path, document.getText());
  });
  session.documents.onDidChangeContent(async ({ document }) => {
    const place = await session.placeOf(document.uri);
    if (place !== undefined && session.documents.get(document.uri)?.version === document.version) {
      place.repository.edit(place.path, document.getText(), () => session.document(document.uri)?.parsed);
      previews.changed(place.repository, place.path);
    }
    await diagnostics.changed(document.uri);
  });
  session.documents.onDidClose(async ({ document }) => {
    diagnostics.closed(document.uri);
    const place = await session.placeOf(document.uri);
    place?.repository.close(place.path);
  });

  connection.onShutdown(() => session.dispose());
  session.documents.listen(connection);
  connection.listen();
}

function legacyRoot(params: InitializeParams): string[] {
  return params.rootUri === null || params.rootUri === undefined ? [] : [params.rootUri];
}
