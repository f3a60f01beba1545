// The structured merge of server-side apply: what the applier says, laid over what is live. The order of lists follows
// the API server's algorithm exactly, because order is state: shared items follow the applier, foreign ones keep their place.
import type { JsonObject, JsonValue } from '../json';
import { isObject } from '../json';
import { isEmpty } from './fieldSet';
import type { ListNode, SchemaNode } from './mergeSchema';
import { childNode, itemElement, nodeFor } from './mergeSchema';

/** Neither side is changed; the result may share parts with both. */
export function merge(
  declared: SchemaNode | undefined,
  live: JsonValue | undefined,
  desired: JsonValue | undefined,
): JsonValue | undefined {
  if (desired === undefined) {
    return live;
  }
  const node = nodeFor(declared, desired === null ? live : desired);
  if (node.kind === 'scalar' || (live === undefined && (desired === null || typeof desired !== 'object'))) {
    return desired;
  }
  if (node.kind === 'list') {
    const left = Array.isArray(live) ? live : [];
    const right = Array.isArray(desired) ? desired : [];
    if (node.relation === 'atomic' || (left.length === 0 && right.length === 0)) {
      return desired;
    }
    return mergeList(node, left, right);
  }
  const left = isObject(live) ? live : {};
  const right = isObject(desired) ? desired : {};
  if (node.atomic || (isEmpty(left) && isEmpty(right))) {
    return desired;
  }
  const result: JsonObject = {};
  for (const key in left) {
    result[key] = (key in right ? merge(childNode(node, key), left[key], right[key]) : left[key]) as JsonValue;
  }
  for (const key in right) {
    if (!(key in left)) {
      result[key] = merge(childNode(node, key), undefined, right[key]) as JsonValue;
    }
  }
  return result;
}

function mergeList(node: ListNode, live: JsonValue[], desired: JsonValue[]): JsonValue[] {
  const desiredIds = desired.map((item) => itemElement(node, item));
  const liveIds = live.map((item) => itemElement(node, item));
  const desiredItems = new Map<string, JsonValue>();
  desiredIds.forEach((id, i) => desiredItems.set(id, desired[i] as JsonValue));
  // A live list may hold one key twice (an Update can write that): such an item merges as if it were absent.
  const liveItems = new Map<string, JsonValue | undefined>();
  liveIds.forEach((id, i) => liveItems.set(id, liveItems.has(id) ? undefined : live[i]));

  const mergeItem = (id: string): JsonValue => {
    const left = liveItems.get(id) ?? undefined;
    const right = desiredItems.get(id);
    return (node.relation === 'set' ? right : merge(node.items, left, right)) as JsonValue;
  };

  const shared = desiredIds.filter((id) => liveItems.has(id));
  let nextIndex = 0;
  let nextShared: string | undefined = shared[nextIndex++];
  const done = new Set<string>();
  const result: JsonValue[] = [];
  let l = 0;
  let d = 0;
  while (l < liveIds.length || d < desiredIds.length) {
    if (l < liveIds.length && d < desiredIds.length) {
      const id = liveIds[l] as string;
      if (id === desiredIds[d]) {
        done.add(id);
        result.push(mergeItem(id));
        l++;
        d++;
        nextShared = shared[nextIndex++];
        continue;
      }
      if (desiredItems.has(id) && nextShared !== undefined && nextShared !== id) {
        // A shared item that comes later in the desired order: its place is decided there.
        l++;
        continue;
      }
    }
    if (l < liveIds.length) {
      const id = liveIds[l] as string;
      if (!desiredItems.has(id)) {
        result.push(live[l] as JsonValue);
        l++;
        continue;
      }
      if (done.has(id)) {
        l++;
      }
    }
    if (d < desiredIds.length) {
      const id = desiredIds[d] as string;
      done.add(id);
      result.push(mergeItem(id));
      d++;
      if (nextShared === id) {
        nextShared = shared[nextIndex++];
      }
    }
  }
  return result;
}
