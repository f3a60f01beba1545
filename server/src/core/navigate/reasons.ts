// Why an edit belongs to a rename, as its preview says it, and what it does beyond the text.
import type { Definition, Edge } from '../graph/graph';
import type { EditReason } from './plan';
import { label as titleOfHolder } from '../resource';
import { titleOf } from './sameThing';
import { scalarAt, type ReadFile } from './writtenPlace';

const workloads = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'Rollout']);
/** What loses its contents when the cluster makes it anew under another name. */
const keepsData = new Set(['PersistentVolumeClaim', 'PersistentVolume', 'StatefulSet', 'Namespace']);

export function reasonOf(
  file: ReadFile,
  {
    definition,
    edge,
    subject,
  }: { definition: Definition | undefined; edge: Edge | undefined; subject: Definition | undefined },
): EditReason {
  const at = definition?.at ?? edge?.reference.from;
  const holder = definition?.object ?? edge?.reference.object;
  const path = at === undefined ? [] : (scalarAt(file, at.range)?.path ?? []);
  if (workloads.has(holder?.kind ?? '') && path[0] === 'spec' && path[1] === 'selector') {
    const effect = `The selector of ${holder === undefined ? 'a workload' : titleOfHolder(holder)} cannot change in a cluster: the object has to be deleted and created again.`;
    return { label: 'Selectors that cannot change in a cluster', description: effect, confirm: false, effect };
  }
  if (definition === undefined) {
    return { label: 'References', confirm: false };
  }
  if (definition.entity === 'object' && keepsData.has(definition.object?.kind ?? '')) {
    const effect = `Under its new name ${definition.object?.kind ?? 'the object'} begins empty: what ${titleOf(definition)} holds in a cluster is pruned or left behind.`;
    return {
      label: `${definition.object?.kind ?? 'Object'} under a new name`,
      description: effect,
      confirm: false,
      effect,
    };
  }
  const [a, b] = [definition.object, subject?.object];
  if (definition.id !== subject?.id && definition.entity !== 'object' && a?.kind === b?.kind && a?.name === b?.name) {
    return { label: 'The same object elsewhere', confirm: false };
  }
  if (subject !== undefined && definition.id !== subject.id && definition.entity !== 'label') {
    return {
      label: 'The same name elsewhere',
      description: `The same references mean ${titleOf(definition)} too.`,
      confirm: false,
    };
  }
  return { label: definition.entity === 'label' ? 'Labels' : 'Definition', confirm: false };
}
