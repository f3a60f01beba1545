// What a comparison knows: the report that people see, and beside it, never leaving the process, the unmasked objects that
// plans, projections and diffs are made from.
import type { JsonValue } from '../json';
import { isObject } from '../json';
import type { Failure, KindInfo, Origin } from '../ports';
import { originOf } from '../render/resources';
import type { KubernetesObject } from '../resource';
import { isSecret } from './builtin';
import type { Difference, ElementPath } from './compare';
import { strictlyEqual } from './compare';
import { comparable } from './decide';
import type { Desired } from './desired';
import type { DriftReport, FieldChange, FieldDrift, ObjectDrift } from './drift';
import { countLeavesOutside } from './fieldSet';
import { isIgnored } from './ignore';
import type { LiveState } from './live';
import { Masker, isSensitive, maskCause, maskObject } from './mask';
import type { MapNode, SchemaNode } from './mergeSchema';
import { deduced } from './mergeSchema';
import type { Owners } from './owners';
import { blame, managedEntries } from './owners';
import { inOrderOf } from './display';
import { displayPath, oneLine, oneLineEach, pointerInto, resolve, valueAt } from './paths';
import type { IgnoreDifference } from '../workspace/source';

/** One difference with its values as they are. */
export interface ComparedField {
  path: ElementPath;
  change: FieldChange;
  /** Undefined: not there. */
  live: JsonValue | undefined;
  desired: JsonValue | undefined;
}

export interface ComparedObject {
  drift: ObjectDrift;
  kind: KindInfo | undefined;
  /** Undefined for leftovers. */
  desired: Desired | undefined;
  live: KubernetesObject | undefined;
  /** What an apply would store, where that was computed. */
  predicted: KubernetesObject | undefined;
  root: SchemaNode;
  /** In the order of `drift.fields`. */
  fields: ComparedField[];
  /** Differences that configuration ignores: a sync leaves them as they are. */
  ignored: ComparedField[];
}

export interface Comparison {
  report: DriftReport;
  /** By key text. */
  objects: Map<string, ComparedObject>;
  live: LiveState | undefined;
}

/** Everything that is known about one pair before its differences are described. */
export interface Pair {
  desired: Desired;
  kind: KindInfo;
  live: KubernetesObject;
  root: MapNode | undefined;
  owners: Owners;
}

/** The part of an ObjectDrift that every state has. */
export function baseDrift(
  desired: Desired,
): Pick<ObjectDrift, 'key' | 'apiVersion' | 'source' | 'origin' | 'fields' | 'foreign'> {
  const origin = originOf(desired.rendering, desired.resource, []);
  return {
    key: desired.key,
    apiVersion: desired.object.apiVersion,
    source: desired.rendering.source.id,
    fields: [],
    foreign: 0,
    ...(origin ? { origin } : {}),
  };
}

export function identity(live: KubernetesObject): { uid: string; resourceVersion: string } {
  const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
  return { uid: text(live.metadata.uid), resourceVersion: text(live.metadata.resourceVersion) };
}

export function unknownObject(desired: Desired, failure: Failure, live?: KubernetesObject): ComparedObject {
  return {
    drift: {
      ...baseDrift(desired),
      state: 'unknown',
      basis: 'none',
      failure,
      ...(live ? { live: identity(live) } : {}),
    },
    kind: desired.kind,
    desired,
    live,
    predicted: undefined,
    root: deduced,
    fields: [],
    ignored: [],
  };
}

export function missingObject(desired: Desired): ComparedObject {
  return {
    drift: { ...baseDrift(desired), state: 'missing', basis: 'exact' },
    kind: desired.kind,
    desired,
    live: undefined,
    predicted: undefined,
    root: deduced,
    fields: [],
    ignored: [],
  };
}

/** `causes` in the server's words; those of sensitive objects lose theirs, because they quote values. */
export function rejectedObject(
  desired: Desired,
  causes: readonly { type: string; field: string; message: string }[],
  basis: ObjectDrift['basis'],
  pair?: Pair,
): ComparedObject {
  const sensitive = isSensitive(desired.object);
  const shown = causes.map((cause) => maskCause(cause, sensitive));
  const first = shown[0];
  const detail = first ? `${first.field === '' ? '' : `${first.field}: `}${first.message}` : 'no reason was given';
  const more = shown.length > 1 ? ` (and ${shown.length - 1} more)` : '';
  const failure: Failure = {
    reason: 'invalid',
    message: `Applying it would be refused: ${detail}${more}`,
    causes: shown,
  };
  return {
    drift: {
      ...baseDrift(desired),
      state: 'rejected',
      basis,
      failure,
      ...(pair ? { live: identity(pair.live) } : {}),
      ...(pair?.owners.applier === undefined ? {} : { applier: pair.owners.applier }),
    },
    kind: desired.kind,
    desired,
    live: pair?.live,
    predicted: undefined,
    root: pair?.root ?? deduced,
    fields: [],
    ignored: [],
  };
}

