// A snapshot folder as a target: the embedded cluster. Applying to it runs the API server's own code (validation, defaulting,
// server-side apply, conflicts) on files; what has only a meaning in a running cluster (webhooks, quotas, controllers) is not there.
import { randomUUID } from 'node:crypto';
import { isSensitive, maskCause } from '../core/drift/mask';
import type { JsonObject } from '../core/json';
import { isObject } from '../core/json';
import type {
  Abort,
  Answer,
  EngineProblem,
  EngineVerdict,
  Failure,
  KindInfo,
  Validator,
  WritableTarget,
} from '../core/ports';
import { EngineUnavailable } from '../core/ports';
import type { KubernetesObject, ResourceKey } from '../core/resource';
import { groupOf, keyOf, label, versionOf } from '../core/resource';
import type { SchemaStore } from '../core/schema/schemaStore';
import { throwIfAborted } from './abort';
import { isMaskedObject } from './maskGuard';
import type { SnapshotInfo, StoredObject } from './snapshotFolder';
import { openSnapshotFolder } from './snapshotFolder';

export interface SnapshotTargetOptions {
  /** Absolute. */
  folder: string;
  validator: Validator;
  /** The snapshot's own CustomResourceDefinitions are added to it, as those of the cluster. */
  schemas: SchemaStore;
  /** Default: the system's. */
  clock?: () => Date;
}

