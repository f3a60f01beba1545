// Drift of one environment: desired and live paired by identity, each pair decided locally, what differs decided exactly,
// and leftovers of the same owner found by evidence. Two thousand objects take one list per kind and no call per object.
import type { JsonObject, JsonValue } from '../json';
import { isObject } from '../json';
import type { Abort, Failure, KindInfo, Target, Validator } from '../ports';
import type { Rendering } from '../render/rendering';
import type { KubernetesObject } from '../resource';
import { keyOf, keyText, label } from '../resource';
import type { Environment, IgnoreDifference } from '../workspace/source';
import { isSecret, secretWithData } from './builtin';
import { strictlyEqual } from './compare';
import { comparable, decideLocally, needsServer, prepare, withoutServerFields } from './decide';
import type { ComparedObject, Comparison } from './comparison';
import { comparedObject, relocated, leftoverObject, missingObject, rejectedObject, unknownObject } from './comparison';
import type { Desired } from './desired';
import { collectDesired } from './desired';
import type { DriftReport, DriftState, ObjectDrift } from './drift';
import type { Candidate, ExactOptions } from './exact';
import { confirmByDryRun, decideWithEngine, engineMinor } from './exact';
import type { LiveState, Wanted } from './live';
import { Kinds, apiVersionOf, kindId, listAll, listFailure, liveId, readSchema } from './live';
import { placeholderKeys } from './mask';
import { ownerOf, withApplierMarks } from './ownership';
import { clientSideOwners, ownersOf } from './owners';
import type { Fingerprint, HiddenVerdict } from './secretMarks';
import { hiddenVerdicts } from './secretMarks';
import { subsetDifferences } from './subset';

export interface DriftPorts {
  /** Undefined where no engine can run: objects that the merge finds different are then unknown. */
  validator: Validator | undefined;
  /** Lets other work run; called between slices of a few milliseconds. */
  pause(): Promise<void>;
  /** ISO 8601. */
  now(): string;
  /** Compares secret values with those that a snapshot hides; without it they are unknown. */
  fingerprint?: Fingerprint;
}

export interface DriftOptions {
  ignoreDifferences?: readonly IgnoreDifference[];
  /** Field manager that applies this environment, where configuration says so. */
  manager?: string;
  /** Default true: what differs is confirmed by the server's dry run, where the target is a cluster and allows it. */
  confirm?: boolean;
  /** `<environment>@<repository>`: the owner that a sync records, and by which leftovers are known. */
  record?: string;
  revision?: string;
  dirty?: boolean;
  /** An earlier comparison with the same live state: objects that Git still says in the same words keep their verdict. */
  previous?: Comparison;
  abort?: Abort;
}

/** Objects that are decided between two pauses: about 4 ms. */
const slice = 30;

/** Kinds in which leftovers are looked for besides those that Git still has. */
const commonKinds = [
  'v1/ConfigMap',
  'v1/Secret',
  'v1/Service',
  'v1/ServiceAccount',
  'v1/PersistentVolumeClaim',
  'apps/v1/Deployment',
  'apps/v1/StatefulSet',
  'apps/v1/DaemonSet',
  'batch/v1/CronJob',
  'batch/v1/Job',
  'networking.k8s.io/v1/Ingress',
  'networking.k8s.io/v1/NetworkPolicy',
  'autoscaling/v2/HorizontalPodAutoscaler',
  'policy/v1/PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1/Role',
  'rbac.authorization.k8s.io/v1/RoleBinding',
];

/** Reads the target and compares. */
export async function drift(
  environment: Environment,
  renderings: readonly Rendering[],
  target: Target,
  ports: DriftPorts,
  options: DriftOptions = {},
): Promise<Comparison> {
  const read = await readLive(environment, renderings, target, options);
  return compareWithLive(read, environment, renderings, ports, options);
}

