// The judge: a real API server that is asked about texts as kubectl would send them, in a dry run with strict field validation.
import * as fs from 'node:fs';
import * as https from 'node:https';
import { isObject, writeJson, type JsonObject, type JsonValue } from '../../server/src/core/json';
import { identityOf, listItems } from '../../server/src/core/kinds/identity';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { toExactJson } from '../../server/src/core/yaml/resolve';
import { entryOf } from '../../server/src/core/yaml/path';
import { startCluster, type Cluster } from '../support/cluster';

/** What the server says of a document. */
export interface Judgement {
  accepted: boolean;
  status: number;
  /** The class of a refusal: `values`, `decode`, `unknown field`, `duplicate key`, `yaml`, `no such kind`, `cluster state`. */
  reason: string;
  message: string;
  causes: { field: string; message: string }[];
  /** The texts of the answer's warnings. */
  warnings: string[];
}

interface Served {
  plural: string;
  namespaced: boolean;
}

interface Reply {
  status: number;
  body: JsonObject;
  warnings: string[];
}

export interface Identified {
  apiVersion: string;
  kind: string;
  namespace?: string;
}

const definitionsUrl = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

export class ApiServer {
  private readonly agent: https.Agent;
  private readonly token: string;
  private readonly served = new Map<string, Served>();
  private readonly namespaces = new Map<string, Promise<boolean>>();

  private constructor(private readonly cluster: Cluster) {
    const config = fs.readFileSync(cluster.kubeconfig('root'), 'utf8');
    const value = (name: string): string => new RegExp(`${name}: (\\S+)`).exec(config)?.[1] ?? '';
    this.token = value('token');
    const ca = Buffer.from(value('certificate-authority-data'), 'base64');
    this.agent = new https.Agent({ keepAlive: true, maxSockets: 12, ca });
  }

  /** Starts a server that knows the CRDs of the schema pack and the given ones. */
  static async start(definitions: readonly string[] = []): Promise<ApiServer> {
    const server = new ApiServer(await startCluster({ controllers: 'none', crds: true }));
    for (const definition of definitions) {
      const { status, body } = await server.request('POST', definitionsUrl, definition, 'application/yaml');
      if (status !== 201) {
        throw new Error(`A CRD of the material was refused: ${status} ${text(body.message)}`);
      }
    }
    await server.discover(definitions.length);
    return server;
  }

  async stop(): Promise<void> {
    this.agent.destroy();
    await this.cluster.stop();
  }

  serves({ apiVersion, kind }: Identified): Served | undefined {
    return this.served.get(`${apiVersion} ${kind}`);
  }

  /**
   * The server's answer to a text with one document. `fallback` says where to send what has lost its identity; a text whose own
   * apiVersion and kind can be read is sent where they say.
   */
  async judge(manifest: string, fallback?: Identified): Promise<Judgement> {
    const own = identified(manifest);
    const identity = own ?? fallback;
    if (identity === undefined) {
      return refused(0, 'no identity', 'neither apiVersion nor kind');
    }
    const served = this.serves(identity);
    if (served === undefined) {
      return refused(404, 'no such kind', `no matches for kind ${identity.kind} in ${identity.apiVersion}`);
    }
    const { namespace = 'default' } = identity;
    if (served.namespaced && !(await this.hasNamespace(namespace))) {
      return refused(404, 'values', `namespaces "${namespace}" cannot be`);
    }
    const url = `${this.collection(identity, served)}?dryRun=All&fieldValidation=Strict`;
    const reply = await this.request('POST', url, manifest, contentType(manifest));
    const { status, body } = reply;
    if (status === 201 || status === 200 || (status === 409 && body.reason === 'AlreadyExists')) {
      // A request says by its address what it is about; a file has nothing but its own apiVersion and kind.
      return own === undefined ? refused(0, 'no identity', 'apiVersion or kind is missing') : accepted(reply);
    }
    return refusal(reply);
  }