const crds = { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' };
const namespaces = { group: '', kind: 'Namespace' };

export function createSnapshotTarget({
  folder,
  validator,
  schemas,
  clock = () => new Date(),
}: SnapshotTargetOptions): WritableTarget {
  const files = openSnapshotFolder(folder);
  const name = folder.split(/[\\/]/).filter(Boolean).at(-1) ?? folder;
  /** Writes happen one after the other: each starts from what the one before has stored. */
  let last: Promise<unknown> = Promise.resolve();

  /** The description, after the snapshot's definitions are known. Every question starts here. */
  async function open(abort: Abort | undefined): Promise<Answer<SnapshotInfo>> {
    throwIfAborted(abort);
    const info = await files.info();
    const definitions = info.ok ? await files.objects(crds) : info;
    if (!definitions.ok) {
      return definitions;
    }
    schemas.setCrds(
      'cluster',
      folder,
      definitions.value.map(({ object }) => object),
    );
    return info;
  }

  /** Objects of a kind in the version asked for; why not, where they cannot be said. */
  async function stored(
    kind: KindInfo,
    namespace: string | undefined,
    abort: Abort | undefined,
  ): Promise<Answer<StoredObject[]>> {
    const info = await open(abort);
    if (!info.ok) {
      return info;
    }
    const missing = info.value.unavailable.find((u) => u.kind.group === kind.group && u.kind.kind === kind.kind);
    if (missing) {
      return fails(
        missing.reason,
        `${kind.kind} objects are not in the snapshot ${info.value.name}: ${missing.message}`,
      );
    }
    if (!isTaken(info.value, kind)) {
      return fails(
        'unsupported',
        `${kind.kind} objects (${groupVersion(kind)}) were not taken into the snapshot ${info.value.name}. Take it again with them.`,
      );
    }
    const objects = await files.objects(kind, kind.namespaced ? namespace : '');
    const other = objects.ok ? objects.value.find(({ object }) => object.apiVersion !== groupVersion(kind)) : undefined;
    if (other) {
      // Only a server can convert from one version to another.
      return fails(
        'unsupported',
        `The snapshot ${info.value.name} holds ${label(keyOf(other.object))} as ${other.object.apiVersion}, not as ${groupVersion(kind)}. Use that version, or take the snapshot again.`,
      );
    }
    return objects;
  }

  /** What the snapshot says is there; a kind defined by one of its CRDs is there too, even if it came later. */
  function isTaken(info: SnapshotInfo, kind: KindInfo): boolean {
    return (
      info.kinds === undefined ||
      info.kinds.some((k) => k.group === kind.group && k.kind === kind.kind) ||
      schemas.lookup({ apiVersion: groupVersion(kind), kind: kind.kind, minor: info.kubernetesVersion })?.source ===
        'cluster'
    );
  }

  async function find(
    kind: KindInfo,
    key: ResourceKey,
    abort: Abort | undefined,
  ): Promise<Answer<StoredObject | undefined>> {
    const objects = await stored(kind, key.namespace, abort);
    return objects.ok
      ? { ok: true, value: objects.value.find(({ object }) => keyOf(object).name === key.name) }
      : objects;
  }

  /** Server-side apply by the engine: what would be stored, and what is stored now. */
  async function merge(
    object: KubernetesObject,
    kind: KindInfo,
    options: { manager: string; force: boolean },
    abort: Abort | undefined,
  ): Promise<Answer<{ result: KubernetesObject; live: StoredObject | undefined }>> {
    const key = keyOf(object);
    const what = `Apply ${label(key)} to the snapshot ${name}`;
    if (key.name === '' || (kind.namespaced && key.namespace === '')) {
      return fails('invalid', `${what}: the object has no ${key.name === '' ? 'metadata.name' : 'namespace'}.`);
    }
    const live = await find(kind, key, abort);
    if (!live.ok) {
      return live;
    }
    if (kind.namespaced && !(await hasNamespace(key.namespace))) {
      return fails('not-found', `${what}: namespace ${key.namespace} does not exist yet. Create it first.`);
    }
    try {
      const definition = schemas.crdText(kind.group, kind.kind);
      await validator.addCrds(definition === undefined ? [] : [definition]);
      const item = { desired: object, manager: options.manager, force: options.force };
      const verdict = await validator.apply(live.value ? { ...item, live: live.value.object } : item, abort);
      const refusal = refused(verdict, what, object);
      if (refusal || verdict.object === undefined) {
        return { ok: false, failure: refusal ?? { reason: 'error', message: `${what}: the engine gave no object.` } };
      }
      return {
        ok: true,
        value: { result: settled(verdict.object, live.value?.object, options.manager, clock()), live: live.value },
      };
    } catch (error) {
      if (error instanceof EngineUnavailable) {
        return fails('unsupported', `${what}: ${error.message}`);
      }
      throw error;
    }
  }

  /** A snapshot without any Namespace object does not say which there are. */
  async function hasNamespace(namespace: string): Promise<boolean> {
    const known = await files.objects(namespaces, '');
    return !known.ok || known.value.length === 0 || known.value.some(({ object }) => keyOf(object).name === namespace);
  }

  /** What goes with an object: a namespace's content, and what is owned by it, as the controllers of a cluster would do. */
  async function removeWith(removed: StoredObject): Promise<Answer<undefined>> {
    const all = await files.all();
    if (!all.ok) {
      return all;
    }
    const gone = [removed];
    for (const { object } of gone) {
      const key = keyOf(object);
      for (const other of all.value) {
        const owners = Array.isArray(other.object.metadata.ownerReferences)
          ? other.object.metadata.ownerReferences
          : [];
        const owned = owners.length > 0 && owners.every((o) => isObject(o) && o.uid === object.metadata.uid);
        const inside = key.group === '' && key.kind === 'Namespace' && keyOf(other.object).namespace === key.name;
        if ((owned || inside) && !gone.includes(other) && other.file !== removed.file) {
          gone.push(other);
        }
      }
    }
    for (const { file } of gone) {
      await files.remove(file);
    }
    return { ok: true, value: undefined };
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  }

  return {
    name,
    type: 'snapshot',

    async version(abort) {
      const info = await open(abort);
      if (!info.ok) {
        return info;
      }
      const { kubernetesVersion } = info.value;
      return kubernetesVersion === undefined
        ? fails(
            'unsupported',
            `The snapshot ${name} does not say which Kubernetes version it was taken from. Add kubernetesVersion to its snapshot.yaml.`,
          )
        : { ok: true, value: kubernetesVersion };
    },

    async kinds(abort) {
      const info = await open(abort);
      if (!info.ok) {
        return info;
      }
      const { kinds, unavailable, kubernetesVersion } = info.value;
      const known = schemas
        .kinds(schemas.minorFor(kubernetesVersion))
        .filter((k) => kinds === undefined || k.source === 'cluster')
        .map((k) => ({
          group: groupOf(k.apiVersion),
          version: versionOf(k.apiVersion),
          kind: k.kind,
          resource: k.plural,
          namespaced: k.namespaced,
        }));
      const all = [...(kinds ?? []), ...unavailable.map((u) => u.kind), ...known];
      return { ok: true, value: [...new Map(all.map((k) => [`${groupVersion(k)} ${k.kind}`, k])).values()] };
    },

    async list(kind, namespace, abort) {
      const objects = await stored(kind, namespace, abort);
      return objects.ok ? { ok: true, value: objects.value.map(({ object }) => object) } : objects;
    },

    async get(kind, key, abort) {
      const found = await find(kind, key, abort);
      return found.ok ? { ok: true, value: found.value?.object } : found;
    },

    async openApi(groupVersions, abort) {
      const info = await open(abort);
      return info.ok ? { ok: true, value: schemas.openApi(info.value.kubernetesVersion, groupVersions) } : info;
    },

    async dryRun(object, kind, manager, abort) {
      const merged = await merge(object, kind, { manager, force: true }, abort);
      return merged.ok ? { ok: true, value: merged.value.result } : merged;
    },

    apply: (object, kind, options, abort) =>
      inTurn(async () => {
        if (isMaskedObject(object)) {
          return fails('invalid', `Apply ${label(keyOf(object))}: it holds masked values, which are never applied.`);
        }
        const merged = await merge(object, kind, options, abort);
        if (!merged.ok) {
          return merged;
        }
        const { result, live } = merged.value;
        throwIfAborted(abort);
        if (result !== live?.object) {
          await files.write(result, { file: live?.file, desired: object });
        }
        return { ok: true, value: result };
      }),

    setManagedFields: (kind, key, seen, managedFields, abort) =>
      inTurn(async () => {
        const what = `Take over fields of ${label(key)} in the snapshot ${name}`;
        const found = await find(kind, key, abort);
        if (!found.ok) {
          return found;
        }
        const { object, file } = found.value ?? {};
        const { uid, resourceVersion } = object?.metadata ?? {};
        if (object === undefined || (uid ?? '') !== seen.uid || (resourceVersion ?? '') !== seen.resourceVersion) {
          return fails('conflict', `${what}: it was changed since it was looked at. Refresh, then look again.`);
        }
        const metadata = { ...object.metadata, managedFields, resourceVersion: next(resourceVersion) };
        const written = { ...object, metadata };
        await files.write(written, { file });
        return { ok: true, value: written };
      }),

    delete: (kind, key, seen, abort) =>
      inTurn(async () => {
        const what = `Delete ${label(key)} from the snapshot ${name}`;
        const found = await find(kind, key, abort);
        if (!found.ok) {
          return found;
        }
        if (found.value === undefined) {
          return fails('not-found', `${what}: it is not there.`);
        }
        const { uid, resourceVersion, finalizers } = found.value.object.metadata;
        if ((uid ?? '') !== seen.uid || (resourceVersion ?? '') !== seen.resourceVersion) {
          return fails(
            'conflict',
            `${what}: it was changed since it was looked at. Refresh, then look at the difference again.`,
          );
        }
        if (Array.isArray(finalizers) && finalizers.length > 0) {
          // Somebody asked to be waited for; nobody runs here who could finish it.
          const metadata = {
            ...found.value.object.metadata,
            deletionTimestamp: stamp(clock()),
            resourceVersion: next(resourceVersion),
          };
          await files.write({ ...found.value.object, metadata }, { file: found.value.file });
          return { ok: true, value: undefined };
        }
        return removeWith(found.value);
      }),
  };
}

/** The engine's object with what a server's storage adds. The live object itself where nothing changed. */
function settled(
  object: KubernetesObject,
  live: KubernetesObject | undefined,
  manager: string,
  now: Date,
): KubernetesObject {
  const time = stamp(now);
  const managedFields = (Array.isArray(object.metadata.managedFields) ? object.metadata.managedFields : []).filter(
    isObject,
  );
  if (live !== undefined && sameBut(object, live)) {
    return live;
  }
  const known = new Map(
    (Array.isArray(live?.metadata.managedFields) ? live.metadata.managedFields : [])
      .filter(isObject)
      .map((entry) => [JSON.stringify({ ...entry, time: null }), entry.time]),
  );
  const metadata: JsonObject = {
    ...object.metadata,
    uid: live?.metadata.uid ?? object.metadata.uid ?? randomUUID(),
    creationTimestamp: live?.metadata.creationTimestamp ?? time,
    resourceVersion: next(live?.metadata.resourceVersion),
    managedFields: managedFields.map((entry) => {
      const before = known.get(JSON.stringify({ ...entry, time: null }));
      const own = entry.manager === manager && entry.operation === 'Apply' && before === undefined;
      return { ...entry, time: own ? time : (before ?? entry.time ?? time) };
    }),
  };
  return { ...object, metadata };
}

/** True where two objects differ at most in what every write changes. */
function sameBut(a: KubernetesObject, b: KubernetesObject): boolean {
  const plain = (o: KubernetesObject): string => {
    const { resourceVersion: _, managedFields, ...metadata } = o.metadata;
    const fields = (Array.isArray(managedFields) ? managedFields : []).map((f) =>
      isObject(f) ? { ...f, time: null } : f,
    );
    return stable({ ...o, metadata: { ...metadata, managedFields: fields } });
  };
  return plain(a) === plain(b);
}

/** JSON with sorted keys. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );
}

function refused(verdict: EngineVerdict, what: string, object: KubernetesObject): Failure | undefined {
  const conflicts = verdict.problems.filter((p) => p.type === 'FieldManagerConflict');
  const secret = isSensitive(object);
  const causes = (problems: EngineProblem[]) =>
    problems
      .map((p) => (p.type === 'FieldManagerConflict' ? p : maskCause(p, secret)))
      .map(({ type, field, message }) => ({ type, field, message }));
  if (conflicts.length > 0) {
    const managers = [...new Set(conflicts.map((c) => /"([^"]*)"/.exec(c.message)?.[1] ?? 'another manager'))].join(
      ', ',
    );
    return {
      reason: 'conflict',
      message: `${what}: ${conflicts.length === 1 ? 'a field is' : `${conflicts.length} fields are`} owned by ${managers}. Take the fields over on purpose, or leave them out.`,
      causes: causes(conflicts),
    };
  }
  if (verdict.problems.length > 0) {
    const all = causes(verdict.problems);
    const first = all[0];
    return {
      reason: 'invalid',
      message: `${what}: the object is refused${first === undefined ? '' : `: ${first.field === '' ? '' : `${first.field}: `}${first.message}`}${all.length > 1 ? ` and ${all.length - 1} more` : ''}.`,
      causes: all,
    };
  }
  return verdict.known
    ? undefined
    : {
        reason: 'unsupported',
        message: `${what}: the kind ${object.apiVersion} ${object.kind} is not known. Add its CustomResourceDefinition to the snapshot.`,
      };
}

const groupVersion = (kind: { group: string; version: string }): string =>
  kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;

/** Seconds, as the API server stores times. */
const stamp = (now: Date): string => now.toISOString().replace(/\.\d+Z$/, 'Z');

/** A resource version says no more than that the object is another one: each object counts for itself. */
const next = (version: unknown): string => String((Number(version) || 0) + 1);

function fails(reason: Failure['reason'], message: string): { ok: false; failure: Failure } {
  return { ok: false, failure: { reason, message } };
}
