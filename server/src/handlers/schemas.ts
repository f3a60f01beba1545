// Capturing the schemas of a cluster, from the editor: which contexts there are, and the capture itself. Both only on request.
import path from 'node:path';
import { captureSchemasRequest, clusterContextsRequest } from '../core/protocol';
import { captureSchemas, clusterContexts } from '../operations/captureSchemas';
import { on } from '../requests';
import type { Session } from '../session';
import type { Diagnostics } from './diagnostics';

export function registerSchemas(session: Session, diagnostics: Diagnostics): void {
  on(session, clusterContextsRequest, async ({ folder }) => {
    const repository = await session.byFolder(folder);
    const { kubeconfig } = session.settings;
    const found = await clusterContexts(repository.services, await repository.workspace(), kubeconfig);
    return found.ok ? { contexts: found.value } : { failure: found.failure };
  });

  on(session, captureSchemasRequest, async ({ folder, context, to }, abort) => {
    const repository = await session.byFolder(folder);
    const { services } = repository;
    const workspace = await repository.workspace();
    const { kubeconfig } = session.settings;
    const done = await captureSchemas(services, workspace, {
      context,
      ...(kubeconfig === '' ? {} : { kubeconfig }),
      ...(to === undefined ? {} : { to }),
      progress: (text) => session.log.info(text),
      abort,
    });
    if (!done.ok) {
      return { failure: done.failure };
    }
    repository.changed();
    for (const document of session.documents.all()) {
      void diagnostics.changed(document.uri);
    }
    const { cluster, environments } = done.value;
    return {
      version: cluster.version,
      definitions: cluster.definitions.length,
      notes: [...cluster.notes],
      environments,
      named: to === undefined || workspace.configuration.schemas.some((schemas) => isSame(schemas, to)),
    };
  });
}

const isSame = (a: string, b: string): boolean => path.posix.normalize(`${a}/`) === path.posix.normalize(`${b}/`);