  /** As `judge`; a list, which the server has no place for, is what its items are, one after the other. */
  async judgeAll(manifest: string): Promise<Judgement> {
    const identity = identityOf(parseYaml(manifest).documents.find(({ root }) => root !== undefined)?.root);
    const items = identity === undefined ? undefined : listItems(identity);
    if (items === undefined) {
      return this.judge(manifest);
    }
    let last = accepted({ status: 200, body: {}, warnings: [] });
    for (const item of items) {
      const judgement = await this.judge(writeJson(toExactJson(item)));
      if (!judgement.accepted) {
        return judgement;
      }
      last = { ...judgement, warnings: [...last.warnings, ...judgement.warnings] };
    }
    return last;
  }

  /** Creates an object for good; the object as it is stored, or undefined where the server refuses it. */
  async create(manifest: string): Promise<JsonObject | undefined> {
    const identity = identified(manifest);
    const served = identity === undefined ? undefined : this.serves(identity);
    if (identity === undefined || served === undefined) {
      return undefined;
    }
    if (served.namespaced && !(await this.hasNamespace(identity.namespace ?? 'default'))) {
      return undefined;
    }
    const url = `${this.collection(identity, served)}?fieldValidation=Strict`;
    const { status, body } = await this.request('POST', url, manifest, contentType(manifest));
    return status === 201 ? body : undefined;
  }

  /** The answer to a text that would replace a stored object: a PUT to that object's address, in a dry run. */
  async judgeUpdate(manifest: string, stored: JsonObject): Promise<Judgement> {
    const metadata = isObject(stored.metadata) ? stored.metadata : {};
    const namespace = text(metadata.namespace);
    const identity = { apiVersion: text(stored.apiVersion), kind: text(stored.kind), ...(namespace && { namespace }) };
    const served = this.serves(identity);
    if (served === undefined) {
      return refused(404, 'no such kind', 'not served');
    }
    const at = `${this.collection(identity, served)}/${encodeURIComponent(text(metadata.name))}`;
    const reply = await this.request('PUT', `${at}?dryRun=All&fieldValidation=Strict`, manifest, contentType(manifest));
    return reply.status === 200 || reply.status === 201 ? accepted(reply) : refusal(reply);
  }

  /** Installs definitions, replacing older ones of the same name, and waits until they are served. */
  async define(definitions: readonly JsonObject[]): Promise<string[]> {
    const refusals: string[] = [];
    for (const definition of definitions) {
      const name = isObject(definition.metadata) ? text(definition.metadata.name) : '';
      const known = await this.request('GET', `${definitionsUrl}/${name}`);
      const { status: ignored, ...rest } = definition;
      void ignored;
      const body = { ...rest, metadata: { ...(definition.metadata as JsonObject) } };
      if (known.status === 200) {
        const { resourceVersion } = known.body.metadata as JsonObject;
        Object.assign(body.metadata, { resourceVersion });
      }
      const { status, body: answer } = await this.request(
        known.status === 200 ? 'PUT' : 'POST',
        known.status === 200 ? `${definitionsUrl}/${name}` : definitionsUrl,
        writeJson(body),
      );
      if (status >= 300) {
        refusals.push(`${name}: ${text(answer.message)}`);
      }
    }
    await this.discover(0);
    return refusals;
  }

  /** Every kind that objects can be created of, `apiVersion kind`. */
  kinds(): string[] {
    return [...this.served.keys()].sort();
  }

  private collection({ apiVersion, namespace = 'default' }: Identified, { plural, namespaced }: Served): string {
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    return `${base}${namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : ''}/${plural}`;
  }

  /** A namespace that the server can have is made; false for a name that none can have. */
  private hasNamespace(name: string): Promise<boolean> {
    let known = this.namespaces.get(name);
    if (known === undefined) {
      known = this.request(
        'POST',
        '/api/v1/namespaces',
        JSON.stringify({ metadata: { name } }),
        'application/json',
      ).then(({ status }) => status === 201 || status === 409);
      this.namespaces.set(name, known);
    }
    return known;
  }

