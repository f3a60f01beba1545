// Kubeconfig files: which contexts there are, and how to reach the cluster of one. Read only when asked for; nothing here
// changes a kubeconfig or its current context.
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { load } from 'js-yaml';
import type { JsonObject, JsonValue } from '../core/json';
import { isObject } from '../core/json';
import type { Answer, Failure } from '../core/ports';
import { didYouMean } from '../core/suggest';
import type { Credentials } from './kubeCredentials';
import { createCredentials } from './kubeCredentials';

export interface KubeContext {
  name: string;
  cluster: string;
  user: string;
  /** Where the context names one. */
  namespace?: string;
  /** `host:port` of the cluster, for people. */
  server: string;
}

/** Everything that a connection needs; certificates as PEM. */
export interface ClusterAccess {
  context: string;
  server: URL;
  ca?: string;
  /** Name expected in the server's certificate where it is not the host. */
  serverName?: string;
  /** True only where the kubeconfig says so. */
  insecure: boolean;
  proxy?: URL;
  namespace?: string;
  credentials: Credentials;
}

export interface Kubeconfig {
  /** Files that were read, in order of precedence. */
  files: string[];
  current: string | undefined;
  contexts: KubeContext[];
  /** Reads the certificate files of one context; runs no program and contacts nobody. */
  access(context: string): Promise<Answer<ClusterAccess>>;
}

export interface KubeconfigPlace {
  /** `--kubeconfig` or the environment's own file; wins over everything. */
  file?: string | undefined;
  env?: NodeJS.ProcessEnv;
  home?: string;
}

/** One named entry of a kubeconfig, with the folder that its relative paths start at. */
interface Entry {
  value: JsonObject;
  folder: string;
}

/**
 * Reads `file`, else every file that `KUBECONFIG` lists, else `~/.kube/config`. As kubectl does, of two entries with one name
 * the first file's wins, files of the list that do not exist are passed over, and relative paths start at their file's folder.
 */
export async function loadKubeconfig(place: KubeconfigPlace = {}): Promise<Answer<Kubeconfig>> {
  const env = place.env ?? process.env;
  const listed = (env.KUBECONFIG ?? '').split(path.delimiter).filter((f) => f !== '');
  const named = place.file !== undefined ? [place.file] : listed;
  const candidates = named.length > 0 ? named : [path.join(place.home ?? os.homedir(), '.kube', 'config')];

  const clusters = new Map<string, Entry>();
  const users = new Map<string, Entry>();
  const contexts = new Map<string, Entry>();
  const files: string[] = [];
  let current: string | undefined;
  for (const candidate of candidates) {
    const file = path.resolve(candidate);
    const document = await readDocument(file);
    if (document === undefined) {
      continue;
    }
    if ('reason' in document) {
      return { ok: false, failure: document };
    }
    files.push(file);
    const folder = path.dirname(file);
    collect(document.content.clusters, 'cluster', folder, clusters);
    collect(document.content.users, 'user', folder, users);
    collect(document.content.contexts, 'context', folder, contexts);
    current ??= text(document.content['current-context']);
  }
  if (files.length === 0) {
    return { ok: false, failure: noKubeconfig(candidates, place.file !== undefined) };
  }

  const list: KubeContext[] = [];
  for (const [name, entry] of contexts) {
    const cluster = text(entry.value.cluster) ?? '';
    const namespace = text(entry.value.namespace);
    list.push({
      name,
      cluster,
      user: text(entry.value.user) ?? '',
      server: hostOf(text(clusters.get(cluster)?.value.server)),
      ...(namespace === undefined ? {} : { namespace }),
    });
  }
  return {
    ok: true,
    value: {
      files,
      current,
      contexts: list,
      access: (name) => accessOf(name, { files, contexts: list, clusters, users, env }),
    },
  };
}

interface Merged {
  files: string[];
  contexts: KubeContext[];
  clusters: ReadonlyMap<string, Entry>;
  users: ReadonlyMap<string, Entry>;
  env: NodeJS.ProcessEnv;
}

