// Captures what a cluster says of itself, for a person who asked: read, written, in force at once.
import path from 'node:path';
import { captureCluster } from '../adapters/captureCluster';
import { contextFolder, writeCapture } from '../adapters/captureFiles';
import { createClusterTarget } from '../adapters/clusterTarget';
import { loadKubeconfig } from '../adapters/kubeconfig';
import type { Abort, Answer, Failure } from '../core/ports';
import type { CapturedCluster } from '../core/schema/captured';
import type { Environment, Workspace } from '../core/workspace/source';
import type { Services } from '../services';

export interface CaptureRequest {
  context: string;
  /** `--kubeconfig`, or the setting: wins over the environment's own. Absolute. */
  kubeconfig?: string | undefined;
  /** Folder in the repository to write to; absent: the cache of this machine. */
  to?: string | undefined;
  progress?: (text: string) => void;
  abort?: Abort;
}

export interface CaptureDone {
  cluster: CapturedCluster;
  /** Absolute folder that holds it. */
  folder: string;
  /** Names of the environments that are checked with it. */
  environments: string[];
}

/** A kubeconfig context, as somebody chooses one. */
export interface ContextChoice {
  name: string;
  /** `host:port`. */
  server?: string;
  /** Environments that have it as their target. */
  environments: string[];
  /** ISO time of what was captured of it. */
  capturedAt?: string;
}

const untrusted = (what: string): { ok: false; failure: Failure } => ({
  ok: false,
  failure: { reason: 'forbidden', message: `This workspace is not trusted: ${what} until it is.` },
});

/** The contexts of the environments and of the kubeconfig, which is read for it; contacts nobody. */
export async function clusterContexts(
  services: Services,
  workspace: Workspace,
  kubeconfig: string,
): Promise<Answer<ContextChoice[]>> {
  if (!services.trusted) {
    return untrusted('no kubeconfig is read');
  }
  const named = workspace.environments.flatMap(({ target }) => (target?.type === 'context' ? [target.context] : []));
  const config = await loadKubeconfig(kubeconfig === '' ? {} : { file: kubeconfig });
  if (!config.ok && named.length === 0) {
    return config;
  }
  const found = config.ok ? config.value.contexts : [];
  const { clusters } = services.schemas();
  return {
    ok: true,
    value: [...new Set([...named, ...found.map(({ name }) => name)])].map((name) => {
      const server = found.find((context) => context.name === name)?.server;
      const capturedAt = clusters.get(name)?.capturedAt;
      return {
        name,
        environments: environmentsOf(workspace, name).map((environment) => environment.name),
        ...(server === undefined ? {} : { server }),
        ...(capturedAt === undefined ? {} : { capturedAt }),
      };
    }),
  };
}

function environmentsOf({ environments }: Workspace, context: string): Environment[] {
  return environments.filter(({ target }) => target?.type === 'context' && target.context === context);
}

export async function captureSchemas(
  services: Services,
  workspace: Workspace,
  request: CaptureRequest,
): Promise<Answer<CaptureDone>> {
  if (!services.trusted) {
    return untrusted('no cluster is asked');
  }
  const { context, to } = request;
  const environments = environmentsOf(workspace, context);
  const own = environments
    .map(({ target }) => (target?.type === 'context' ? target.kubeconfig : undefined))
    .find(Boolean);
  const kubeconfig = request.kubeconfig ?? (own === undefined ? undefined : path.resolve(services.root, own));
  const folder = to === undefined ? contextFolder(services.root, context) : path.resolve(services.root, to);
  const target = createClusterTarget({ context, kubeconfig, log: services.log });
  try {
    const own = new Set(
      services
        .schemas()
        .kinds()
        .filter(({ custom }) => !custom)
        .map(({ apiVersion }) => apiVersion.slice(0, apiVersion.indexOf('/'))),
    );
    const captured = await captureCluster(target, {
      isBuiltin: (group) => own.has(group),
      now: () => new Date(),
      ...(request.progress === undefined ? {} : { progress: request.progress }),
      ...(request.abort === undefined ? {} : { abort: request.abort }),
    });
    if (!captured.ok) {
      return captured;
    }
    await writeCapture(folder, captured.value);
    services.reloadCaptures();
    return {
      ok: true,
      value: { cluster: captured.value.cluster, folder, environments: environments.map(({ name }) => name) },
    };
  } finally {
    target.close();
  }
}
