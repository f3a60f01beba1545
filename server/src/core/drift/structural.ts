// Custom resources as the structural schema treats them: defaults written out, and the nulls that the server refuses.
import type { JsonValue } from '../json';
import { isObject } from '../json';
import type { SchemaNode } from './mergeSchema';
import { childNode, isAtomic, itemElement, nodeFor } from './mergeSchema';

/** A deep copy; JSON values only. */
export function clone<T extends JsonValue | undefined>(value: T): T {
  if (Array.isArray(value)) {
    return value.map((item) => clone(item)) as T;
  }
  if (isObject(value)) {
    const copy: Record<string, JsonValue> = {};
    for (const [key, child] of Object.entries(value)) {
      copy[key] = clone(child);
    }
    return copy as T;
  }
  return value;
}

/** Writes the schema's defaults into `value`, in place; pass a copy. */
export function applyDefaults(node: SchemaNode | undefined, value: JsonValue | undefined): void {
  if (node === undefined) {
    return;
  }
  if (Array.isArray(value)) {
    if (node.kind === 'list') {
      value.forEach((item) => applyDefaults(node.items, item));
    }
    return;
  }
  if (!isObject(value) || node.kind !== 'map') {
    return;
  }
  for (const key in node.defaults) {
    if (value[key] === undefined || (value[key] === null && !node.nullable?.has(key))) {
      value[key] = clone(node.defaults[key] as JsonValue);
    }
  }
  for (const key in value) {
    applyDefaults(childNode(node, key), value[key]);
  }
}

/**
 * The desired value with the values that `defaulted` has on the same paths: atomic values get their inner defaults, fields
 * that the desired value does not name stay unnamed.
 */
export function onDesiredPaths(
  declared: SchemaNode | undefined,
  desired: JsonValue,
  defaulted: JsonValue | undefined,
): JsonValue {
  const node = nodeFor(declared, desired ?? defaulted);
  if (desired === null) {
    return node.kind === 'scalar' && defaulted !== undefined ? defaulted : null;
  }
  if (defaulted === undefined || defaulted === null) {
    return desired;
  }
  if (isAtomic(node)) {
    return defaulted;
  }
  if (node.kind === 'list') {
    if (node.relation === 'set' || !Array.isArray(desired) || !Array.isArray(defaulted)) {
      return desired;
    }
    const items = new Map(defaulted.map((item) => [itemElement(node, item), item]));
    return desired.map((item) => onDesiredPaths(node.items, item, items.get(itemElement(node, item))));
  }
  if (node.kind !== 'map' || !isObject(desired) || !isObject(defaulted)) {
    return defaulted;
  }
  const result: Record<string, JsonValue> = {};
  for (const key in desired) {
    result[key] = onDesiredPaths(childNode(node, key), desired[key] as JsonValue, defaulted[key]);
  }
  return result;
}

/**
 * First null that the server refuses in a merged custom resource: not nullable and without default. Such nulls are not
 * pruned on the apply path, so emptied lists and maps end up here as well.
 */
export function refusedNull(node: SchemaNode | undefined, value: JsonValue | undefined): string | undefined {
  return find(node, value, '');
}

function find(node: SchemaNode | undefined, value: JsonValue | undefined, field: string): string | undefined {
  if (value === null || typeof value !== 'object' || node === undefined) {
    return undefined;
  }
  if (Array.isArray(value)) {
    for (let i = 0; node.kind === 'list' && i < value.length; i++) {
      const inner = find(node.items, value[i], `${field}[${i}]`);
      if (inner !== undefined) {
        return inner;
      }
    }
    return undefined;
  }
  if (node.kind !== 'map') {
    return undefined;
  }
  for (const key in value) {
    const path = field === '' ? key : `${field}.${key}`;
    if (value[key] === null) {
      const declared = node.fields[key] !== undefined;
      const refused = declared
        ? !node.nullable?.has(key) && node.defaults?.[key] === undefined
        : node.values !== undefined && node.values.kind !== 'deduced';
      if (refused) {
        return path;
      }
    } else {
      const inner = find(childNode(node, key), value[key], path);
      if (inner !== undefined) {
        return inner;
      }
    }
  }
  return undefined;
}
