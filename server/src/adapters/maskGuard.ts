// The last guard before a write: an object that holds placeholders of masked values is a display copy, and is never applied.
import type { JsonValue } from '../core/json';

const placeholder = /plumbline:masked:\d+/;
/** The same text inside a Secret's base64 `data`. */
const encoded = Buffer.from('plumbline:masked:').toString('base64').slice(0, 20);

/** True where any text of the value is, or holds, a placeholder for a masked value. */
export function isMaskedObject(value: JsonValue | undefined): boolean {
  if (typeof value === 'string') {
    return placeholder.test(value) || value.startsWith(encoded);
  }
  if (Array.isArray(value)) {
    return value.some(isMaskedObject);
  }
  return typeof value === 'object' && value !== null && Object.values(value).some(isMaskedObject);
}
