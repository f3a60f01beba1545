// Random changes of manifests, the same for the same seed: what people and controllers do to objects, sensible or not.
import type { JsonObject, JsonValue } from '../../server/src/core/json';
import { isObject } from '../../server/src/core/json';
import { clone } from '../../server/src/core/drift/structural';
import type { KubernetesObject } from '../../server/src/core/resource';

export type Random = () => number;

/** Numbers in [0, 1), the same sequence for the same seed. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;

type Path = (string | number)[];
const roots = new Set(['spec', 'data', 'stringData', 'rules', 'subjects', 'imagePullSecrets', 'metadata']);

/** Paths of everything in an object that people write. */
function paths(value: JsonValue, path: Path = []): Path[] {
  const found: Path[] = path.length > (path[0] === 'metadata' ? 1 : 0) ? [path] : [];
  const children: [string | number, JsonValue][] = Array.isArray(value)
    ? value.map((item, i): [number, JsonValue] => [i, item])
    : isObject(value)
      ? Object.entries(value)
      : [];
  for (const [key, child] of children) {
    const isRoot = path.length > 0 || roots.has(String(key));
    const isWritten = path.length !== 1 || path[0] !== 'metadata' || key === 'labels' || key === 'annotations';
    if (isRoot && isWritten) {
      found.push(...paths(child, [...path, key]));
    }
  }
  return found;
}

const at = (value: JsonValue, path: Path): JsonValue =>
  path.reduce<JsonValue>((v, key) => (v as Record<string | number, JsonValue>)[key] ?? null, value);

function put(object: JsonValue, path: Path, value: JsonValue | undefined): void {
  const parent = at(object, path.slice(0, -1));
  const key = path[path.length - 1] as string | number;
  if (Array.isArray(parent) && value === undefined) {
    parent.splice(Number(key), 1);
  } else if (value === undefined) {
    delete (parent as JsonObject)[key];
  } else {
    (parent as Record<string | number, JsonValue>)[key] = value;
  }
}

const actions = ['set', 'set', 'set', 'remove', 'remove', 'null', 'empty', 'reverse', 'add', 'add', 'mistype'] as const;

/** A copy with one change, and what it was. */
export function mutate(random: Random, object: KubernetesObject): { object: KubernetesObject; what: string } {
  const copy = clone(object);
  const all = paths(copy);
  const action = pick(random, actions);
  const path = all.length === 0 ? undefined : pick(random, candidates(copy, all, action));
  if (!path) {
    return { object: copy, what: 'nothing' };
  }
  const value = at(copy, path);
  put(copy, path, changed(random, action, value));
  return { object: copy, what: `${action} ${path.join('.')}` };
}

function candidates(object: JsonValue, all: Path[], action: (typeof actions)[number]): Path[] {
  const fits = all.filter((path) => {
    const value = at(object, path);
    return action === 'reverse'
      ? Array.isArray(value) && value.length > 1
      : action === 'add'
        ? typeof value === 'object'
        : true;
  });
  return fits.length === 0 ? all : fits;
}

function changed(random: Random, action: (typeof actions)[number], value: JsonValue): JsonValue | undefined {
  switch (action) {
    case 'remove':
      return undefined;
    case 'null':
      return null;
    case 'empty':
      return Array.isArray(value) ? [] : isObject(value) ? {} : typeof value === 'string' ? '' : 0;
    case 'reverse':
      return Array.isArray(value) ? [...value].reverse() : value;
    case 'mistype':
      return typeof value === 'number' ? String(value) : random() < 0.3 ? 7 : value;
    case 'add':
      return added(random, value);
    case 'set':
      return set(random, value);
  }
}

function set(random: Random, value: JsonValue): JsonValue {
  if (Array.isArray(value)) {
    return value.slice(0, -1);
  }
  if (isObject(value)) {
    const gone = pick(random, Object.keys(value));
    return Object.fromEntries(Object.entries(value).filter(([key]) => key !== gone));
  }
  if (typeof value === 'number') {
    return value + 1;
  }
  if (typeof value === 'boolean' || value === null) {
    return !value;
  }
  return value === 'TCP'
    ? 'UDP'
    : value === 'ClusterIP'
      ? 'NodePort'
      : /^[A-Za-z0-9+/]+=+$/.test(value)
        ? 'bmV3dg=='
        : `${value}m`;
}

const identifying = ['name', 'key', 'mountPath', 'containerPort', 'port', 'host', 'path'];

function added(random: Random, value: JsonValue): JsonValue {
  if (Array.isArray(value)) {
    const model = value.length === 0 ? 'new' : clone(pick(random, value));
    const item = isObject(model) ? renamed(model) : `${JSON.stringify(model)}n`;
    return random() < 0.5 ? [item, ...value] : [...value, item];
  }
  if (!isObject(value)) {
    return value;
  }
  if ('image' in value) {
    return { ...value, imagePullPolicy: pick(random, ['Always', 'IfNotPresent']) };
  }
  const isText = Object.values(value).every((v) => typeof v === 'string');
  return isText
    ? { ...value, [`n${Math.floor(random() * 9)}`]: 'bmV3' }
    : {
        ...value,
        [pick(random, ['minReadySeconds', 'revisionHistoryLimit', 'terminationGracePeriodSeconds', 'extra'])]: 7,
      };
}

function renamed(item: JsonObject): JsonObject {
  const key = identifying.find((name) => name in item);
  const value = key === undefined ? undefined : item[key];
  return key === undefined || value === undefined
    ? item
    : {
        ...item,
        [key]: typeof value === 'number' ? value + 1 : `${typeof value === 'string' ? value : JSON.stringify(value)}n`,
      };
}