/** Asks the target for everything that the renderings need to be compared with; a failure is part of the answer. */
export async function readLive(
  environment: Environment,
  renderings: readonly Rendering[],
  target: Target,
  options: DriftOptions = {},
): Promise<LiveState | { target: Target; failure: Failure }> {
  const { abort } = options;
  const kinds = await target.kinds(abort);
  if (!kinds.ok) {
    return { target, failure: kinds.failure };
  }
  const served = new Kinds(kinds.value);
  const desired = collectDesired(environment, renderings, served);
  const wanted = new Map<string, Wanted>();
  const want = (kind: KindInfo, namespace?: string): void => {
    const entry = wanted.get(kindId(kind)) ?? { kind, namespaces: new Set<string>() };
    if (namespace !== undefined) {
      entry.namespaces.add(namespace);
    }
    wanted.set(kindId(kind), entry);
  };
  for (const object of desired.objects.values()) {
    if (object.kind && !object.definedHere) {
      want(object.kind, object.key.namespace);
    }
  }
  if (mayHaveLeftovers(renderings, options)) {
    const namespaces = new Set([...desired.objects.values()].map((o) => o.key.namespace).filter((n) => n !== ''));
    for (const id of commonKinds) {
      const at = id.lastIndexOf('/');
      const kind = served.exact(id.slice(0, at), id.slice(at + 1));
      if (kind) {
        want(kind);
        namespaces.forEach((namespace) => want(kind, namespace));
      }
    }
  }
  const apiVersions = new Set(
    [...desired.objects.values()].flatMap((o) => (o.kind && !o.definedHere ? [apiVersionOf(o.kind)] : [])),
  );
  const [version, lists, rules] = await Promise.all([
    target.version(abort),
    listAll(target, [...wanted.values()], abort),
    readSchema(target, [...apiVersions], abort),
  ]);
  return {
    target,
    version: version.ok ? version.value : undefined,
    kinds: served,
    lists,
    schema: rules.schema,
    failures: rules.failure ? [rules.failure] : [],
  };
}

function mayHaveLeftovers(renderings: readonly Rendering[], options: DriftOptions): boolean {
  const controlled = ['fluxKustomization', 'fluxHelmRelease', 'argoApplication'];
  return options.record !== undefined || renderings.some((r) => controlled.includes(r.source.kind));
}

/** Compares with what was read before. After an edit only the rendering is new, so no target is asked but for dry runs. */
export async function compareWithLive(
  read: LiveState | { target: Target; failure: Failure },
  environment: Environment,
  renderings: readonly Rendering[],
  ports: DriftPorts,
  options: DriftOptions = {},
): Promise<Comparison> {
  if ('failure' in read) {
    const desired = collectDesired(environment, renderings, new Kinds([]));
    const objects = [...desired.objects.values()].map((d) => unknownObject(d, read.failure));
    const failures = [read.failure, ...desired.failures];
    return { ...assemble(environment, read.target, objects, failures, [], ports, options), live: undefined };
  }
  const desired = collectDesired(environment, renderings, read.kinds);
  const decided: ComparedObject[] = [];
  const candidates: Candidate[] = [];
  let count = 0;
  const hidden = new Map<string, Map<string, HiddenVerdict>>();
  for (const object of desired.objects.values()) {
    const stored = storedObject(object, read);
    if (stored && placeholderKeys(stored).length > 0) {
      hidden.set(keyText(object.key), await hiddenVerdicts(stored, object.object, object.key, ports.fingerprint));
    }
    const outcome =
      unchanged(options.previous, object, read) ?? decideOne(object, read, options, hidden.get(keyText(object.key)));
    if ('merged' in outcome) {
      candidates.push(outcome);
    } else {
      decided.push(outcome);
    }
    if (++count % slice === 0) {
      await ports.pause();
    }
  }
  decided.push(...(await decideCandidates(candidates, read, renderings, ports, options)));
  const leftovers = desired.complete ? findLeftovers(read, desired.objects, renderings, options) : [];
  const failures = [...desired.failures, ...read.failures, ...listFailures(read, desired.objects)];
  const unsearched = mayHaveLeftovers(renderings, options) ? notSearched(read, desired.complete) : [];
  const all = [...decided.map((d) => withMaskedValues(d, hidden.get(keyText(d.drift.key)))), ...leftovers];
  return { ...assemble(environment, read.target, all, failures, unsearched, ports, options), live: read };
}

