// Speaks the language-server protocol. The only file that loads the library for it; bundled apart as dist/languageClient.js.
import * as path from 'node:path';
import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  LSPErrorCodes,
  ResponseError,
  State,
  TransportKind,
  type ErrorHandler,
} from 'vscode-languageclient/node';
import { Doubles } from './coexistence/doubles';
import { clientCommands, type InitializationOptions } from '../../server/src/core/protocol';

export interface Connection {
  readonly running: boolean;
  request(method: string, params: unknown, token?: vscode.CancellationToken): Promise<unknown>;
  /** One listener per method; a later one replaces it. */
  on(method: string, listener: (params: unknown) => void): void;
  stop(): Promise<void>;
}

/** Files that the server reads; virtual documents of our own are of other schemes, so they are never checked. */
const documents = [
  { scheme: 'file', language: 'yaml' },
  // Other extensions call files of ours by their own languages, for the folder they lie in; what they are, the server finds in them.
  { scheme: 'file', pattern: '**/*.{yaml,yml}' },
  { scheme: 'file', pattern: '**/templates/**/*.{yaml,yml,tpl,txt}' },
  { scheme: 'file', pattern: '**/{Kustomization,kustomization,Chart.lock}' },
];
const watched = ['**/*.{yaml,yml,tpl,json,env,properties,txt}', '**/{Kustomization,.helmignore,Chart.lock}'];

/** More crashes than this within the time end the attempts. */
const crashes = { most: 4, within: 3 * 60_000 };

export async function connect(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  events: { ready: () => void; stopped: (message: string) => void },
): Promise<Connection> {
  const module = path.join(context.extensionPath, 'dist', 'server.js');
  const options: InitializationOptions = {
    trusted: vscode.workspace.isTrusted,
    suggestCommand: 'editor.action.triggerSuggest',
  };
  const watchers = watched.map((pattern) => vscode.workspace.createFileSystemWatcher(pattern));
  const doubles = new Doubles();
  const watching = vscode.Disposable.from(...watchers, doubles);
  const client = new LanguageClient(
    'plumbline',
    'Plumbline',
    {
      run: { module, transport: TransportKind.ipc },
      debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6009'] } },
    },
    {
      documentSelector: documents,
      initializationOptions: options,
      synchronize: { fileEvents: watchers, configurationSection: 'plumbline' },
      outputChannel: log,
      // Links in hovers may run these commands and no others.
      markdown: { isTrusted: { enabledCommands: Object.values(clientCommands) }, supportHtml: false },
      middleware: { handleDiagnostics: (uri, diagnostics, next) => doubles.publish(uri, diagnostics, next) },
      errorHandler: errorHandler(events.stopped),
      initializationFailedHandler: () => false,
    },
  );
  let stopping = false;
  let first = true;
  client.onDidChangeState(({ newState }) => {
    if (newState === State.Running && !stopping) {
      if (!first) {
        log.info('Language server restarted');
        events.ready();
      }
      first = false;
    }
  });
  await client.start();
  return {
    get running() {
      return client.state === State.Running || client.state === State.Starting;
    },
    async request(method, params, token) {
      try {
        // A token that is undefined would count as a second parameter.
        return await (token
          ? client.sendRequest<unknown>(method, params, token)
          : client.sendRequest<unknown>(method, params));
      } catch (error) {
        if (isCancellation(error) || stopping) {
          throw new vscode.CancellationError();
        }
        log.error(`${method}: ${error instanceof Error ? error.message : String(error)}`);
        throw error;
      }
    },
    on(method, listener) {
      context.subscriptions.push(client.onNotification(method, listener));
    },
    async stop() {
      stopping = true;
      watching.dispose();
      if (client.needsStop()) {
        await client.stop(2000);
      }
      await client.dispose();
    },
  };
}

function isCancellation(error: unknown): boolean {
  const codes: number[] = [
    LSPErrorCodes.RequestCancelled,
    LSPErrorCodes.ServerCancelled,
    LSPErrorCodes.ContentModified,
  ];
  return error instanceof ResponseError && codes.includes(error.code);
}

function errorHandler(stopped: (message: string) => void): ErrorHandler {
  const times: number[] = [];
  return {
    error: () => ({ action: ErrorAction.Continue, handled: true }),
    closed: () => {
      times.push(Date.now());
      const recent = times.filter((time) => time > Date.now() - crashes.within).length;
      if (recent <= crashes.most) {
        return { action: CloseAction.Restart, handled: true };
      }
      const message = `The language server ended ${recent} times within 3 minutes and was not started again.`;
      stopped(message);
      return { action: CloseAction.DoNotRestart, message };
    },
  };
}
