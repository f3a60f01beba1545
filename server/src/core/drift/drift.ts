// Drift: the difference of desired and live for one environment, as a value. Secret values never enter it (mask.ts).
import type { Failure, Origin } from '../ports';
import type { ResourceKey } from '../resource';

/**
 * The comparison's answer for one object. `missing`: desired, not live. `extra`: live and recorded as this owner's, no longer desired.
 * `rejected`: the target would refuse the desired object. `unknown`: it could not be decided; `reason` says why.
 */
export type DriftState = 'inSync' | 'drifted' | 'missing' | 'extra' | 'rejected' | 'unknown';

/** How a field differs. `changed`: both have it. `removed`: desired has it, live does not. `added`: a sync would take it away from live. `order`: a list's order. */
export type FieldChange = 'changed' | 'removed' | 'added' | 'order';

/** Who last wrote a field, from managedFields. */
export interface Blame {
  manager: string;
  operation: 'Apply' | 'Update';
  subresource?: string;
  /** ISO 8601. */
  time?: string;
}

export interface FieldDrift {
  /** JSON Pointer into the live object; items of keyed lists by the live index. */
  pointer: string;
  /** What people read: `spec.containers[app].image`. */
  path: string;
  change: FieldChange;
  /** Text to show, masked and cut to one line; undefined where that side has no value. */
  desired?: string;
  live?: string;
  blame?: Blame;
  /** Best source place of the desired value. */
  origin?: Origin;
}

export interface ObjectDrift {
  key: ResourceKey;
  apiVersion: string;
  state: DriftState;
  /** How sure: `exact` = decided by the merge itself or a dry run; `subset` = defaulted comparison only. */
  basis: 'exact' | 'dryRun' | 'subset' | 'none';
  fields: FieldDrift[];
  /** Differences that configuration says to ignore; they are in no other count. */
  ignored?: number;
  /** Live fields that neither the desired object nor its applier owns; not drift, shown on request. */
  foreign: number;
  /** Why `unknown` or `rejected`. */
  failure?: Failure;
  /** Owner in the tree: source id, or the Flux / Argo CD object. */
  source: string;
  /** Field manager whose next apply was predicted; undefined where nobody has applied the object server-side. */
  applier?: string;
  /** Source place of the object itself. */
  origin?: Origin;
  /** uid and resourceVersion of the live object that was compared. */
  live?: { uid: string; resourceVersion: string };
  /** True where a mutating webhook or policy of the cluster may explain the difference. */
  mutatorPossible?: boolean;
}

export interface DriftReport {
  schemaVersion: 1;
  environment: string;
  target: string;
  /** Git object name of HEAD; with `dirty`, unsaved or uncommitted text took part. */
  revision?: string;
  dirty: boolean;
  /** ISO 8601. */
  comparedAt: string;
  objects: ObjectDrift[];
  counts: Record<DriftState, number>;
  /** Kinds in which leftovers could not be looked for everywhere; their absence from `objects` says nothing. */
  notSearched?: string[];
  /** Failures that concern more than one object: target unreachable, a kind that may not be listed, a source that does not render. */
  failures: Failure[];
}
