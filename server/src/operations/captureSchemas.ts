// Captures what a cluster says of itself, for a person who asked: read, written, in force at once.
import path from 'node:path';
import { captureCluster } from '../adapters/captureCluster';
import { contextFolder, writeCapture } from '../adapters/captureFiles';
import { createClusterTarget } from '../adapters/clusterTarget';
import type { Abort, Answer } from '../core/ports';
import type { CapturedCluster } from '../core/schema/captured';
import type { Services } from '../services';

export interface CaptureRequest {
  context: string;
  /** Kubeconfig file; absent: the usual ones. */
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
}

export async function captureSchemas(services: Services, request: CaptureRequest): Promise<Answer<CaptureDone>> {
  if (!services.trusted) {
    const message = 'This workspace is not trusted: no cluster is asked until it is.';
    return { ok: false, failure: { reason: 'forbidden', message } };
  }
  const { context, kubeconfig, to } = request;
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
    return { ok: true, value: { cluster: captured.value.cluster, folder } };
  } finally {
    target.close();
  }
}
