// JSON as data: the value types that objects, schemas and engine messages are made of, and JSON Pointers.

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

/** A place inside a JSON value: property names and list indices from the root. */
export type JsonPath = readonly (string | number)[];

/** RFC 6901 text of a path; the root is the empty string. */
export function toPointer(path: JsonPath): string {
  return path.map((p) => '/' + String(p).replace(/~/g, '~0').replace(/\//g, '~1')).join('');
}

/** Segments of an RFC 6901 pointer, all as text; list indices stay text because only the value knows what they are. */
export function fromPointer(pointer: string): string[] {
  if (pointer === '') {
    return [];
  }
  return pointer
    .slice(1)
    .split('/')
    .map((s) => s.replace(/~1/g, '/').replace(/~0/g, '~'));
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
