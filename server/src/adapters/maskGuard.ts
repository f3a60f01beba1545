// The last guard before a write: an object that holds placeholders of masked values is a display copy, and is never applied.
import { isMasked } from '../core/drift/mask';
import type { JsonValue } from '../core/json';

/** True where any text inside the value stands in the place of a secret one. */
export function isMaskedObject(value: JsonValue | undefined): boolean {
  if (typeof value === 'string') {
    return isMasked(value);
  }
  if (Array.isArray(value)) {
    return value.some(isMaskedObject);
  }
  return typeof value === 'object' && value !== null && Object.values(value).some(isMaskedObject);
}
