// A small repository in a folder of its own with a language server on it: for tests of one method of the protocol each.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Position, TextEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { startLanguageServer, type LanguageServerOptions, type TestServer } from './languageServer';

export interface LanguageFolder {
  readonly server: TestServer;
  /** Opens a file whose text may hold `$0`; the position is where that stood. */
  open(name: string, marked: string): { uri: string; text: string; position: Position };
  /** Sends a request of the protocol about a document. */
  ask<R>(method: string, uri: string, params?: object): Promise<R>;
  stop(): Promise<void>;
}

export async function languageFolder(
  files: Record<string, string>,
  options: Omit<LanguageServerOptions, 'folders'> = {},
): Promise<LanguageFolder> {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline language ü-'));
  for (const [name, text] of Object.entries({ '.git/HEAD': 'ref: refs/heads/main\n', ...files })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const server = await startLanguageServer({ folders: [folder], ...options });
  return {
    server,
    open(name, marked) {
      const offset = marked.indexOf('$0');
      const text = offset < 0 ? marked : marked.slice(0, offset) + marked.slice(offset + 2);
      const uri = server.open(path.join(folder, name), text);
      return { uri, text, position: TextDocument.create(uri, 'yaml', 1, text).positionAt(Math.max(0, offset)) };
    },
    ask: (method, uri, params = {}) => server.connection.sendRequest(method, { textDocument: { uri }, ...params }),
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The text after edits that a server sent. */
export function edited(text: string, edits: readonly TextEdit[]): string {
  return TextDocument.applyEdits(TextDocument.create('', 'yaml', 1, text), [...edits]);
}
