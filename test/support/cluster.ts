// A real Kubernetes API server for a test file: `const cluster = await startCluster()` in `before`, `await cluster.stop()` in
// `after`, a namespace of its own for each test. Servers end with the test process, whatever happens to it.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadKubeconfig } from '../../server/src/adapters/kubeconfig';
import type { KubeClient } from '../../server/src/adapters/kubeClient';
import { createKubeClient } from '../../server/src/adapters/kubeClient';
import type { JsonObject, JsonValue } from '../../server/src/core/json';

/**
 * admin: client certificate, may do everything. root: token, may do everything. editor: may write inside namespaces.
 * viewer: may read, but no Secrets. nobody: may do nothing.
 */
export type ClusterUser = 'admin' | 'root' | 'editor' | 'viewer' | 'nobody';

export interface ClusterOptions {
  /** `minimal` (the default): namespaces end, owner references and aggregated roles work. `default`: workloads reach their statuses. */
  controllers?: 'none' | 'minimal' | 'default';
  /** With them, Pods are bound and run. */
  fakeNodes?: number;
  /** Starts from a data folder with the CRDs of Argo CD, Flux, cert-manager and Gateway API. */
  crds?: boolean;
  /** Further flags of the program, for example `--compaction=4s`. */
  args?: string[];
}

export interface Cluster {
  /** `https://127.0.0.1:port`; stays over a restart. */
  readonly url: string;
  /** Path of a user's kubeconfig; its one context is named `testcluster-<user>`. */
  kubeconfig(user?: ClusterUser): string;
  context(user?: ClusterUser): string;
  /** A request as root, outside the code under test. Throws for a status of 400 and more. */
  call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: JsonValue,
    contentType?: string,
  ): Promise<JsonObject>;
  /** A new namespace; its name starts with `name`. */
  namespace(name?: string): Promise<string>;
  /** Ends the server at once; the data stay for `restart`. */
  kill(): Promise<void>;
  /** The same server again: same port, data and users. */
  restart(): Promise<void>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
  /** Folder of certificates and data. */
  readonly dir: string;
}

interface ServerProcess {
  server(): string;
  kubeconfig(user: string): string;
  start(): Promise<void>;
  kill(): Promise<void>;
}

const repository = path.resolve(__dirname, '../../..');

/** A script of the repository; these are ES modules without types. */
export async function script(name: string): Promise<Record<string, (...args: unknown[]) => Promise<unknown>>> {
  const url = pathToFileURL(path.join(repository, 'scripts', name)).href;
  return (await import(url)) as Record<string, (...args: unknown[]) => Promise<unknown>>;
}

const say = (line: unknown): void => console.log(`      ${String(line)}`);

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const program = await (await script('testcluster.mjs')).ensure?.(say);
  const golden = options.crds === true ? await (await script('testclusterCrds.mjs')).ensure?.(say) : undefined;
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-cluster-'));
  const args = [
    '--controllers',
    options.controllers ?? 'minimal',
    '--fake-nodes',
    String(options.fakeNodes ?? 0),
    ...(options.args ?? []),
  ];
  const { startProcess } = await script('lib/clusterProcess.mjs');
  const server = (await startProcess?.(program, dir, { golden, args })) as ServerProcess;
  const client = await clientOf(server.kubeconfig('root'), 'testcluster-root');
  let namespaces = 0;

  const cluster: Cluster = {
    dir,
    url: server.server(),
    kubeconfig: (user = 'admin') => server.kubeconfig(user),
    context: (user = 'admin') => `testcluster-${user}`,
    async call(method, url, body, contentType) {
      const answer = await client.json({
        method,
        path: url,
        ...(body === undefined ? {} : { body }),
        ...(contentType === undefined ? {} : { contentType }),
        attempt: { what: `${method} ${url}`, context: 'root' },
      });
      if (!answer.ok) {
        throw new Error(JSON.stringify(answer.failure));
      }
      return answer.value;
    },
    async namespace(name = 'test') {
      namespaces += 1;
      const full = `${name}-${namespaces}`;
      await cluster.call('POST', '/api/v1/namespaces', { metadata: { name: full } });
      return full;
    },
    kill: () => server.kill(),
    async restart() {
      await server.kill();
      await server.start();
    },
    async stop() {
      client.close();
      await server.kill();
      fs.rmSync(dir, { recursive: true, force: true });
    },
  };
  return cluster;
}

/** A client outside any target, for set-up and for looking at results. */
export async function clientOf(kubeconfig: string, context: string): Promise<KubeClient> {
  const config = await loadKubeconfig({ file: kubeconfig });
  const access = config.ok ? await config.value.access(context) : config;
  if (!access.ok) {
    throw new Error(access.failure.message);
  }
  return createKubeClient(access.value);
}
