// Opens what an environment is compared with. Opening reads and contacts nothing: the first question does.
import * as path from 'node:path';
import type { Abort, Answer, Log, Target, Validator, WritableTarget } from '../core/ports';
import type { KubernetesObject } from '../core/resource';
import type { SchemaStore } from '../core/schema/schemaStore';
import type { TargetSpec } from '../core/workspace/source';
import { createClusterTarget } from './clusterTarget';
import { createRevisionTarget } from './revisionTarget';
import { createSnapshotTarget } from './snapshotTarget';

export interface TargetPorts {
  /** Absolute folder that snapshot and kubeconfig paths of `.plumbline.yaml` start from. */
  root: string;
  log: Log;
  /** Called only for a target that needs it. */
  validator: () => Validator;
  schemas: () => SchemaStore;
  /** `--kubeconfig`: wins over the environment's own. */
  kubeconfig?: string | undefined;
  /** The environment's objects at another revision; without it, revisions cannot be targets. */
  renderAt?: (revision: string, abort?: Abort) => Promise<Answer<readonly KubernetesObject[]>>;
}

/** A cluster and a snapshot can be written to (`isWritable`), a revision only read. */
export function openTarget(spec: TargetSpec, ports: TargetPorts): Answer<Target | WritableTarget> {
  switch (spec.type) {
    case 'context': {
      const file =
        ports.kubeconfig ?? (spec.kubeconfig === undefined ? undefined : path.resolve(ports.root, spec.kubeconfig));
      return { ok: true, value: createClusterTarget({ context: spec.context, kubeconfig: file, log: ports.log }) };
    }
    case 'snapshot': {
      const folder = path.resolve(ports.root, spec.path);
      return {
        ok: true,
        value: createSnapshotTarget({ folder, validator: ports.validator(), schemas: ports.schemas() }),
      };
    }
    case 'revision': {
      if (ports.renderAt === undefined) {
        const message = `Revision ${spec.revision} cannot be compared with here. Choose a context or a snapshot as target.`;
        return { ok: false, failure: { reason: 'unsupported', message } };
      }
      const options = { revision: spec.revision, render: ports.renderAt, schemas: ports.schemas() };
      return { ok: true, value: createRevisionTarget(options) };
    }
  }
}

export function isWritable(target: Target): target is WritableTarget {
  return 'apply' in target;
}
