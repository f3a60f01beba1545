// The server of the YAML extension itself, with the schema that our contributor gives it: it finds nothing in our documents, and what it
// would find without.
import assert from 'node:assert';
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type Diagnostic,
  type ProtocolConnection,
} from 'vscode-languageserver/node';
import { contributor, ownedSchema, schemaContent } from '../../client/src/coexistence/model';
import { repositoryRoot } from '../support/schemas';

const strict = JSON.stringify({
  type: 'object',
  additionalProperties: false,
  properties: { kind: { enum: ['Nothing'] } },
});
const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

describe('the YAML extension’s server', () => {
  let child: ChildProcess;
  let connection: ProtocolConnection;
  const published = new Map<string, Diagnostic[]>();
  let wake: () => void = () => undefined;

  before(async function () {
    this.timeout(120_000);
    const peers = (await import(pathToFileURL(path.join(repositoryRoot, 'bench/peers.mjs')).href)) as {
      yamlLanguageServer(say: (text: string) => void): Promise<string>;
    };
    child = spawn(process.execPath, [await peers.yamlLanguageServer(() => undefined), '--stdio']);
    if (child.stdout === null || child.stdin === null) {
      throw new Error('no pipes');
    }
    connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    connection.onNotification(
      'textDocument/publishDiagnostics',
      ({ uri, diagnostics }: { uri: string; diagnostics: Diagnostic[] }) => {
        published.set(uri, diagnostics);
        wake();
      },
    );
    connection.onRequest('workspace/configuration', ({ items }: { items: unknown[] }) => items.map(() => null));
    connection.onRequest('client/registerCapability', () => null);
    // What the extension does with contributors: all are asked, and the addresses belong to them by their scheme.
    connection.onRequest('custom/schema/request', (resource: string) =>
      resource.includes('owned') ? [ownedSchema] : ['strict://documents/strict'],
    );
    connection.onRequest('custom/schema/content', (address: string) =>
      address.startsWith(`${contributor}:`) ? schemaContent(address) : strict,
    );
    connection.listen();
    await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
    await connection.sendNotification('initialized', {});
    await connection.sendNotification('workspace/didChangeConfiguration', {
      settings: { yaml: { validate: true, schemaStore: { enable: false } } },
    });
    await connection.sendNotification('yaml/registerCustomSchemaRequest', {});
  });

  after(() => {
    connection.dispose();
    child.kill();
  });

  async function findings(uri: string): Promise<Diagnostic[]> {
    const answered = new Promise<void>((resolve) => {
      wake = () => published.has(uri) && resolve();
    });
    await connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'yaml', version: 1, text },
    });
    await answered;
    return published.get(uri) ?? [];
  }

  it('finds faults by the schemas of others', async () => {
    assert.notDeepStrictEqual(await findings('file:///folder/other.yaml'), []);
  });

  it('finds nothing in documents that Plumbline answers for', async () => {
    assert.deepStrictEqual(await findings('file:///folder/owned.yaml'), []);
  });
});
