// The local decision for one object: what would a forced server-side apply by its applier change? Steps 1–5 of the
// algorithm (typed check, merge, prune, strict equality) need no engine; what differs goes through the engine's typed
// update pass, which adds defaults, conversions and validation, and gives the exact paths.
import type { JsonObject } from '../json';
import { isObject } from '../json';
import type { EngineVerdict, ValidateItem } from '../ports';
import type { KubernetesObject } from '../resource';
import {
  allocatedPaths,
  isCustom,
  isSecret,
  keepAllocations,
  normaliseMetadata,
  secretWithData,
  withConstantDefaults,
} from './builtin';
import type { Difference } from './compare';
import { differences, strictlyEqual } from './compare';
import type { FieldSet } from './fieldSet';
import { fieldSet, isSubset, union } from './fieldSet';
import { merge } from './merge';
import type { MapNode } from './mergeSchema';
import type { Owners } from './owners';
import { prune } from './prune';
import { applyDefaults, clone, onDesiredPaths, refusedNull } from './structural';
import type { TypedFault } from './typedCheck';
import { typedFaults } from './typedCheck';

/** A desired object made ready to be compared; depends on the object and the schema alone, so it can be cached. */
export interface Prepared {
  root: MapNode;
  custom: boolean;
  desired: KubernetesObject;
  /** The desired object with what the server writes out before it merges. */
  canonical: KubernetesObject;
  /** What an apply of it owns. */
  set: FieldSet;
  /** Why the server would refuse it before merging; nothing else counts then. */
  faults: TypedFault[];
}

/** Metadata that only the server sets; a manifest that carries it (an export of a live object) does not mean it. */
const serverMetadata = ['creationTimestamp', 'generation', 'managedFields', 'resourceVersion', 'selfLink', 'uid'];

export function prepare(root: MapNode, desired: KubernetesObject): Prepared {
  const faults = typedFaults(root, desired);
  const custom = isCustom(desired);
  const stripped = withoutServerFields(desired);
  if (faults.length > 0) {
    return { root, custom, desired, canonical: stripped, set: {}, faults };
  }
  let canonical: KubernetesObject;
  if (custom) {
    const defaulted = clone(stripped);
    applyDefaults(root, defaulted);
    canonical = onDesiredPaths(root, stripped, defaulted) as KubernetesObject;
    canonical = { ...canonical, metadata: normaliseMetadata(canonical.metadata) };
  } else {
    canonical = withConstantDefaults(stripped) as KubernetesObject;
  }
  return { root, custom, desired, canonical, set: fieldSet(root, stripped), faults };
}

/** What a person applies: the manifest without status and without metadata that only the server sets. */
export function withoutServerFields(object: KubernetesObject): KubernetesObject {
  const result: KubernetesObject = { ...object, metadata: { ...object.metadata } };
  delete result.status;
  for (const key of serverMetadata) {
    delete result.metadata[key];
  }
  return result;
}

/** The object without managedFields, which no comparison reads as content. */
export function withoutManagedFields(object: KubernetesObject): KubernetesObject {
  const result: KubernetesObject = { ...object, metadata: { ...object.metadata } };
  delete result.metadata.managedFields;
  return result;
}

/** What a comparison reads: no status, and no metadata that changes with every write. */
export function comparable(object: KubernetesObject): KubernetesObject {
  const result = withoutManagedFields(object);
  delete result.status;
  delete result.metadata.resourceVersion;
  delete result.metadata.generation;
  return result;
}

export type LocalDecision =
  /** Applying changes nothing. `live` is canonical and defaulted, so what merges to it strictly is stored as it. */
  | { verdict: 'inSync' }
  | { verdict: 'rejected'; faults: TypedFault[] }
  /** The merge changes something; only the typed pass knows whether it stays and what else it brings. */
  | { verdict: 'differs'; merged: KubernetesObject };

export function decideLocally(prepared: Prepared, live: KubernetesObject, owners: Owners): LocalDecision {
  if (prepared.faults.length > 0) {
    return { verdict: 'rejected', faults: prepared.faults };
  }
  const base = withoutManagedFields(live);
  const merged = mergedWithLive(prepared, base, owners);
  return strictlyEqual(merged, base) ? { verdict: 'inSync' } : { verdict: 'differs', merged };
}

