// A snapshot on disk: `snapshot.yaml`, and one YAML file for each object at `<namespace or _cluster>/<group or core>.<Kind>/<name>.yaml`.
// What an object is comes from its text, never from its file's name. Values of Secrets are placeholders.
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { dump } from 'js-yaml';
import { isSecret } from '../core/drift/builtin';
import { maskForFile } from '../core/drift/mask';
import { markedData } from '../core/drift/secretMarks';
import type { JsonObject, JsonValue } from '../core/json';
import { isObject } from '../core/json';
import type { Answer, FailureReason, KindInfo } from '../core/ports';
import type { KubernetesObject, ResourceKey } from '../core/resource';
import { groupOf, isKubernetesObject, keyOf } from '../core/resource';
import { parseYaml } from '../core/yaml/parse';
import { toJson } from '../core/yaml/resolve';
import { fingerprint } from './fingerprint';
import { writeFileAtomically } from './writeFile';

export interface SnapshotInfo {
  /** Shown to people. */
  name: string;
  /** ISO 8601. */
  takenAt?: string;
  /** `1.36.3`. */
  kubernetesVersion?: string;
  /** The kubeconfig context it was taken from. */
  context?: string;
  /** Kinds whose objects are all here. Absent (a snapshot made by hand): every known kind. */
  kinds?: KindInfo[];
  /** Kinds that could not be read when it was taken: nobody can say what there was. */
  unavailable: { kind: KindInfo; reason: FailureReason; message: string }[];
}

export interface StoredObject {
  file: string;
  object: KubernetesObject;
}

export interface SnapshotFolder {
  readonly path: string;
  info(): Promise<Answer<SnapshotInfo>>;
  /** Every object of a kind, sorted by namespace and name. Fails with `partial` where one of its files cannot be read. */
  objects(kind: { group: string; kind: string }, namespace?: string): Promise<Answer<StoredObject[]>>;
  /** Every object of every kind. */
  all(): Promise<Answer<StoredObject[]>>;
  /** Writes or replaces an object's file, masked, as a whole. `desired`: what Git says of it, which hidden values are held against. */
  write(
    object: KubernetesObject,
    options?: { file?: string | undefined; desired?: KubernetesObject | undefined },
  ): Promise<void>;
  remove(file: string): Promise<void>;
}

export const infoFile = 'snapshot.yaml';
const clusterFolder = '_cluster';

interface CachedFile {
  size: number;
  modified: number;
  object: KubernetesObject | string;
}

export function openSnapshotFolder(folder: string): SnapshotFolder {
  const cache = new Map<string, CachedFile>();

  /** The object in a file, or what is wrong with it; undefined where the file is gone. */
  async function read(file: string): Promise<KubernetesObject | string | undefined> {
    const stat = await fs.stat(file).catch(() => undefined);
    if (stat === undefined) {
      cache.delete(file);
      return undefined;
    }
    const known = cache.get(file);
    if (known?.size === stat.size && known.modified === stat.mtimeMs) {
      return known.object;
    }
    const object = objectOf(await fs.readFile(file, 'utf8').catch(() => ''));
    cache.set(file, { size: stat.size, modified: stat.mtimeMs, object });
    return object;
  }

  async function readAll(files: string[]): Promise<Answer<StoredObject[]>> {
    const objects: StoredObject[] = [];
    for (const file of files) {
      const object = await read(file);
      if (typeof object === 'string') {
        const name = path.relative(folder, file);
        const message = `${name} in the snapshot ${folder} cannot be read: ${object}. Correct or remove the file.`;
        return { ok: false, failure: { reason: 'partial', message } };
      }
      if (object !== undefined) {
        objects.push({ file, object });
      }
    }
    return { ok: true, value: objects };
  }

  return {
    path: folder,

    async info() {
      const file = path.join(folder, infoFile);
      const text = await fs.readFile(file, 'utf8').catch(() => undefined);
      if (text === undefined) {
        const message = `There is no snapshot in ${folder} (no ${infoFile}). Take one with: plumbline snapshot ${folder}`;
        return { ok: false, failure: { reason: 'not-found', message } };
      }
      const value = valueOf(text);
      return isObject(value) && value.kind === 'Snapshot'
        ? { ok: true, value: infoOf(value, path.basename(folder)) }
        : {
            ok: false,
            failure: {
              reason: 'invalid',
              message: `${file} is not a snapshot's description (kind: Snapshot). Take the snapshot again.`,
            },
          };
    },

    async objects(kind, namespace) {
      const files: string[] = [];
      for (const outer of namespace === undefined ? await folders(folder) : [encodeName(namespace || clusterFolder)]) {
        files.push(...(await yamlFiles(path.join(folder, outer, kindFolder(kind)))));
      }
      return readAll(files);
    },

    async all() {
      const files: string[] = [];
      for (const outer of await folders(folder)) {
        for (const inner of await folders(path.join(folder, outer))) {
          files.push(...(await yamlFiles(path.join(folder, outer, inner))));
        }
      }
      return readAll(files);
    },

    async write(object, { file, desired } = {}) {
      const key = keyOf(object);
      const target = file ?? path.join(folder, placeOf(key));
      const marked = isSecret(object) ? await markedData(object, desired, key, fingerprint) : undefined;
      await writeFileAtomically(target, yamlOf(maskForFile(object, marked)));
      cache.delete(target);
    },

    async remove(file) {
      await fs.rm(file, { force: true });
      cache.delete(file);
    },
  };
}

