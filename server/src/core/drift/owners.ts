// Who owns what in a live object, from its managedFields: the applier's last set, everybody else's, and who wrote a path last.
import type { JsonObject, JsonValue } from '../json';
import { isObject } from '../json';
import type { KubernetesObject } from '../resource';
import { isKubernetesObject } from '../resource';
import type { Blame } from './drift';
import type { FieldSet } from './fieldSet';
import { fieldSet, isEmpty, touches, union } from './fieldSet';
import type { MapNode } from './mergeSchema';

/** Plumbline's own field manager; without a version in it, or ownership would split on every upgrade. */
export const ownManager = 'plumbline';
/** The manager name that `kubectl apply` without `--server-side` writes with, as an Update. */
export const clientSideManager = 'kubectl-client-side-apply';
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** Appliers in the order in which they are believed: controllers first, because they come back. */
const knownAppliers = ['argocd-controller', 'kustomize-controller', 'helm-controller', 'helm', ownManager, 'kubectl'];

export interface ManagedEntry {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource?: string;
  time?: string;
  fields: FieldSet;
}

export interface Owners {
  /** The applier whose next apply is predicted; undefined where nobody applied the object server-side. */
  applier: string | undefined;
  /** What its last apply owned. */
  last: FieldSet | undefined;
  /** apiVersion of that entry. */
  lastVersion: string | undefined;
  /** Union of all other entries, the applier's own Updates and every subresource included. */
  others: FieldSet | undefined;
  entries: ManagedEntry[];
  /**
   * What is known of earlier applies. `apply`: a server-side applier's own record. `lastApplied`: the annotation of a
   * client-side apply. `none`: nothing, so a field that was removed from Git cannot be told from a foreign one.
   */
  history: 'apply' | 'lastApplied' | 'none';
}

export function managedEntries(live: KubernetesObject): ManagedEntry[] {
  const list = live.metadata.managedFields;
  const entries: ManagedEntry[] = [];
  for (const item of Array.isArray(list) ? list : []) {
    if (isObject(item)) {
      entries.push(entryOf(item));
    }
  }
  return entries;
}

function entryOf(item: JsonObject): ManagedEntry {
  const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
  const subresource = text(item.subresource);
  const time = text(item.time);
  return {
    manager: text(item.manager),
    operation: item.operation === 'Apply' ? 'Apply' : 'Update',
    apiVersion: text(item.apiVersion),
    fields: isObject(item.fieldsV1) ? (item.fieldsV1 as FieldSet) : {},
    ...(subresource === '' ? {} : { subresource }),
    ...(time === '' ? {} : { time }),
  };
}

/** `configured`: the applier that configuration names; it wins where it has applied the object. */
export function ownersOf(live: KubernetesObject, configured?: string): Owners {
  const entries = managedEntries(live);
  const applied = (name: string): boolean =>
    entries.some((e) => e.manager === name && e.operation === 'Apply' && e.subresource === undefined);
  const applier = [...(configured === undefined ? [] : [configured]), ...knownAppliers].find(applied);
  return ownersFor(entries, applier);
}

/** The same for one manager, whether or not it has applied the object. */
export function ownersFor(entries: ManagedEntry[], applier: string | undefined): Owners {
  let last: FieldSet | undefined;
  let lastVersion: string | undefined;
  let others: FieldSet | undefined;
  for (const entry of entries) {
    if (entry.manager === applier && entry.operation === 'Apply' && entry.subresource === undefined) {
      last = entry.fields;
      lastVersion = entry.apiVersion;
    } else {
      others = union(others, entry.fields);
    }
  }
  return { applier, last, lastVersion, others, entries, history: last === undefined ? 'none' : 'apply' };
}

/**
 * Owners of an object that was applied client-side: what its last-applied annotation says and Git no longer does is taken
 * away by the next apply, whoever else wrote it meanwhile. Undefined without a readable annotation.
 */
export function clientSideOwners(root: MapNode, live: KubernetesObject, owners: Owners): Owners | undefined {
  const annotations = live.metadata.annotations;
  const text = isObject(annotations) ? annotations[lastAppliedAnnotation] : undefined;
  if (owners.history !== 'none' || typeof text !== 'string') {
    return undefined;
  }
  let lastApplied: unknown;
  try {
    lastApplied = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isKubernetesObject(lastApplied)) {
    return undefined;
  }
  return { ...owners, last: fieldSet(root, lastApplied), others: undefined, history: 'lastApplied' };
}

/**
 * managedFields under which the client-side apply's fields are Plumbline's own last apply, and nobody holds the `removed`
 * paths: the next apply then takes away what Git no longer says. Undefined where nothing is to be taken away.
 */
export function clientSideTakeOver(
  live: KubernetesObject,
  removed: readonly (readonly string[])[],
): JsonObject[] | undefined {
  const annotations = live.metadata.annotations;
  const clientSide = isObject(annotations) && annotations[lastAppliedAnnotation] !== undefined;
  if (!clientSide || removed.length === 0 || ownersOf(live).history !== 'none') {
    return undefined;
  }
  const list = live.metadata.managedFields;
  const entries = (Array.isArray(list) ? list : []).filter(isObject);
  const owned = removed.reduce<FieldSet>(
    (set, path) => union(set, setOfPath(path)) ?? set,
    setOfPath(removed[0] ?? []),
  );
  const others = entries.map((entry) => {
    const fields = isObject(entry.fieldsV1) ? (entry.fieldsV1 as FieldSet) : {};
    return { ...entry, fieldsV1: removed.reduce((set, path) => withoutPath(set, path), fields) };
  });
  const apiVersion = live.apiVersion;
  return [...others, { manager: ownManager, operation: 'Apply', apiVersion, fieldsType: 'FieldsV1', fieldsV1: owned }];
}

function setOfPath(path: readonly string[]): FieldSet {
  let set: FieldSet = {};
  for (let i = path.length - 1; i >= 0; i--) {
    const element = path[i] as string;
    set = { [element]: set };
  }
  return set;
}

/** The set without a path and everything below it. */
function withoutPath(set: FieldSet, path: readonly string[]): FieldSet {
  const [first, ...rest] = path;
  if (first === undefined || set[first] === undefined) {
    return set;
  }
  const { [first]: inner, ...others } = set;
  const kept = rest.length === 0 ? undefined : withoutPath(inner as FieldSet, rest);
  return kept === undefined || isEmpty(kept) ? others : { ...others, [first]: kept };
}

/**
 * Who wrote a path last. managedFields keep one time per manager, so this is "last write by", not "this field changed at".
 * Undefined where nobody owns the path: a field that somebody removed has no owner to name.
 */
export function blame(owners: Owners, path: readonly string[]): Blame | undefined {
  let best: ManagedEntry | undefined;
  for (const entry of owners.entries) {
    if (!touches(entry.fields, path)) {
      continue;
    }
    const isApplier = entry.manager === owners.applier && entry.operation === 'Apply';
    const newer = best === undefined || (entry.time ?? '') > (best.time ?? '');
    // At equal times somebody else than the applier is the better explanation of a difference.
    if (newer || (!isApplier && entry.time === best?.time)) {
      best = entry;
    }
  }
  return (
    best && {
      manager: best.manager,
      operation: best.operation,
      ...(best.subresource === undefined ? {} : { subresource: best.subresource }),
      ...(best.time === undefined ? {} : { time: best.time }),
    }
  );
}