function storedObject({ kind, key }: Desired, read: LiveState): KubernetesObject | undefined {
  return kind && read.lists.get(kindId(kind))?.objects.get(liveId(key.namespace, key.name));
}

/** The earlier verdict of an object that is still the same on both sides, at the lines where it stands now. */
function unchanged(previous: Comparison | undefined, desired: Desired, read: LiveState): ComparedObject | undefined {
  const before = previous?.live === read ? previous.objects.get(keyText(desired.key)) : undefined;
  return before?.desired && strictlyEqual(before.desired.object, desired.object)
    ? relocated(before, desired)
    : undefined;
}

function decideOne(
  desired: Desired,
  read: LiveState,
  options: DriftOptions,
  hidden: ReadonlyMap<string, HiddenVerdict> | undefined,
): ComparedObject | Candidate {
  const { kind, key } = desired;
  if (!kind) {
    const failure = desired.failure ?? { reason: 'unsupported', message: `${label(key)} is of an unknown kind.` };
    return unknownObject(desired, failure);
  }
  if (desired.object.sops !== undefined) {
    const message = `${label(key)} is encrypted with SOPS in Git; its values cannot be compared.`;
    return unknownObject(desired, { reason: 'unsupported', message });
  }
  const { unresolved = [] } = desired.resource;
  if (unresolved.length > 0) {
    const message = `${label(key)} uses variables whose values are not in the repository: ${unresolved.join(', ')}.`;
    return unknownObject(desired, { reason: 'unsupported', message });
  }
  if (desired.definedHere) {
    return missingObject(desired);
  }
  const list = read.lists.get(kindId(kind));
  const failed = list
    ? listFailure(list, key.namespace)
    : ({ reason: 'partial', message: `${kind.kind} was not read yet; refresh to compare.` } satisfies Failure);
  if (failed || !list) {
    return unknownObject(desired, failed ?? { reason: 'error', message: `${label(key)} was not read.` });
  }
  const root = read.schema.root(desired.object.apiVersion, desired.object.kind);
  const stored = list.objects.get(liveId(key.namespace, key.name));
  if (!stored) {
    const faults = root ? prepare(root, desired.object).faults : [];
    return faults.length === 0 ? missingObject(desired) : rejectedObject(desired, typed(faults), 'exact');
  }
  const { live, applied } = sidesOf(desired, stored, hidden);
  const owners = ownersOf(live, options.manager);
  const pair = { desired, kind, live: stored, root, owners };
  if (!root) {
    return compareSubset({ ...pair, root: undefined }, options);
  }
  const known = clientSideOwners(root, live, owners) ?? owners;
  const marked = withApplierMarks(applied, live, known.last);
  const prepared = prepare(root, marked);
  const decision = decideLocally(prepared, live, known);
  const weak = needsServer(prepared, known);
  const candidate = { ...pair, root, live, owners: known, prepared, weak, applied: withoutServerFields(marked) };
  switch (decision.verdict) {
    case 'rejected':
      return rejectedObject(desired, typed(decision.faults), 'exact', candidate);
    case 'inSync':
      // A weak verdict is asked of the server even when it is good news.
      return weak && read.target.type === 'cluster' && options.confirm !== false
        ? { ...candidate, merged: live }
        : comparedObject(
            candidate,
            [],
            live,
            [],
            known.history === 'none' ? 'subset' : 'exact',
            options.ignoreDifferences ?? [],
            [prepared.set, known.last],
          );
    case 'differs':
      return { ...candidate, merged: decision.merged };
  }
}

