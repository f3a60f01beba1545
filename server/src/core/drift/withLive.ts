// A desired object that keeps what is live at some of its fields: for differences that are ignored, and for adopting.
import type { JsonObject, JsonValue } from '../json';
import { isObject } from '../json';
import type { KubernetesObject } from '../resource';
import type { ComparedField } from './comparison';
import type { SchemaNode } from './mergeSchema';
import { resolve } from './paths';
import { clone } from './structural';

/** Returns a copy. Paths that do not exist in the desired object are added where their parent exists. */
export function withLiveValues(
  root: SchemaNode,
  desired: KubernetesObject,
  live: KubernetesObject,
  fields: readonly ComparedField[],
): KubernetesObject {
  const result = clone(desired);
  for (const field of fields) {
    if (field.change === 'order') {
      reorder(root, result, live, field);
    } else {
      put(root, result, field);
    }
  }
  return result;
}

function put(root: SchemaNode, object: KubernetesObject, field: ComparedField): void {
  const last = field.path[field.path.length - 1];
  const parent = resolve(root, object, field.path.slice(0, -1));
  if (last === undefined || !parent.complete) {
    return;
  }
  const container = parent.value;
  if (isObject(container)) {
    const key = last.slice(2);
    if (field.live === undefined || field.live === null) {
      delete container[key];
    } else {
      container[key] = clone(field.live);
    }
  } else if (Array.isArray(container)) {
    const own = resolve(root, object, field.path);
    const index = own.complete ? Number(own.path[own.path.length - 1]) : -1;
    if (field.live === undefined || field.live === null) {
      if (index >= 0) {
        container.splice(index, 1);
      }
    } else if (index >= 0) {
      container[index] = clone(field.live);
    } else {
      container.push(clone(field.live));
    }
  }
}

/** Items in the order in which they stand live; those that live lacks stay behind. */
function reorder(root: SchemaNode, object: KubernetesObject, live: KubernetesObject, field: ComparedField): void {
  const own = resolve(root, object, field.path);
  const other = resolve(root, live, field.path);
  if (!own.complete || !other.complete || !Array.isArray(own.value) || !Array.isArray(other.value)) {
    return;
  }
  own.value.splice(0, own.value.length, ...sorted(own.value, other.value));
}

/** A list with its items in the order of another one. */
export function withLiveOrder(written: JsonValue, live: JsonValue): JsonValue {
  return Array.isArray(written) && Array.isArray(live) ? sorted(written, live) : written;
}

function sorted(items: readonly JsonValue[], model: readonly JsonValue[]): JsonValue[] {
  const names = model.map(identityOf);
  const place = (item: JsonValue): number => {
    const at = names.indexOf(identityOf(item));
    return at < 0 ? Number.MAX_SAFE_INTEGER : at;
  };
  return [...items].sort((a, b) => place(a) - place(b));
}

function identityOf(item: JsonValue): string {
  const map = item as JsonObject;
  const name = isObject(item) ? (map.name ?? map.key ?? map.mountPath ?? map.containerPort ?? map.port) : item;
  return JSON.stringify(name ?? item);
}