/** Describes the differences of a pair; without any it is in sync. `predicted`: what an apply would store. */
export function comparedObject(
  pair: Pair,
  differences: readonly Difference[],
  predicted: KubernetesObject,
  allocated: readonly ElementPath[],
  basis: ObjectDrift['basis'],
  rules: readonly IgnoreDifference[],
  foreignBeside: Parameters<typeof countLeavesOutside>[1],
): ComparedObject {
  const { desired, live, owners } = pair;
  const root: SchemaNode = pair.root ?? deduced;
  const describe = fieldDescriber(pair, root, predicted, allocated);
  const kept: { shown: FieldDrift; field: ComparedField }[] = [];
  const ignored: ComparedField[] = [];
  for (const difference of differences) {
    const entry = describe(difference);
    if (isIgnored(rules, desired.key, entry.shown)) {
      ignored.push(entry.field);
    } else {
      kept.push(entry);
    }
  }
  kept.sort((a, b) => (a.shown.path < b.shown.path ? -1 : a.shown.path > b.shown.path ? 1 : 0));
  return {
    drift: {
      ...baseDrift(desired),
      state: kept.length === 0 ? 'inSync' : 'drifted',
      basis,
      fields: kept.map((entry) => entry.shown),
      foreign: countForeign(owners, foreignBeside),
      live: identity(live),
      ...(ignored.length === 0 ? {} : { ignored: ignored.length }),
      ...(owners.applier === undefined ? {} : { applier: owners.applier }),
    },
    kind: pair.kind,
    desired,
    live,
    predicted,
    root,
    fields: kept.map((entry) => entry.field),
    ignored,
  };
}

/** The same verdict for an object whose text has moved: only the source places are new. */
export function relocated(object: ComparedObject, desired: Desired): ComparedObject {
  const { drift } = object;
  const fields = drift.fields.map(({ origin: _old, ...field }, i) => {
    const compared = object.fields[i];
    const origin = compared && fieldOrigin(object.root, desired, compared.path);
    return origin ? { ...field, origin } : field;
  });
  const { origin: _old, source: _source, ...rest } = drift;
  const place = baseDrift(desired);
  const { origin, source } = place;
  return { ...object, desired, drift: { ...rest, source, fields, ...(origin ? { origin } : {}) } };
}

function fieldOrigin(root: SchemaNode, desired: Desired, path: ElementPath): Origin | undefined {
  const place = resolve(root, desired.resource.object, path);
  return originOf(desired.rendering, desired.resource, place.path);
}

function countForeign(owners: Owners, beside: Parameters<typeof countLeavesOutside>[1]): number {
  return owners.entries
    .filter((e) => e.fields !== owners.last && e.subresource !== 'status')
    .reduce((sum, e) => sum + countLeavesOutside(e.fields, beside), 0);
}

