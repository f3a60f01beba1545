// A language server as an editor sees it: a process spoken to over stdio. Both servers of a comparison are driven by this one client.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { peakMemory } from './processes.mjs';

const require = createRequire(import.meta.url);
const { StreamMessageReader, StreamMessageWriter, createProtocolConnection } = require('vscode-languageserver/node');

/**
 * Starts `node <program> --stdio` on a folder. `configuration(section)` answers what the server asks of its settings; `requests` are further
 * answers to it, by method; `initialized(connection)` may send what the server wants to hear first.
 */
export async function startLanguageServer(
  program,
  { folder, configuration, requests = {}, initialized, env, args = [] },
) {
  const child = spawn(process.execPath, [...args, program, '--stdio'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  let log = '';
  child.stderr.on('data', (data) => (log += data));
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const listeners = new Set();
  connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }) => {
    const at = performance.now();
    for (const listener of [...listeners]) {
      listener(uri, diagnostics, at);
    }
  });
  connection.onNotification('window/logMessage', ({ message }) => (log += message + '\n'));
  connection.onRequest('workspace/configuration', ({ items }) =>
    items.map(({ section }) => configuration(section) ?? null),
  );
  connection.onRequest('client/registerCapability', () => null);
  for (const [method, answer] of Object.entries(requests)) {
    connection.onRequest(method, answer);
  }
  connection.listen();
  const workspaceFolders = [{ uri: pathToFileURL(folder).href, name: path.basename(folder) }];
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: workspaceFolders[0].uri,
    workspaceFolders,
    capabilities: {
      workspace: { configuration: true, workspaceFolders: true, didChangeConfiguration: { dynamicRegistration: true } },
      textDocument: { publishDiagnostics: { versionSupport: true }, synchronization: {} },
    },
    initializationOptions: { trusted: true },
  });
  await connection.sendNotification('initialized', {});
  await initialized?.(connection);

  return {
    connection,
    pid: child.pid,
    log: () => log,
    megabytes: () => peakMemory(child.pid),

    open(file, text) {
      const uri = pathToFileURL(file).href;
      connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId: 'yaml', version: 1, text },
      });
      return uri;
    },

    change(uri, version, contentChanges) {
      connection.sendNotification('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
    },

    /**
     * Diagnostics of a document as they are published from now on. `next(wanted)` waits for the first publication, since the last one that was
     * waited for, that `wanted(diagnostics)` holds of, and gives `{ diagnostics, at, seen }`; `at` is in milliseconds of `performance.now()`.
     */
    publications(uri) {
      const queue = [];
      let waiting;
      const look = () => {
        while (waiting !== undefined && queue.length > 0) {
          const published = queue.shift();
          waiting.seen++;
          if (waiting.wanted(published.diagnostics)) {
            const { resolve, timer, seen } = waiting;
            waiting = undefined;
            clearTimeout(timer);
            resolve({ ...published, seen });
          }
        }
      };
      const listener = (of, diagnostics, at) => {
        if (of === uri) {
          queue.push({ diagnostics, at });
          look();
        }
      };
      listeners.add(listener);
      return {
        clear: () => queue.splice(0),
        stop: () => listeners.delete(listener),
        next: (wanted = () => true, deadline = 60_000) =>
          new Promise((resolve, reject) => {
            const timer = setTimeout(() => {
              waiting = undefined;
              reject(
                new Error(`${path.basename(program)}: nothing as expected was published in time.\n${log.slice(-2000)}`),
              );
            }, deadline);
            waiting = { wanted, resolve, timer, seen: 0 };
            look();
          }),
      };
    },

    async stop() {
      const timer = setTimeout(kill, 3000);
      await connection.sendRequest('shutdown').catch(() => undefined);
      await connection.sendNotification('exit').catch(() => undefined);
      await exited;
      clearTimeout(timer);
      process.removeListener('exit', kill);
      connection.dispose();
    },
  };
}
