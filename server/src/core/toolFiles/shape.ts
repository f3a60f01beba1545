// Shapes of the files that tools read by their own Go types: what may stand where. Less than a JSON Schema, because Go's decoder
// asks less: a field is known or not, and its value has the type or not. Empty values are accepted everywhere.

export type Shape =
  | { type: 'string'; values?: readonly string[]; strict?: boolean }
  | { type: 'boolean' | 'integer' | 'any' }
  | { type: 'list'; items: Shape }
  | { type: 'map'; values: Shape }
  | ObjectShape;

export interface ObjectShape {
  type: 'object';
  fields: Readonly<Record<string, Field>>;
}

export interface Field {
  shape: Shape;
  /** One sentence for people; Markdown. */
  about?: string;
  /** What took its place, as a sentence; set where the tool calls the field deprecated. */
  deprecated?: string;
}

export const text: Shape = { type: 'string' };
export const flag: Shape = { type: 'boolean' };
export const whole: Shape = { type: 'integer' };
export const anything: Shape = { type: 'any' };
export const listOf = (items: Shape): Shape => ({ type: 'list', items });
export const mapOf = (values: Shape): Shape => ({ type: 'map', values });
/** A word of a few; the tool passes over another one. */
export const oneOf = (...values: string[]): Shape => ({ type: 'string', values });
/** A word of a few; the tool refuses another one. */
export const onlyOneOf = (...values: string[]): Shape => ({ type: 'string', values, strict: true });

/** An object of fields; a bare shape is a field without a text about it. */
export function objectOf(fields: Readonly<Record<string, Shape | Field>>): ObjectShape {
  const entries = Object.entries(fields).map(([name, field]): [string, Field] => [
    name,
    'shape' in field ? field : { shape: field },
  ]);
  return { type: 'object', fields: Object.fromEntries(entries) };
}

/** The shape at a path, where the path leads through known fields. */
export function shapeAt(shape: Shape, path: readonly (string | number)[]): Shape | undefined {
  let at: Shape | undefined = shape;
  for (const step of path) {
    at =
      at?.type === 'object'
        ? at.fields[String(step)]?.shape
        : at?.type === 'list' && typeof step === 'number'
          ? at.items
          : at?.type === 'map'
            ? at.values
            : undefined;
  }
  return at;
}

/** The field at a path, with what is known about it. */
export function fieldAt(shape: Shape, path: readonly (string | number)[]): Field | undefined {
  const parent = shapeAt(shape, path.slice(0, -1));
  const name = path.at(-1);
  return parent?.type === 'object' && typeof name === 'string' ? parent.fields[name] : undefined;
}

/** `a list`, for messages. */
export function shapeText(shape: Shape): string {
  switch (shape.type) {
    case 'string':
      return 'a string';
    case 'boolean':
      return 'true or false';
    case 'integer':
      return 'a whole number';
    case 'list':
      return shape.items.type === 'string' ? 'a list of strings' : 'a list';
    case 'map':
    case 'object':
      return 'a map';
    case 'any':
      return 'anything';
  }
}
