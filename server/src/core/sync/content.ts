// The part of a live object whose change makes a plan stale: everything but its status. Controllers write statuses all the
// time, and a plan that any of that would overturn could never be executed.
import { comparable } from '../drift/decide';
import type { JsonValue } from '../json';
import { isObject } from '../json';
import type { KubernetesObject } from '../resource';

/** Stable text of the content: keys sorted. Who owns which fields is content too, because it decides what an apply does. */
export function contentText(live: KubernetesObject): string {
  const fields = live.metadata.managedFields;
  const owners = (Array.isArray(fields) ? fields : []).filter((f) => isObject(f) && f.subresource !== 'status');
  return stable({ object: comparable(live), owners });
}

function stable(value: JsonValue): string {
  if (Array.isArray(value)) {
    return `[${value.map(stable).join(',')}]`;
  }
  if (isObject(value)) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${stable(value[key] as JsonValue)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
