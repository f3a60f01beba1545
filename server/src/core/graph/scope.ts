// What is deployed together: the sources of one environment, or one root source that no environment deploys. Inside a scope names are
// looked up as the cluster and kustomize would.
import type { Source } from '../workspace/source';
import { isClusterScoped } from './clusterKinds';
import type { KindRef, ReferenceFact } from './facts';
import type { Placed, PlacedSource } from './placement';

export interface Scope {
  /** Name of the environment, or id of the source. */
  id: string;
  environment: string | undefined;
  sources: readonly PlacedSource[];
  /** `group/kind|name` by every name on the way. Patches are not in it. */
  byName: ReadonlyMap<string, readonly Placed[]>;
  byEntry: ReadonlyMap<string, readonly Placed[]>;
  /** Objects by `group/kind`. */
  byKind: ReadonlyMap<string, readonly Placed[]>;
  /** Objects by effective namespace. */
  byNamespace: ReadonlyMap<string, readonly Placed[]>;
  /** Kustomization files by the sources that they take part in. */
  byKustomization: ReadonlyMap<string, readonly Source[]>;
}

export function makeScope(id: string, environment: string | undefined, sources: readonly PlacedSource[]): Scope {
  const byName = new Map<string, Placed[]>();
  const byEntry = new Map<string, Placed[]>();
  const byKind = new Map<string, Placed[]>();
  const byNamespace = new Map<string, Placed[]>();
  const byKustomization = new Map<string, Source[]>();
  for (const { source, placed, kustomizations } of sources) {
    for (const object of placed) {
      put(byEntry, object.entry, object);
      if (object.partial) {
        continue;
      }
      put(byKind, `${object.key.group}/${object.key.kind}`, object);
      put(byNamespace, object.key.namespace, object);
      for (const name of object.names) {
        put(byName, nameKey(object.key, name), object);
      }
    }
    kustomizations.forEach((path) => put(byKustomization, path, source));
  }
  return { id, environment, sources, byName, byEntry, byKind, byNamespace, byKustomization };
}

export const nameKey = ({ group, kind }: KindRef, name: string): string => `${group}/${kind}|${name}`;

function put<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) {
    map.set(key, [value]);
  } else if (list[list.length - 1] !== value) {
    list.push(value);
  }
}

const noObjects: Placed[] = [];

/** Objects of these kinds by a name on their way; `*` is any group. */
function named(scope: Scope, kinds: readonly KindRef[], name: string): readonly Placed[] {
  const [only] = kinds;
  if (kinds.length === 1 && only !== undefined && only.group !== '*') {
    return scope.byName.get(nameKey(only, name)) ?? noObjects;
  }
  return kinds.flatMap((kind) => {
    if (kind.group !== '*') {
      return scope.byName.get(nameKey(kind, name)) ?? [];
    }
    return [...scope.byKind].flatMap(([text, placed]) =>
      text.endsWith(`/${kind.kind}`) ? placed.filter(({ names }) => names.includes(name)) : [],
    );
  });
}

/** What a name means to an object: what kustomize would rewrite with it, else what has that name in the cluster. */
export function resolveIn(scope: Scope, from: Placed, reference: ReferenceFact): Placed[] {
  const { text } = reference;
  const all = named(scope, reference.kinds, text);
  if (all.length === 0) {
    return noObjects;
  }
  const found = all.filter((to) => to.source === from.source || to.key.name === text);
  const exact = found.filter((to) => meets(from, to, reference));
  if (exact.length > 0) {
    return exact;
  }
  // An object without a namespace goes to whatever its target's default is, which may be the one meant.
  return found.filter(
    (to) => to.key.namespace === '' || (reference.namespace === undefined && from.key.namespace === ''),
  );
}

function meets(from: Placed, to: Placed, { namespace, cluster }: ReferenceFact): boolean {
  if (cluster || isClusterScoped(to.key.group, to.key.kind)) {
    return true;
  }
  if (namespace === undefined) {
    return isClusterScoped(from.key.group, from.key.kind) || to.key.namespace === from.key.namespace;
  }
  return to.key.namespace === namespace || (to.source === from.source && to.namespaces.includes(namespace));
}

/** Objects that a kustomization file names: by any name and in any namespace on the way, within the sources that it takes part in. */
export function resolveInFile(scope: Scope, kustomization: string, reference: ReferenceFact): Placed[] {
  const sources = scope.byKustomization.get(kustomization) ?? [];
  if (sources.length === 0) {
    return [];
  }
  // A namespace that a kustomization sets may come from another source.
  const isMeant = (placed: Placed): boolean =>
    (reference.cluster || sources.includes(placed.source)) &&
    (reference.namespace === undefined || placed.namespaces.includes(reference.namespace));
  if (reference.pattern !== true && reference.kinds.length > 0) {
    return named(scope, reference.kinds, reference.text).filter(isMeant);
  }
  return scope.sources.flatMap(({ placed }) => placed.filter((p) => isMeant(p) && isTarget(p, reference)));
}

/** True where an object is of the kind and has, by any name on its way, the name or pattern that a `target` gives. */
export function isTarget({ partial, key, names }: Placed, { kinds, text }: ReferenceFact): boolean {
  const isKind =
    kinds.length === 0 || kinds.some(({ group, kind }) => kind === key.kind && (group === '*' || group === key.group));
  const pattern = partial || !isKind ? undefined : anchored(text);
  return pattern !== undefined && names.some((name) => pattern.test(name));
}

function anchored(text: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${text})$`);
  } catch {
    return undefined;
  }
}
