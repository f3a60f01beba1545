// The real language server as a process, spoken to over stdio with the protocol's own library.
import { spawn, type ChildProcess } from 'node:child_process';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  StreamMessageReader,
  StreamMessageWriter,
  createProtocolConnection,
  type ClientCapabilities,
  type Diagnostic,
  type InitializeResult,
  type ProtocolConnection,
} from 'vscode-languageserver/node';
import type { Request } from '../../server/src/core/protocol';

export interface LanguageServerOptions {
  /** Absolute folders. */
  folders: string[];
  settings?: Record<string, unknown>;
  trusted?: boolean;
  env?: Record<string, string>;
  /** What the editor can do with texts: `textDocument` of the client's capabilities. */
  textDocument?: ClientCapabilities['textDocument'];
  suggestCommand?: string;
  /** `rich`: it knows links and groups of edits, as VS Code does. */
  editor?: 'plain' | 'rich';
  /** An edit of the server may make a file. */
  createsFiles?: boolean;
}

export interface TestServer {
  readonly connection: ProtocolConnection;
  readonly capabilities: InitializeResult['capabilities'];
  request<P, R>(request: Request<P, R>, params: P): Promise<R>;
  /** URI of a file, open or not. */
  uri(file: string): string;
  open(file: string, text: string, languageId?: string): string;
  /** Replaces the whole text. */
  change(uri: string, text: string): void;
  /** The diagnostics of a document, once `wanted` holds of them. Fails with what was last published after the deadline. */
  diagnostics(uri: string, wanted: (diagnostics: Diagnostic[]) => boolean, deadline?: number): Promise<Diagnostic[]>;
  /** Everything that the server logged. */
  log(): string;
  stop(): Promise<void>;
}

export async function startLanguageServer(options: LanguageServerOptions): Promise<TestServer> {
  const entry = path.resolve(__dirname, '../../server/src/main.js');
  const child: ChildProcess = spawn(process.execPath, [entry, '--stdio'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  let logged = '';
  child.stderr?.on('data', (data: Buffer) => (logged += data.toString()));
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) {
    throw new Error('no pipes');
  }
  const connection = createProtocolConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
  const published = new Map<string, Diagnostic[]>();
  const waiting = new Set<() => void>();
  connection.onNotification('textDocument/publishDiagnostics', (params: { uri: string; diagnostics: Diagnostic[] }) => {
    published.set(params.uri, params.diagnostics);
    waiting.forEach((check) => check());
  });
  connection.onNotification('window/logMessage', (params: { message: string }) => {
    logged += params.message + '\n';
  });
  connection.onRequest('workspace/configuration', () => [options.settings ?? {}]);
  connection.onRequest('client/registerCapability', () => null);
  connection.listen();
  const folders = options.folders.map((folder) => ({ uri: pathToFileURL(folder).href, name: path.basename(folder) }));
  const rich = options.editor === 'rich';
  const { capabilities } = await connection.sendRequest<InitializeResult>('initialize', {
    processId: process.pid,
    rootUri: null,
    workspaceFolders: folders,
    capabilities: {
      workspace: {
        configuration: true,
        workspaceFolders: true,
        ...(options.createsFiles === true ? { workspaceEdit: { resourceOperations: ['create'] } } : {}),
        ...(rich ? { workspaceEdit: { documentChanges: true, changeAnnotationSupport: {} } } : {}),
      },
      ...(options.textDocument === undefined
        ? rich
          ? { textDocument: { definition: { linkSupport: true } } }
          : {}
        : { textDocument: options.textDocument }),
    },
    initializationOptions: {
      trusted: options.trusted ?? true,
      ...(options.suggestCommand === undefined ? {} : { suggestCommand: options.suggestCommand }),
    },
  });
  await connection.sendNotification('initialized', {});
  const versions = new Map<string, number>();
  return {
    connection,
    capabilities,
    request: (request, params) => connection.sendRequest(request.method, params),
    uri: (file) => pathToFileURL(file).href,
    open(file, text, languageId = 'yaml') {
      const uri = pathToFileURL(file).href;
      versions.set(uri, 1);
      void connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId, version: 1, text },
      });
      return uri;
    },
    change(uri, text) {
      const version = (versions.get(uri) ?? 1) + 1;
      versions.set(uri, version);
      void connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ text }],
      });
    },
    diagnostics(uri, wanted, deadline = 30_000) {
      return new Promise((resolve, reject) => {
        const check = (): void => {
          const now = published.get(uri);
          if (now !== undefined && wanted(now)) {
            clearTimeout(timer);
            waiting.delete(check);
            resolve(now);
          }
        };
        const timer = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`Not published in time: ${JSON.stringify(published.get(uri), null, 1)}\n${logged}`));
        }, deadline);
        waiting.add(check);
        check();
      });
    },
    log: () => logged,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await connection.sendRequest('shutdown').catch(() => undefined);
      await connection.sendNotification('exit').catch(() => undefined);
      const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
      await ended;
      clearTimeout(timer);
      connection.dispose();
    },
  };
}