const typed = (
  faults: readonly { field: string; message: string }[],
): { type: string; field: string; message: string }[] =>
  faults.map((fault) => ({ type: 'FieldValueTypeInvalid', ...fault }));

/**
 * The two sides as they can be compared. Values that a snapshot holds only as placeholders stand on both sides, unless they are
 * known to differ, so that the rest decides; `withMaskedValues` then says what could not be compared.
 */
function sidesOf(
  desired: Desired,
  stored: KubernetesObject,
  hidden: ReadonlyMap<string, HiddenVerdict> | undefined,
): { live: KubernetesObject; applied: KubernetesObject } {
  const keys = isSecret(stored) ? placeholderKeys(stored) : [];
  const { stringData } = desired.object;
  const isText = !isObject(stringData) || Object.values(stringData).every((value) => typeof value === 'string');
  if (keys.length === 0 || !isText) {
    return { live: stored, applied: desired.object };
  }
  const { data: wanted, ...rest } = secretWithData(desired.object);
  const masked = stored.data as JsonObject;
  const data: JsonObject = isObject(wanted) ? { ...wanted } : {};
  for (const key of keys) {
    if (key in data && hidden?.get(key) !== 'different') {
      data[key] = masked[key] as JsonValue;
    }
  }
  const applied = { ...rest, data } as KubernetesObject;
  return { live: stored, applied };
}

/** Objects whose comparable part agrees, but that hold values which nobody could compare, are not in sync: they are unknown. */
function withMaskedValues(
  compared: ComparedObject,
  hidden: ReadonlyMap<string, HiddenVerdict> | undefined,
): ComparedObject {
  const { desired, live, drift: found } = compared;
  const undecided = [...(hidden ?? new Map<string, HiddenVerdict>()).values()].includes('unknown');
  if (found.state !== 'inSync' || !desired || !live || !undecided) {
    return compared;
  }
  const message = `The values of ${label(desired.key)} are masked in the snapshot, so they cannot be compared.`;
  return unknownObject(desired, { reason: 'unsupported', message }, live);
}

function compareSubset(pair: Parameters<typeof comparedObject>[0], options: DriftOptions): ComparedObject {
  const wanted = comparable(withoutServerFields(pair.desired.object));
  const found = subsetDifferences(wanted, comparable(pair.live));
  return comparedObject(pair, found, wanted, [], 'subset', options.ignoreDifferences ?? [], []);
}

async function decideCandidates(
  candidates: readonly Candidate[],
  read: LiveState,
  renderings: readonly Rendering[],
  ports: DriftPorts,
  options: DriftOptions,
): Promise<ComparedObject[]> {
  if (candidates.length === 0) {
    return [];
  }
  const exact: ExactOptions = {
    validator: ports.validator,
    ignore: options.ignoreDifferences ?? [],
    sameVersion: read.version?.startsWith(`${engineMinor}.`) === true || read.version === engineMinor,
    abort: options.abort,
  };
  if (ports.validator && candidates.some((c) => c.prepared.custom)) {
    await ports.validator.addCrds(await definitions(candidates, read, renderings, options.abort));
  }
  const local = await decideWithEngine(candidates, exact);
  if (read.target.type !== 'cluster' || options.confirm === false) {
    return local;
  }
  const asked = candidates.flatMap((candidate, i) => {
    const found = local[i];
    // A client-side apply's leftovers are not in what a server-side dry run shows, so it cannot confirm them.
    const answerable = candidate.owners.history !== 'lastApplied';
    return found && answerable && (candidate.weak || found.drift.state !== 'inSync')
      ? [{ candidate, local: found, i }]
      : [];
  });
  const confirmed = await confirmByDryRun(asked, read.target, exact);
  asked.forEach(({ i }, n) => {
    local[i] = confirmed[n] ?? (local[i] as ComparedObject);
  });
  return local;
}