/** Writes the description; the last file of a snapshot that is being taken, so that half a one is never read. */
export async function writeInfo(folder: string, info: SnapshotInfo): Promise<void> {
  const { name, takenAt, kubernetesVersion, context, kinds, unavailable } = info;
  const kindOf = (k: KindInfo): JsonObject => ({
    group: k.group,
    version: k.version,
    kind: k.kind,
    resource: k.resource,
    namespaced: k.namespaced,
  });
  const value: JsonObject = {
    kind: 'Snapshot',
    name,
    ...(takenAt === undefined ? {} : { takenAt }),
    ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
    ...(context === undefined ? {} : { context }),
    ...(kinds === undefined ? {} : { kinds: kinds.map(kindOf) }),
    unavailable: unavailable.map((u) => ({ ...kindOf(u.kind), reason: u.reason, message: u.message })),
  };
  await writeFileAtomically(path.join(folder, infoFile), yamlOf(value));
}

function infoOf(value: JsonObject, otherwise: string): SnapshotInfo {
  const kinds = Array.isArray(value.kinds) ? value.kinds.filter(isObject).map(kindInfo) : undefined;
  const unavailable = (Array.isArray(value.unavailable) ? value.unavailable : []).filter(isObject).map((entry) => ({
    kind: kindInfo(entry),
    reason: (text(entry.reason) ?? 'error') as FailureReason,
    message: text(entry.message) ?? 'it could not be read when the snapshot was taken',
  }));
  const takenAt = text(value.takenAt);
  const kubernetesVersion = text(value.kubernetesVersion);
  const context = text(value.context);
  return {
    name: text(value.name) ?? otherwise,
    unavailable,
    ...(takenAt === undefined ? {} : { takenAt }),
    ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
    ...(context === undefined ? {} : { context }),
    ...(kinds === undefined ? {} : { kinds }),
  };
}

function kindInfo(entry: JsonObject): KindInfo {
  return {
    group: text(entry.group) ?? '',
    version: text(entry.version) ?? '',
    kind: text(entry.kind) ?? '',
    resource: text(entry.resource) ?? '',
    namespaced: entry.namespaced === true,
  };
}

function objectOf(content: string): KubernetesObject | string {
  const value = valueOf(content);
  if (value === undefined) {
    return 'it is not one valid YAML document';
  }
  return isKubernetesObject(value) ? value : 'it is not a Kubernetes object';
}

/** The one document of a text, undefined where it is broken. */
function valueOf(content: string): JsonValue | undefined {
  const parsed = parseYaml(content);
  const documents = parsed.documents.filter((document) => document.root !== undefined);
  const [document] = documents;
  return documents.length !== 1 || document === undefined || document.faults.length > 0
    ? undefined
    : toJson(document.root);
}

function placeOf(key: ResourceKey): string {
  return path.join(encodeName(key.namespace || clusterFolder), kindFolder(key), `${encodeName(key.name)}.yaml`);
}

const kindFolder = (kind: { group: string; kind: string }): string =>
  `${kind.group === '' ? 'core' : kind.group}.${kind.kind}`;

/** Names of roles hold colons, which some file systems refuse. */
const encodeName = (name: string): string =>
  name.replace(/[^A-Za-z0-9._-]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);

const yamlOf = (value: JsonValue): string => dump(value, { lineWidth: -1, noRefs: true });

async function folders(folder: string): Promise<string[]> {
  const entries = await fs.readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();
}

async function yamlFiles(folder: string): Promise<string[]> {
  const names = await fs.readdir(folder).catch(() => []);
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}

const text = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The group and kind of an object, as folders and lists are asked for. */
export const kindOfObject = (object: KubernetesObject): { group: string; kind: string } => ({
  group: groupOf(object.apiVersion),
  kind: object.kind,
});