/** Merge, prune, and what the server does to the kind before its update strategy runs. `live` comes without managedFields. */
export function mergedWithLive(prepared: Prepared, live: KubernetesObject, owners: Owners): KubernetesObject {
  let merged = merge(prepared.root, live, prepared.canonical) as KubernetesObject;
  if (owners.last) {
    const kept = owners.others ? union(owners.others, prepared.set) : prepared.set;
    merged = prune(prepared.root, merged, owners.last, kept).value as KubernetesObject;
  }
  if (prepared.custom) {
    const metadata = normaliseMetadata(merged.metadata);
    for (const key in metadata) {
      if (metadata[key] === null) {
        delete metadata[key];
      }
    }
    merged = { ...merged, metadata };
  }
  if (isSecret(merged) && merged.stringData !== undefined && merged.stringData !== null) {
    merged = secretWithData(merged);
  }
  return merged.kind === 'Service' ? keepAllocations(merged, live) : merged;
}

/** The engine's update of the live object to the merged one. */
export function updateItem(merged: KubernetesObject, live: KubernetesObject): ValidateItem {
  const namespace = live.metadata.namespace;
  return {
    object: merged,
    old: withoutManagedFields(live),
    ...(typeof namespace === 'string' ? { namespace } : {}),
    return: true,
  };
}

export type ExactDecision =
  | { verdict: 'inSync' }
  | { verdict: 'rejected'; causes: { type: string; field: string; message: string }[] }
  | { verdict: 'drifted'; differences: Difference[]; predicted: KubernetesObject; allocated: string[][] }
  /** The engine has no rules for the kind. */
  | { verdict: 'unknownKind' };

/** Reads the engine's answer to `updateItem`. */
export function decideExactly(
  prepared: Prepared,
  live: KubernetesObject,
  merged: KubernetesObject,
  verdict: EngineVerdict,
): ExactDecision {
  if (prepared.custom) {
    const { metadata: _metadata, status: _status, ...content } = merged as JsonObject;
    const field = refusedNull(prepared.root, content);
    if (field !== undefined) {
      return { verdict: 'rejected', causes: [{ type: 'FieldValueInvalid', field, message: 'must not be null' }] };
    }
  }
  if (!verdict.known) {
    return { verdict: 'unknownKind' };
  }
  // Strict decoding complains of fields that the live object may well hold; the typed check has judged the desired ones.
  const causes = verdict.problems.filter((p) => p.type !== 'StrictDecoding' && p.assumed !== true);
  if (causes.length > 0) {
    return {
      verdict: 'rejected',
      causes: causes.map(({ type, field, message }) => ({ type, field, message })),
    };
  }
  return verdict.object ? compareStored(prepared.root, live, verdict.object) : { verdict: 'unknownKind' };
}

/** Live against what would be stored, from the engine or from the server's own dry run. */
export function compareStored(
  root: MapNode,
  live: KubernetesObject,
  predicted: KubernetesObject,
): Exclude<ExactDecision, { verdict: 'rejected' | 'unknownKind' }> {
  const found = differences(root, comparable(live), comparable(predicted));
  const allocated = allocatedPaths(root, predicted).filter((path) => !found.some((d) => startsWith(path, d.path)));
  if (found.length === 0 && allocated.length === 0) {
    return { verdict: 'inSync' };
  }
  const all = [...found, ...allocated.map((path) => ({ path, order: false }))];
  return { verdict: 'drifted', differences: all, predicted, allocated };
}

export function startsWith(path: readonly string[], prefix: readonly string[]): boolean {
  return prefix.every((element, i) => path[i] === element);
}

/**
 * True where the local verdict is known to be weaker than the server's: pruning looks at sets of fields that are written
 * in another API version, which only the server can convert.
 */
export function needsServer(prepared: Prepared, owners: Owners): boolean {
  const version = prepared.desired.apiVersion;
  if (owners.last === undefined || isSubset(owners.last, prepared.set)) {
    // Nothing can be pruned, so nobody's set matters.
    return owners.lastVersion !== undefined && owners.lastVersion !== version && owners.last !== undefined;
  }
  return (
    owners.lastVersion !== version ||
    owners.entries.some((e) => e.apiVersion !== version && Object.keys(e.fields).some((k) => k !== 'f:status'))
  );
}

/** True for the part of an object that holds content to compare. */
export function hasContent(object: JsonObject): boolean {
  return isObject(object.metadata);
}
