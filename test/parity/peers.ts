// Other validators on the same documents, with schemas of the same definitions: kubeconform and yaml-language-server, each told the
// schema of the document's own kind, which is its best case.
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isObject, type JsonObject, type JsonValue } from '../../server/src/core/json';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { toJson } from '../../server/src/core/yaml/resolve';
import { checkout } from '../support/shared';
import { identified } from './apiServer';

/** Whether each peer refuses each document, in the order of the documents. */
export interface PeerVerdicts {
  kubeconform: boolean[];
  yamlLanguageServer: boolean[];
}

interface LanguageServer {
  connection: { sendNotification(method: string, params: object): Promise<void> };
  open(file: string, text: string): unknown;
  stop(): Promise<void> | void;
}

type Scripts = Record<string, (...args: unknown[]) => Promise<unknown>>;

const load = async (file: string): Promise<Scripts> =>
  (await import(pathToFileURL(path.join(checkout, file)).href)) as Scripts;

/** `kinds` are those of the valid bases: a mutant is still edited with its base's schema. */
export async function peerVerdicts(
  documents: readonly { text: string; kind: string }[],
  definitions: readonly string[],
): Promise<PeerVerdicts> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-peers-'));
  try {
    const schemas = path.join(dir, 'schemas');
    await writeSchemas(schemas, definitions);
    const kubeconform = await askKubeconform(path.join(dir, 'documents'), schemas, documents);
    const yamlLanguageServer: boolean[] = [];
    // It answers less and less after some thousands of documents: each thousand gets a new one.
    for (let at = 0; at < documents.length; at += 1000) {
      const part = documents.slice(at, at + 1000);
      yamlLanguageServer.push(...(await askLanguageServer(path.join(dir, 'workspace'), schemas, part)));
    }
    return { kubeconform, yamlLanguageServer };
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

async function writeSchemas(target: string, definitions: readonly string[]): Promise<void> {
  const { jsonSchemas } = await load('bench/peers.mjs');
  fs.cpSync((await jsonSchemas?.(() => undefined)) as string, target, { recursive: true });
  const folder = path.join(checkout, 'dist/schemas/crds');
  const packed = fs
    .readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl') && !file.includes('.descriptions.'))
    .flatMap((file) => fs.readFileSync(path.join(folder, file), 'utf8').split('\n').filter(Boolean))
    .map((text) => JSON.parse(text) as JsonObject);
  const own = definitions.map((text) => toJson(parseYaml(text).documents.at(-1)?.root)).filter((v) => isObject(v));
  for (const { spec } of [...packed, ...own]) {
    const { group, names, versions } = spec as { group: string; names: { kind: string }; versions: JsonObject[] };
    for (const { name, schema } of versions) {
      const file = schemaFile(target, `${group}/${name as string} ${names.kind}`);
      const body = closed((schema as { openAPIV3Schema?: JsonObject }).openAPIV3Schema ?? {}, true);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, JSON.stringify(body));
    }
  }
}

function schemaFile(folder: string, kind: string): string {
  const [apiVersion = '', name = ''] = kind.split(' ');
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : [apiVersion, apiVersion];
  return path.join(folder, group ?? '', version ?? '', `${name.toLowerCase()}.json`);
}

/** A definition's schema as converters make it: unknown fields refused, what is not required nullable. */
function closed(schema: JsonObject, isRoot = false): JsonObject {
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties' && isObject(value)) {
      const required = Array.isArray(schema['required']) ? schema['required'] : [];
      result[key] = Object.fromEntries(
        Object.entries(value).map(([name, property]) => {
          const body = isObject(property) && !(isRoot && name === 'metadata') ? closed(property) : {};
          return [name, required.includes(name) ? body : orNull(body)];
        }),
      );
    } else if (/^(?:items|additionalProperties|not)$/.test(key) && isObject(value)) {
      result[key] = closed(value);
    } else if (/^(?:allOf|anyOf|oneOf)$/.test(key)) {
      result[key] = value;
    } else if (!key.startsWith('x-kubernetes-') && key !== 'nullable' && key !== 'description' && key !== 'default') {
      result[key] = value;
    }
  }
  if (schema['x-kubernetes-int-or-string'] === true) {
    return { type: ['string', 'integer'] };
  }
  if (schema['properties'] !== undefined && schema['x-kubernetes-preserve-unknown-fields'] !== true) {
    result['additionalProperties'] = false;
  }
  if (isRoot) {
    const known = isObject(result['properties']) ? result['properties'] : {};
    result['properties'] = {
      ...known,
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
    };
  }
  // OpenAPI 3.0 and JSON Schema write exclusive bounds differently.
  for (const [flag, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (result[flag] === true) {
      result[flag] = result[bound] as JsonValue;
    } else {
      delete result[flag];
    }
  }
  return schema['nullable'] === true ? orNull(result) : result;
}