/** Definitions of the custom kinds that differ: the target's own, else those in Git. */
async function definitions(
  candidates: readonly Candidate[],
  read: LiveState,
  renderings: readonly Rendering[],
  abort: Abort | undefined,
): Promise<string[]> {
  const names = new Set(candidates.filter((c) => c.prepared.custom).map((c) => `${c.kind.resource}.${c.kind.group}`));
  const kind = read.kinds.exact('apiextensions.k8s.io/v1', 'CustomResourceDefinition');
  const listed = kind ? await read.target.list(kind, undefined, abort) : undefined;
  const rendered = renderings.flatMap((r) => r.resources.map((resource) => resource.object));
  const found = listed?.ok ? listed.value : rendered.filter((o) => o.kind === 'CustomResourceDefinition');
  return found
    .filter((o) => typeof o.metadata.name === 'string' && names.has(o.metadata.name))
    .map((o) => JSON.stringify(withoutServerFields(o)));
}

function findLeftovers(
  read: LiveState,
  desired: ReadonlyMap<string, Desired>,
  renderings: readonly Rendering[],
  options: DriftOptions,
): ComparedObject[] {
  const scope = { record: options.record, sources: renderings.map((r) => r.source) };
  const found = new Map<string, ComparedObject>();
  for (const list of read.lists.values()) {
    for (const live of list.objects.values()) {
      const key = keyOf(live, list.kind.namespaced ? undefined : '');
      const source = desired.has(keyText(key)) ? undefined : ownerOf(live, scope);
      // What is being deleted already needs no pruning.
      if (source !== undefined && live.metadata.deletionTimestamp === undefined) {
        found.set(keyText(key), leftoverObject(live, list.kind, key, source));
      }
    }
  }
  return [...found.values()];
}

/** Lists that failed and that desired objects depend on. */
function listFailures(read: LiveState, desired: ReadonlyMap<string, Desired>): Failure[] {
  const needed = new Set([...desired.values()].flatMap((d) => (d.kind ? [kindId(d.kind)] : [])));
  return [...read.lists].flatMap(([id, list]) => (list.failure && needed.has(id) ? [list.failure] : []));
}

function notSearched(read: LiveState, complete: boolean): string[] {
  return [...read.lists.values()]
    .filter((list) => !complete || list.failure !== undefined || list.namespaces !== undefined)
    .map((list) => list.kind.kind)
    .sort();
}

const stateOrder: DriftState[] = ['rejected', 'drifted', 'missing', 'extra', 'unknown', 'inSync'];

function assemble(
  environment: Environment,
  target: Target,
  objects: readonly ComparedObject[],
  failures: readonly Failure[],
  unsearched: readonly string[],
  ports: DriftPorts,
  options: DriftOptions,
): { report: DriftReport; objects: Map<string, ComparedObject> } {
  const counts: Record<DriftState, number> = { inSync: 0, drifted: 0, missing: 0, extra: 0, rejected: 0, unknown: 0 };
  objects.forEach((o) => counts[o.drift.state]++);
  const drifts = sorted(objects);
  const report: DriftReport = {
    schemaVersion: 1,
    environment: environment.name,
    target: target.name,
    ...(options.revision === undefined ? {} : { revision: options.revision }),
    dirty: options.dirty ?? false,
    comparedAt: ports.now(),
    objects: drifts,
    counts,
    ...(unsearched.length === 0 ? {} : { notSearched: [...unsearched] }),
    failures: [...failures],
  };
  return { report, objects: new Map(objects.map((o) => [keyText(o.drift.key), o])) };
}

/** By owner, then what needs attention first, then identity. The keys are made once: two thousand objects compare often. */
function sorted(objects: readonly ComparedObject[]): ObjectDrift[] {
  const entries = objects.map(({ drift: found }) => ({
    found,
    order: `${found.source}\0${stateOrder.indexOf(found.state)}\0${keyText(found.key)}`,
  }));
  entries.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
  return entries.map((entry) => entry.found);
}