/** Texts are read from masked copies, so that no value of a Secret can reach a report whatever its path. */
function fieldDescriber(
  pair: Pair,
  root: SchemaNode,
  predicted: KubernetesObject,
  allocated: readonly ElementPath[],
): (difference: Difference) => { shown: FieldDrift; field: ComparedField } {
  const { desired, live, owners } = pair;
  const masker = new Masker();
  const sensitive = isSensitive(desired.object) || isSensitive(live);
  const shownDesired = maskObject(desired.object, masker, sensitive);
  const shownPredicted = maskObject(predicted, masker, sensitive);
  const shownLive = maskObject(comparable(live), masker, sensitive);
  const chosenByServer = new Set(allocated.map((path) => path.join('\n')));

  return ({ path, order }) => {
    const liveValue = valueAt(root, live, path) ?? undefined;
    const predictedValue = valueAt(root, predicted, path) ?? undefined;
    const change: FieldChange = order
      ? 'order'
      : (liveValue ?? null) === null
        ? 'removed'
        : (predictedValue ?? null) === null && !chosenByServer.has(path.join('\n'))
          ? 'added'
          : 'changed';
    // What the author wrote reads better than what the server makes of it, where the author wrote it.
    const written = valueAt(root, shownDesired, path);
    const wanted = written ?? valueAt(root, shownPredicted, path) ?? undefined;
    // In one order of keys, what differs inside a list that counts as one value can be seen.
    const there = valueAt(root, shownLive, path) ?? undefined;
    const ordered = there === undefined ? undefined : inOrderOf(written, there);
    const [wantedText, thereText] =
      wanted === undefined || ordered === undefined
        ? [oneLine(wanted), oneLine(ordered)]
        : oneLineEach(wanted, ordered);
    const desiredText = chosenByServer.has(path.join('\n'))
      ? '(chosen by the server)'
      : order
        ? orderText(root, shownPredicted, path)
        : wantedText;
    const liveText = order ? orderText(root, shownLive, path) : thereText;
    // Nobody's set says who moved an item.
    const by = order ? undefined : blame(owners, path);
    const place = resolve(root, desired.resource.object, authoredPath(desired.resource.object, path));
    const at =
      place.complete && !order ? towardsDifference(place.path, place.value, predictedValue, liveValue) : place.path;
    const origin = originOf(desired.rendering, desired.resource, at);
    const shown: FieldDrift = {
      pointer: pointerInto(root, live, path),
      path: displayPath(path),
      change,
      ...(change === 'added' || desiredText === undefined ? {} : { desired: desiredText }),
      ...(liveText === undefined ? {} : { live: liveText }),
      ...(by ? { blame: by } : {}),
      ...(origin ? { origin } : {}),
    };
    return { shown, field: { path, change, live: liveValue, desired: predictedValue } };
  };
}

/**
 * Further into a value that counts as one, to the first part of it that would change, as far as the author wrote it: that line may
 * come from another file than the beginning.
 */
function towardsDifference(
  path: readonly (string | number)[],
  written: JsonValue | undefined,
  predicted: JsonValue | undefined,
  live: JsonValue | undefined,
): readonly (string | number)[] {
  if (Array.isArray(written) && Array.isArray(predicted) && Array.isArray(live)) {
    const index = predicted.findIndex((item, i) => i < live.length && !strictlyEqual(item, live[i]));
    return index < 0 || index >= written.length
      ? path
      : towardsDifference([...path, index], written[index], predicted[index], live[index]);
  }
  if (isObject(written) && isObject(predicted) && isObject(live)) {
    const key = Object.keys(written).find((name) => name in live && !strictlyEqual(predicted[name], live[name]));
    return key === undefined ? path : towardsDifference([...path, key], written[key], predicted[key], live[key]);
  }
  return path;
}

/** Where the author wrote what is live at a path: the server moves a Secret's `stringData` into `data`. */
function authoredPath(object: KubernetesObject, path: ElementPath): ElementPath {
  const [field, key, ...rest] = path;
  const written = object.stringData;
  const inStringData =
    field === 'f:data' && key !== undefined && isSecret(object) && isObject(written) && key.slice(2) in written;
  return inStringData ? ['f:stringData', key, ...rest] : path;
}

/** The identities of a list's items in order, which is all that differs. */
function orderText(root: SchemaNode, object: KubernetesObject, path: ElementPath): string | undefined {
  const value = valueAt(root, object, path);
  if (!Array.isArray(value)) {
    return oneLine(value);
  }
  const names = value.map((item) => {
    const named = typeof item === 'object' && item !== null && !Array.isArray(item) ? item.name : item;
    return typeof named === 'string' || typeof named === 'number' ? String(named) : JSON.stringify(named ?? item);
  });
  return oneLine(names.join(', '));
}

export function leftoverObject(
  live: KubernetesObject,
  kind: KindInfo,
  key: ObjectDrift['key'],
  source: string,
): ComparedObject {
  const entries = managedEntries(live);
  const applier = entries.find((e) => e.operation === 'Apply')?.manager;
  return {
    drift: {
      key,
      apiVersion: live.apiVersion,
      state: 'extra',
      basis: 'exact',
      fields: [],
      foreign: 0,
      source,
      live: identity(live),
      ...(applier === undefined ? {} : { applier }),
    },
    kind,
    desired: undefined,
    live,
    predicted: undefined,
    root: deduced,
    fields: [],
    ignored: [],
  };
}
