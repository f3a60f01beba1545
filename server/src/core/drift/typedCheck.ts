// What the server refuses before it merges ("failed to create typed patch object"): unknown fields, wrong scalar types,
// duplicate list keys. Found here in microseconds, so that a desired object that can never be applied is not called drift.
import type { JsonValue } from '../json';
import { isObject } from '../json';
import type { SchemaNode } from './mergeSchema';
import { childNode, itemElement, nodeFor } from './mergeSchema';

export interface TypedFault {
  /** `spec.containers[0].image`. */
  field: string;
  /** Never holds a value. */
  message: string;
}

const limit = 20;

export function typedFaults(node: SchemaNode, value: JsonValue): TypedFault[] {
  const faults: TypedFault[] = [];
  check(node, value, '', faults);
  return faults;
}

function check(
  declared: SchemaNode | undefined,
  value: JsonValue | undefined,
  field: string,
  faults: TypedFault[],
): void {
  if (value === undefined || faults.length > limit) {
    return;
  }
  const fault = (message: string): void => void faults.push({ field: field.replace(/^\./, ''), message });
  if (declared === undefined) {
    // Even a null: the server looks for the field before it looks at the value.
    fault('field not declared in schema');
    return;
  }
  if (value === null) {
    return;
  }
  const node = nodeFor(declared, value);
  if (node.kind === 'scalar') {
    if (typeof value === 'object') {
      fault('expected a scalar');
    } else if (node.type !== undefined && typeof value !== node.type) {
      fault(`expected a ${node.type}`);
    }
    return;
  }
  if (node.kind === 'list') {
    if (!Array.isArray(value)) {
      fault('expected a list');
      return;
    }
    const seen = new Set<string>();
    value.forEach((item, i) => {
      if (node.relation !== 'atomic') {
        if (node.relation === 'map' && !isObject(item)) {
          fault('expected every item to be a map');
          return;
        }
        const id = itemElement(node, item);
        if (seen.has(id)) {
          fault(node.relation === 'map' ? `duplicate entries for key ${id.slice(2)}` : 'duplicate entries');
        }
        seen.add(id);
        if (id === 'k:{}') {
          fault('an item omits all key fields');
        }
      }
      check(node.items, item, `${field}[${i}]`, faults);
    });
    return;
  }
  if (!isObject(value)) {
    fault('expected a map');
    return;
  }
  for (const key in value) {
    check(childNode(node, key), value[key], `${field}.${key}`, faults);
  }
}
