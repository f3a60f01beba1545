// Equality and difference of two objects under the merge rules: strict equality decides "in sync", the difference names
// the exact paths that an apply would change.
import type { JsonValue } from '../json';
import { isObject } from '../json';
import type { SchemaNode } from './mergeSchema';
import { childNode, isAtomic, itemElement, nodeFor } from './mergeSchema';

/** A path in trie elements: `f:name`, `k:{…}`, `v:…`, and `i:n` where items have no identity. */
export type ElementPath = readonly string[];

export interface Difference {
  path: ElementPath;
  /** True where only the order of a list differs; the path is the list's. */
  order: boolean;
}

/** Strict: null is not the same as absent. The order of map keys does not count. */
export function strictlyEqual(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) {
    return true;
  }
  if (typeof a !== typeof b || a === null || b === null || typeof a !== 'object' || typeof b !== 'object') {
    return false;
  }
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) {
      return false;
    }
    for (let i = 0; i < a.length; i++) {
      if (!strictlyEqual(a[i], b[i])) {
        return false;
      }
    }
    return true;
  }
  if (Array.isArray(b)) {
    return false;
  }
  let size = 0;
  for (const key in a) {
    if (!strictlyEqual(a[key], b[key])) {
      return false;
    }
    size++;
  }
  for (const _ in b) {
    size--;
  }
  return size === 0;
}

const missing = (value: JsonValue | undefined): boolean => value === null || value === undefined;

/** Leaf paths at which `b` differs from `a`; null and absent count as equal. Keyed lists are compared by key, atomic values whole. */
export function differences(
  node: SchemaNode | undefined,
  a: JsonValue | undefined,
  b: JsonValue | undefined,
): Difference[] {
  const found: Difference[] = [];
  collect(node, a, b, [], found);
  return found;
}

function collect(
  declared: SchemaNode | undefined,
  a: JsonValue | undefined,
  b: JsonValue | undefined,
  path: ElementPath,
  found: Difference[],
): void {
  if (a === b || (missing(a) && missing(b)) || strictlyEqual(a, b)) {
    return;
  }
  const node = nodeFor(declared, b ?? a);
  const whole = (): void => void found.push({ path, order: false });
  if (missing(a) || missing(b) || isAtomic(node)) {
    whole();
    return;
  }
  if (node.kind === 'list') {
    if (!Array.isArray(a) || !Array.isArray(b)) {
      whole();
      return;
    }
    const aIds = a.map((item) => itemElement(node, item));
    const bIds = b.map((item) => itemElement(node, item));
    const aItems = new Map(aIds.map((id, i) => [id, a[i] as JsonValue]));
    const bItems = new Map(bIds.map((id, i) => [id, b[i] as JsonValue]));
    if (aItems.size !== a.length || bItems.size !== b.length) {
      whole();
      return;
    }
    for (const [id, item] of aItems) {
      if (!bItems.has(id)) {
        found.push({ path: [...path, id], order: false });
      } else if (node.relation === 'map') {
        collect(node.items, item, bItems.get(id), [...path, id], found);
      }
    }
    for (const id of bItems.keys()) {
      if (!aItems.has(id)) {
        found.push({ path: [...path, id], order: false });
      }
    }
    if (aIds.filter((id) => bItems.has(id)).join() !== bIds.filter((id) => aItems.has(id)).join()) {
      found.push({ path, order: true });
    }
    return;
  }
  if (node.kind !== 'map' || !isObject(a) || !isObject(b)) {
    whole();
    return;
  }
  for (const key in a) {
    collect(childNode(node, key), a[key], b[key], [...path, 'f:' + key], found);
  }
  for (const key in b) {
    if (!(key in a) && !missing(b[key])) {
      found.push({ path: [...path, 'f:' + key], order: false });
    }
  }
}
