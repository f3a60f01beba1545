// What an applier takes away: fields that its last apply owned and that neither it nor anybody else owns any more.
// Fields that merely sit below a removed parent but were never owned ("dangling": server defaults, foreign keys) stay.
import type { JsonObject, JsonValue } from '../json';
import { isObject } from '../json';
import type { FieldSet } from './fieldSet';
import { isEmpty, isMember, isMemberField } from './fieldSet';
import type { SchemaNode } from './mergeSchema';
import { childNode, itemElement, nodeFor } from './mergeSchema';

export interface Pruned {
  value: JsonValue;
  /** Paths that went, as trie elements. */
  removed: string[][];
}

/**
 * `last`: what the applier owned before. `kept`: what anybody owns now, the new apply included. The value is not changed;
 * containers that become empty turn into null, as they do in the server.
 */
export function prune(node: SchemaNode, value: JsonValue, last: FieldSet, kept: FieldSet | undefined): Pruned {
  const removed: string[][] = [];
  const result = walk(node, value, { last, kept, wasOwned: false, isGone: false, path: [] }, removed);
  return { value: result, removed };
}

interface Place {
  last: FieldSet | undefined;
  kept: FieldSet | undefined;
  /** Something on the way here was owned by the last apply. */
  wasOwned: boolean;
  /** Something on the way here was owned and nobody holds it any more. */
  isGone: boolean;
  path: string[];
}

function walk(declared: SchemaNode | undefined, value: JsonValue, place: Place, removed: string[][]): JsonValue {
  const node = nodeFor(declared, value);
  if (node.kind === 'scalar' || value === null) {
    return value;
  }
  if (node.kind === 'list') {
    if (node.relation === 'atomic' || !Array.isArray(value)) {
      return value;
    }
    const items: JsonValue[] = [];
    let changed = false;
    for (const item of value) {
      const element = itemElement(node, item);
      const last = place.last?.[element];
      const kept = place.kept?.[element];
      const owned = isMember(last);
      const wasOwned = place.wasOwned || owned;
      const isGone = place.isGone || (wasOwned && !isMember(kept));
      const path = [...place.path, element];
      if (owned && isGone) {
        removed.push(path);
        changed = true;
      } else if ((last || wasOwned) && node.relation === 'map') {
        const next = walk(node.items, item, { last, kept, wasOwned, isGone, path }, removed);
        changed ||= next !== item;
        items.push(next);
      } else {
        items.push(item);
      }
    }
    return changed ? (items.length > 0 ? items : null) : value;
  }
  if (node.atomic || !isObject(value)) {
    return value;
  }
  let result: JsonObject | undefined;
  for (const key in value) {
    const element = 'f:' + key;
    const last = place.last?.[element];
    const kept = place.kept?.[element];
    const isDeclared = node.fields[key] !== undefined;
    const owned = isMemberField(last, isDeclared);
    const wasOwned = place.wasOwned || owned;
    const isGone = place.isGone || (wasOwned && !isMemberField(kept, isDeclared));
    const path = [...place.path, element];
    if (owned && isGone) {
      result ??= { ...value };
      delete result[key];
      removed.push(path);
    } else if (last || wasOwned) {
      const child = value[key] as JsonValue;
      const next = walk(childNode(node, key), child, { last, kept, wasOwned, isGone, path }, removed);
      if (next !== child) {
        result ??= { ...value };
        result[key] = next;
      }
    }
  }
  return result ? (isEmpty(result) ? null : result) : value;
}