async function accessOf(name: string, merged: Merged): Promise<Answer<ClusterAccess>> {
  const where = merged.files.join(', ');
  const context = merged.contexts.find((c) => c.name === name);
  if (context === undefined) {
    const names = merged.contexts.map((c) => c.name);
    const known = names.length === 0 ? 'It has no contexts' : `It has ${names.slice(0, 8).join(', ')}`;
    return fails(
      'not-found',
      `There is no context ${quoted(name)} in ${where}.${didYouMean(name, names)} ${known}${names.length > 8 ? ' and others' : ''}.`,
    );
  }
  const cluster = merged.clusters.get(context.cluster);
  const address = text(cluster?.value.server);
  if (cluster === undefined || address === undefined) {
    return fails(
      'invalid',
      `Context ${quoted(name)} names the cluster ${quoted(context.cluster)}, which ${where} does not describe with a server address. Correct the kubeconfig.`,
    );
  }
  const server = parseUrl(address);
  if (server === undefined || (server.protocol !== 'https:' && server.protocol !== 'http:')) {
    return fails(
      'invalid',
      `The server address of cluster ${quoted(context.cluster)} in ${where} is not an http(s) URL.`,
    );
  }
  const proxyText = text(cluster.value['proxy-url']);
  const proxy = proxyText === undefined ? proxyOf(server, merged.env) : parseUrl(proxyText);
  if (proxyText !== undefined && proxy === undefined) {
    return fails('invalid', `proxy-url of cluster ${quoted(context.cluster)} in ${where} is not a URL.`);
  }
  if (proxy !== undefined && proxy.protocol !== 'http:' && proxy.protocol !== 'https:') {
    return fails(
      'unsupported',
      `Cluster ${quoted(context.cluster)} is reached through a ${proxy.protocol.slice(0, -1)} proxy, which Plumbline cannot use. Give an http proxy in proxy-url.`,
    );
  }
  try {
    const ca = await fileOrData(cluster, 'certificate-authority');
    const user = merged.users.get(context.user);
    const cert = user === undefined ? undefined : await fileOrData(user, 'client-certificate');
    const key = user === undefined ? undefined : await fileOrData(user, 'client-key');
    const serverName = text(cluster.value['tls-server-name']);
    return {
      ok: true,
      value: {
        context: name,
        server,
        insecure: cluster.value['insecure-skip-tls-verify'] === true,
        ...(ca === undefined ? {} : { ca }),
        ...(serverName === undefined ? {} : { serverName }),
        ...(proxy === undefined ? {} : { proxy }),
        ...(context.namespace === undefined ? {} : { namespace: context.namespace }),
        credentials: createCredentials({
          context: name,
          user: user?.value ?? {},
          folder: user?.folder ?? path.dirname(merged.files[0] ?? '.'),
          cert,
          key,
          cluster: cluster.value,
          env: merged.env,
        }),
      },
    };
  } catch (error) {
    return fails(
      'invalid',
      `Context ${quoted(name)}: ${(error as Error).message}. Correct the path in ${where}, or log in to the cluster again.`,
    );
  }
}

async function readDocument(file: string): Promise<{ content: JsonObject } | Failure | undefined> {
  let content: string;
  try {
    content = await fs.readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return undefined;
    }
    return { reason: 'error', message: `The kubeconfig ${file} cannot be read (${code}). Check its permissions.` };
  }
  try {
    // The parser's own text quotes the file, which holds credentials: only the place of a fault is told.
    const value = load(content) as JsonValue | undefined;
    if (value === undefined || value === null) {
      return { content: {} };
    }
    if (isObject(value)) {
      return { content: value };
    }
  } catch (error) {
    const line = (error as { mark?: { line?: number } }).mark?.line;
    return {
      reason: 'invalid',
      message: `The kubeconfig ${file} is not valid YAML${line === undefined ? '' : ` (line ${line + 1})`}. Correct it, or name another file with --kubeconfig.`,
    };
  }
  return { reason: 'invalid', message: `The kubeconfig ${file} is not a kubeconfig: its content is not a map.` };
}

/** Adds the named entries of one file's list; an entry that is there already stays. */
function collect(list: JsonValue | undefined, property: string, folder: string, into: Map<string, Entry>): void {
  for (const item of Array.isArray(list) ? list : []) {
    if (!isObject(item)) {
      continue;
    }
    const name = text(item.name);
    const value = item[property];
    if (name !== undefined && !into.has(name)) {
      into.set(name, { value: isObject(value) ? value : {}, folder });
    }
  }
}

/** `<name>-data` (base64) wins over the file `<name>`, as in kubectl. */
async function fileOrData(entry: Entry, name: string): Promise<string | undefined> {
  const data = text(entry.value[`${name}-data`]);
  if (data !== undefined) {
    return Buffer.from(data, 'base64').toString();
  }
  const file = text(entry.value[name]);
  if (file === undefined) {
    return undefined;
  }
  const whole = path.resolve(entry.folder, file);
  try {
    return await fs.readFile(whole, 'utf8');
  } catch (error) {
    throw new Error(
      `the file of ${name}, ${whole}, cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`,
    );
  }
}

/** The proxy that the environment asks for. Addresses of this machine are never sent through one. */
function proxyOf(server: URL, env: NodeJS.ProcessEnv): URL | undefined {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\./.test(host)) {
    return undefined;
  }
  const variable = server.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const value = env[variable.toUpperCase()] || env[variable];
  if (value === undefined || value === '') {
    return undefined;
  }
  for (const exception of (env.NO_PROXY ?? env.no_proxy ?? '').split(',').map((e) => e.trim().toLowerCase())) {
    const suffix = exception.replace(/^\*?\./, '').replace(/:\d+$/, '');
    if (exception === '*' || (suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`)))) {
      return undefined;
    }
  }
  return parseUrl(value.includes('://') ? value : `http://${value}`);
}

function noKubeconfig(candidates: string[], given: boolean): Failure {
  const looked = candidates.map((c) => path.resolve(c)).join(', ');
  return {
    reason: 'not-found',
    message: given
      ? `There is no kubeconfig at ${looked}. Correct the path given with --kubeconfig or in the environment's target.`
      : `No kubeconfig was found (looked at ${looked}). Log in to a cluster with its own tool, set KUBECONFIG, or compare with a snapshot folder instead.`,
  };
}

function fails(reason: Failure['reason'], message: string): { ok: false; failure: Failure } {
  return { ok: false, failure: { reason, message } };
}

function hostOf(server: string | undefined): string {
  const url = server === undefined ? undefined : parseUrl(server);
  return url === undefined ? '' : `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`;
}

function parseUrl(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined;
}

const text = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const quoted = (name: string): string => `"${name}"`;
