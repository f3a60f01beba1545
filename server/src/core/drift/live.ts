// The live side of a comparison, read once: which kinds the target serves, one list per kind, the merge rules. A list that
// fails costs the objects of that kind their verdict, with the reason, and nothing else.
import type { Abort, Failure, KindInfo, Target } from '../ports';
import type { KubernetesObject } from '../resource';
import { MergeSchema } from './mergeSchema';
import { inParallel } from './pool';

/** Requests at a time; more only raise the latency on a shared cluster. */
export const concurrency = 8;

export interface LiveList {
  kind: KindInfo;
  /** By `namespace/name`. */
  objects: Map<string, KubernetesObject>;
  /** The kind as a whole could not be listed, and no namespace of it. */
  failure?: Failure;
  /** Set where only these namespaces were listed, because the whole is not allowed. */
  namespaces?: Map<string, Failure | undefined>;
}

export interface LiveState {
  target: Target;
  /** `1.36.3`; undefined where the target does not say. */
  version: string | undefined;
  kinds: Kinds;
  lists: Map<string, LiveList>;
  schema: MergeSchema;
  failures: Failure[];
}

/** The kinds that a target serves. */
export class Kinds {
  private readonly byVersion = new Map<string, KindInfo>();
  private readonly byKind = new Map<string, KindInfo>();

  constructor(kinds: readonly KindInfo[]) {
    for (const kind of kinds) {
      const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
      this.byVersion.set(`${apiVersion}/${kind.kind}`, kind);
      if (!this.byKind.has(`${kind.group}/${kind.kind}`)) {
        this.byKind.set(`${kind.group}/${kind.kind}`, kind);
      }
    }
  }

  exact(apiVersion: string, kind: string): KindInfo | undefined {
    return this.byVersion.get(`${apiVersion}/${kind}`);
  }

  /** The kind in whatever version is served first. */
  any(group: string, kind: string): KindInfo | undefined {
    return this.byKind.get(`${group}/${kind}`);
  }
}

export const kindId = (kind: KindInfo): string => `${kind.group}/${kind.version}/${kind.kind}`;
export const apiVersionOf = (kind: KindInfo): string =>
  kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
export const liveId = (namespace: string, name: string): string => `${namespace}/${name}`;

/** A kind to list, and the namespaces that matter if it may not be listed as a whole. */
export interface Wanted {
  kind: KindInfo;
  namespaces: Set<string>;
}

export async function listAll(
  target: Target,
  wanted: readonly Wanted[],
  abort: Abort | undefined,
): Promise<Map<string, LiveList>> {
  const lists = new Map<string, LiveList>();
  await inParallel(wanted, concurrency, async ({ kind, namespaces }) => {
    lists.set(kindId(kind), await listKind(target, kind, namespaces, abort));
  });
  return lists;
}

async function listKind(
  target: Target,
  kind: KindInfo,
  namespaces: ReadonlySet<string>,
  abort: Abort | undefined,
): Promise<LiveList> {
  const objects = new Map<string, KubernetesObject>();
  const add = (found: readonly KubernetesObject[]): void => {
    for (const object of found) {
      const { name, namespace } = object.metadata;
      if (typeof name === 'string') {
        objects.set(liveId(kind.namespaced && typeof namespace === 'string' ? namespace : '', name), object);
      }
    }
  };
  const whole = await target.list(kind, undefined, abort);
  if (whole.ok) {
    add(whole.value);
    return { kind, objects };
  }
  if (whole.failure.reason !== 'forbidden' || !kind.namespaced || namespaces.size === 0) {
    return { kind, objects, failure: whole.failure };
  }
  const answers = new Map<string, Failure | undefined>();
  await inParallel([...namespaces], concurrency, async (namespace) => {
    const part = await target.list(kind, namespace, abort);
    answers.set(namespace, part.ok ? undefined : part.failure);
    if (part.ok) {
      add(part.value);
    }
  });
  return { kind, objects, namespaces: answers };
}

/** Why nothing is known of a namespace of this list; undefined where it was read whole. */
export function listFailure(list: LiveList, namespace: string): Failure | undefined {
  if (list.failure) {
    return list.failure;
  }
  if (!list.namespaces) {
    return undefined;
  }
  return list.namespaces.has(namespace)
    ? list.namespaces.get(namespace)
    : { reason: 'forbidden', message: `${list.kind.kind} may not be listed in namespace ${namespace}.` };
}

/** Merge rules of the given versions; a failure is kept as such, the comparison then falls back. */
export async function readSchema(
  target: Target,
  apiVersions: readonly string[],
  abort: Abort | undefined,
): Promise<{ schema: MergeSchema; failure: Failure | undefined }> {
  const schema = new MergeSchema();
  const answer = await target.openApi(apiVersions, abort);
  if (answer.ok) {
    answer.value.forEach((document) => schema.add(document));
  }
  return { schema, failure: answer.ok ? undefined : answer.failure };
}
