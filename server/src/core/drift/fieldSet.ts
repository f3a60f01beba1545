// Sets of fields as the trie of `fieldsV1`: what an apply owns, and who owns what in a live object. Keys of the trie are
// path elements (`f:name`, `k:{…}`, `v:…`), `.` marks an inner node that is itself a member.
import type { JsonValue } from '../json';
import { isObject } from '../json';
import type { MapNode, SchemaNode } from './mergeSchema';
import { childNode, itemElement, nodeFor } from './mergeSchema';

export interface FieldSet {
  [element: string]: FieldSet;
}

export function isEmpty(value: object): boolean {
  for (const _ in value) {
    return false;
  }
  return true;
}

/** True where the path of this trie node is in the set: it is a leaf or carries the `.` mark. */
export function isMember(set: FieldSet | undefined): boolean {
  return set !== undefined && (set['.'] !== undefined || isEmpty(set));
}

/**
 * Membership as pruning sees it: a *declared* field with owned children counts as a member, a key of a free-form map only
 * if it is listed itself.
 */
export function isMemberField(set: FieldSet | undefined, declared: boolean): boolean {
  return set !== undefined && (declared || set['.'] !== undefined || isEmpty(set));
}

/** What an apply of `value` owns. Identity fields (apiVersion, metadata.name …) are in it, as pruning needs them. */
export function fieldSet(node: SchemaNode, value: JsonValue): FieldSet {
  return walk(node, value) ?? {};
}

/** Undefined: an empty list, which claims nothing. */
function walk(declared: SchemaNode | undefined, value: JsonValue | undefined): FieldSet | undefined {
  const node = nodeFor(declared, value);
  if (node.kind === 'scalar' || value === null || value === undefined) {
    return {};
  }
  if (node.kind === 'list') {
    if (node.relation === 'atomic' || !Array.isArray(value)) {
      return {};
    }
    if (value.length === 0) {
      return undefined;
    }
    const set: FieldSet = {};
    for (const item of value) {
      const inner = node.relation === 'set' ? {} : walk(node.items, item);
      set[itemElement(node, item)] = inner && !isEmpty(inner) ? Object.assign(inner, { '.': {} }) : {};
    }
    return set;
  }
  if (node.atomic || typeof value !== 'object' || Array.isArray(value)) {
    return {};
  }
  return walkMap(node, value);
}

function walkMap(node: MapNode, value: Record<string, JsonValue>): FieldSet {
  const set: FieldSet = {};
  for (const key in value) {
    const child = value[key];
    const inner = walk(childNode(node, key), child);
    // Keys of free-form maps, nulls and empty maps are members themselves; declared fields only through their children.
    const own = child === null || (isObject(child) && isEmpty(child)) || node.fields[key] === undefined;
    if (inner === undefined && !own) {
      continue;
    }
    set['f:' + key] = inner === undefined || isEmpty(inner) ? {} : own ? Object.assign(inner, { '.': {} }) : inner;
  }
  return set;
}

/** Union of two sets; neither is changed, parts may be shared. */
export function union(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  return a && b ? unionOf(a, b) : (a ?? b);
}

function unionOf(a: FieldSet, b: FieldSet): FieldSet {
  const result: FieldSet = {};
  for (const key in a) {
    const left = a[key] as FieldSet;
    const right = b[key];
    result[key] = right ? unionOf(left, right) : left;
  }
  for (const key in b) {
    if (!(key in result)) {
      result[key] = b[key] as FieldSet;
    }
  }
  // A leaf united with an inner node stays a member.
  if ((isMember(a) || isMember(b)) && !isEmpty(result)) {
    result['.'] = {};
  }
  return result;
}

/** Does the set own the path, something below it, or an atomic value above it? */
export function touches(set: FieldSet | undefined, path: readonly string[]): boolean {
  let node = set;
  for (const element of path) {
    if (node === undefined) {
      return false;
    }
    if (isEmpty(node)) {
      return true;
    }
    node = node[element];
  }
  return node !== undefined;
}

/** True where every path of `a` is in `b` or below something that `b` owns whole. */
export function isSubset(a: FieldSet | undefined, b: FieldSet | undefined): boolean {
  if (a === undefined) {
    return true;
  }
  if (b === undefined) {
    return false;
  }
  if (isEmpty(b)) {
    return true;
  }
  if (isEmpty(a)) {
    return isMember(b);
  }
  for (const key in a) {
    if (key !== '.' && !isSubset(a[key], b[key])) {
      return false;
    }
  }
  return true;
}

/** Leaf paths of `set` that none of `others` touches. */
export function countLeavesOutside(set: FieldSet, others: readonly (FieldSet | undefined)[]): number {
  let count = 0;
  const visit = (node: FieldSet, rest: readonly FieldSet[]): void => {
    let leaf = true;
    for (const key in node) {
      if (key === '.') {
        continue;
      }
      leaf = false;
      if (rest.some((o) => o[key] !== undefined && isEmpty(o[key]))) {
        continue;
      }
      const next = rest.map((o) => o[key]).filter((o) => o !== undefined);
      visit(node[key] as FieldSet, next);
    }
    if (leaf && rest.length === 0) {
      count++;
    }
  };
  visit(
    set,
    others.filter((o) => o !== undefined),
  );
  return count;
}