function orNull(schema: JsonObject): JsonObject {
  const { type } = schema;
  const types = Array.isArray(type) ? type : [type as JsonValue];
  return type === undefined
    ? schema
    : {
        ...schema,
        type: [...new Set([...types, 'null'])],
        ...(Array.isArray(schema['enum']) ? { enum: [...schema['enum'], null] } : {}),
      };
}

async function askKubeconform(
  folder: string,
  schemas: string,
  documents: readonly { text: string }[],
): Promise<boolean[]> {
  const { kubeconform } = await load('bench/peers.mjs');
  const program = (await kubeconform?.(() => undefined)) as string;
  fs.mkdirSync(folder, { recursive: true });
  documents.forEach(({ text }, index) => fs.writeFileSync(path.join(folder, `${index}.yaml`), text));
  const location = `${schemas}/{{if .Group}}{{.Group}}{{else}}{{.ResourceAPIVersion}}{{end}}/{{.ResourceAPIVersion}}/{{.ResourceKind}}.json`;
  const args = ['-strict', '-output', 'json', '-n', '2', '-schema-location', location, folder];
  const text = await new Promise<string>((resolve) => {
    execFile(program, args, { maxBuffer: 1 << 30 }, (_error, stdout) => resolve(stdout));
  });
  const { resources } = JSON.parse(text) as { resources: { filename: string; status: string }[] };
  const refused = new Set(
    resources
      .filter(({ status }) => /invalid|error/i.test(status))
      .map(({ filename }) => path.basename(filename, '.yaml')),
  );
  return documents.map((_, index) => refused.has(String(index)));
}

async function askLanguageServer(
  folder: string,
  schemas: string,
  documents: readonly { text: string; kind: string }[],
): Promise<boolean[]> {
  const { yamlLanguageServer } = await load('bench/peers.mjs');
  const { startLanguageServer } = await load('bench/lib/languageServer.mjs');
  const program = await yamlLanguageServer?.(() => undefined);
  // The schema is chosen by what the text says it is; a text that lost that is still edited as what it was.
  const kindOf = ({ text, kind }: { text: string; kind: string }): string => {
    const own = identified(text);
    const name = own === undefined ? kind : `${own.apiVersion} ${own.kind}`;
    return fs.existsSync(schemaFile(schemas, name)) ? name : kind;
  };
  const kinds = documents.map(kindOf);
  const folders = new Map([...new Set(kinds)].map((kind, index) => [kind, `k${index}`]));
  const associations = Object.fromEntries(
    [...folders].map(([kind, name]) => [pathToFileURL(schemaFile(schemas, kind)).href, [`**/${name}/*.yaml`]]),
  );
  const settings = {
    validate: true,
    schemas: associations,
    schemaStore: { enable: false },
    completion: false,
    hover: false,
  };
  fs.mkdirSync(folder, { recursive: true });
  const started = startLanguageServer?.(program, {
    folder,
    configuration: (section: string) => (section === 'yaml' ? settings : undefined),
  });
  const server = (await started) as LanguageServer & {
    connection: {
      onNotification(
        method: string,
        listener: (params: { uri: string; diagnostics: { severity?: number }[] }) => void,
      ): void;
    };
  };
  const waiting = new Map<string, (refused: boolean) => void>();
  server.connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }) => {
    waiting.get(uri)?.(diagnostics.some(({ severity = 1 }) => severity <= 2));
    waiting.delete(uri);
  });
  await server.connection.sendNotification('workspace/didChangeConfiguration', { settings: { yaml: settings } });
  const answers: boolean[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < documents.length; index = next++) {
      const { text } = documents[index] as { text: string };
      const uri = pathToFileURL(path.join(folder, folders.get(kinds[index] ?? '') ?? 'k0', `${index}.yaml`)).href;
      const answer = new Promise<boolean>((resolve) => waiting.set(uri, resolve));
      await server.connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId: 'yaml', version: 1, text },
      });
      answers[index] = await answer;
      await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
    }
  };
  try {
    await Promise.all(Array.from({ length: 8 }, work));
  } finally {
    await server.stop();
  }
  return answers;
}