  private async discover(newKinds: number): Promise<void> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const { body } = await this.request('GET', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions');
      const items = Array.isArray(body.items) ? body.items : [];
      const established = items.filter((item) => /"Established"/.test(JSON.stringify(item)));
      if (established.length >= items.length && items.length >= newKinds) {
        break;
      }
      if (Date.now() > deadline) {
        throw new Error('The CRDs of the material were not established in time.');
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const groups = (await this.request('GET', '/apis')).body.groups;
    const versions = (Array.isArray(groups) ? groups : []).flatMap((group) =>
      isObject(group) && Array.isArray(group.versions)
        ? group.versions.map((version) => (isObject(version) ? text(version.groupVersion) : ''))
        : [],
    );
    for (const apiVersion of ['v1', ...versions]) {
      const url = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
      const { resources } = (await this.request('GET', url)).body;
      for (const resource of Array.isArray(resources) ? resources : []) {
        if (
          isObject(resource) &&
          !text(resource.name).includes('/') &&
          Array.isArray(resource.verbs) &&
          resource.verbs.includes('create')
        ) {
          this.served.set(`${apiVersion} ${text(resource.kind)}`, {
            plural: text(resource.name),
            namespaced: resource.namespaced === true,
          });
        }
      }
    }
  }

  private request(method: string, url: string, body?: string, type = 'application/json'): Promise<Reply> {
    const headers = { authorization: `Bearer ${this.token}`, accept: 'application/json', 'content-type': type };
    return new Promise((resolve, reject) => {
      const request = https.request(this.cluster.url + url, { method, agent: this.agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (data: Buffer) => chunks.push(data));
        response.on('error', reject);
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString();
          let parsed: JsonValue = {};
          try {
            parsed = JSON.parse(answer) as JsonValue;
          } catch {
            parsed = { message: answer };
          }
          resolve({
            status: response.statusCode ?? 0,
            body: isObject(parsed) ? parsed : {},
            warnings: warningsOf(response.headers['warning'] ?? ''),
          });
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  }
}

const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');

/** Who a text says it is; undefined where that cannot be read. */
export function identified(manifest: string): Identified | undefined {
  const { documents } = parseYaml(manifest);
  const identity = identityOf(documents.find(({ root }) => root !== undefined)?.root);
  if (identity === undefined) {
    return undefined;
  }
  // An empty namespace is the default one.
  const { apiVersion, kind, namespace } = identity;
  return { apiVersion, kind, ...(namespace === '' ? {} : { namespace }) };
}

/** True for `kind: List` and the like, which the server has no place for. */
export function isList(manifest: string): boolean {
  const root = identityOf(parseYaml(manifest).documents[0]?.root)?.root;
  return root !== undefined && entryOf(root, 'items') !== undefined && entryOf(root, 'spec') === undefined;
}

/** `299 - "text", 299 - "text"`. */
function warningsOf(header: string): string[] {
  return [...header.matchAll(/299 \S+ ("(?:[^"\\]|\\.)*")/g)].map((match) =>
    (match[1] ?? '').slice(1, -1).replace(/\\(.)/g, '$1'),
  );
}

/**
 * kubectl reads what is JSON as JSON, and everything else as YAML. It writes numbers anew, so that 1.0 arrives as 1: the server does
 * the same with YAML.
 */
function contentType(manifest: string): string {
  try {
    if (/\d[.eE]\+?\d/.test(manifest)) {
      return 'application/yaml';
    }
    JSON.parse(manifest);
    return 'application/json';
  } catch {
    return 'application/yaml';
  }
}

function accepted({ status, warnings }: Reply): Judgement {
  return { accepted: true, status, reason: '', message: '', causes: [], warnings };
}

function refused(status: number, reason: string, message: string): Judgement {
  return { accepted: false, status, reason, message, causes: [], warnings: [] };
}

function refusal({ status, body, warnings }: Reply): Judgement {
  const message = text(body.message);
  const details = isObject(body.details) ? body.details : {};
  const causes = Array.isArray(details.causes) ? details.causes.filter(isObject) : [];
  return {
    ...refused(status, reasonOf(status, message), message),
    causes: causes.map((cause) => ({ field: text(cause.field), message: text(cause.message) })),
    warnings,
  };
}

function reasonOf(status: number, message: string): string {
  if (/key "[^"]*" already set in map|duplicate field/.test(message)) {
    return 'duplicate key';
  }
  if (/unknown field/.test(message)) {
    return 'unknown field';
  }
  if (/error converting YAML to JSON|yaml: |did not find expected/.test(message)) {
    return 'yaml';
  }
  if (status === 422) {
    return 'values';
  }
  if (status === 400) {
    return 'decode';
  }
  return 'cluster state';
}
