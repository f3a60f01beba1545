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

/** A value that stands for an integer that no double can hold; `writeJson` writes its digits. Control characters are no YAML. */
export function exactInteger(value: bigint): string {
  return `\u0001integer ${value}\u0001`;
}

/** JSON text in which exact integers are numbers. */
export function writeJson(value: unknown): string {
  const text = JSON.stringify(value);
  return text.includes('\\u0001integer ') ? text.replace(/"\\u0001integer (-?\d+)\\u0001"/g, '$1') : text;
}
