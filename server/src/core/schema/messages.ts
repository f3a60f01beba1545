// The words of the structural check: what a schema wants, what a value is, and which limit it breaks.
import type { ScalarValue } from '../yaml/scalars';
import type { ScalarNode } from '../yaml/tree';
import type { Limits, SchemaNode } from './schemaNode';
import { shortName, Type } from './schemaNode';

export type Expectation = string;

/** `an integer`, `a list of Container`: what a value of the schema is called in a sentence. */
export function expectationText(schema: SchemaNode): Expectation {
  const { types } = schema;
  if (schema.format === 'int-or-string' || (types & Type.string && types & Type.integer)) {
    return 'a whole number or a string';
  }
  if (types & Type.array) {
    return 'a list';
  }
  if (types & Type.object) {
    const name = shortName(schema.definition);
    return name === undefined ? 'a map' : `a map with the fields of ${name}`;
  }
  if (types & Type.number) {
    return 'a number';
  }
  if (types & Type.integer) {
    return 'a whole number';
  }
  return types & Type.boolean ? 'true or false' : 'a string';
}

/** The value as it is written, cut to what fits into a message. */
export function valueText(node: ScalarNode): string {
  const text = node.text.length > 60 ? `${node.text.slice(0, 57)}…` : node.text;
  return JSON.stringify(text);
}

/** A text as a quoted YAML scalar. */
export function quoteFix(text: string): string {
  return text.includes('"') || text.includes('\\') ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
}

/** The end of a sentence that begins with the field; undefined where no limit is broken. */
export function limitFault(
  limits: Limits,
  value: ScalarValue,
  what: 'value' | 'items' | 'properties',
): string | undefined {
  if (what !== 'value') {
    const least = what === 'items' ? limits.minItems : limits.minProperties;
    const most = what === 'items' ? limits.maxItems : limits.maxProperties;
    const noun = what === 'items' ? 'item' : 'entry';
    const plural = what === 'items' ? 'items' : 'entries';
    if (least !== undefined && Number(value) < least) {
      return `needs at least ${least} ${least === 1 ? noun : plural}.`;
    }
    return most !== undefined && Number(value) > most
      ? `has ${String(value)} ${plural}; at most ${most} are allowed.`
      : undefined;
  }
  return typeof value === 'string' ? textFault(limits, value) : numberFault(limits, value);
}

function textFault(limits: Limits, value: string): string | undefined {
  const { minLength, maxLength, pattern } = limits;
  if (minLength !== undefined || maxLength !== undefined) {
    // The server counts characters, not UTF-16 units.
    const length = [...value].length;
    if (minLength !== undefined && length < minLength) {
      return length === 0 ? 'cannot be empty.' : `is too short: it needs at least ${minLength} characters.`;
    }
    if (maxLength !== undefined && length > maxLength) {
      return `is too long: ${length} characters, at most ${maxLength} are allowed.`;
    }
  }
  if (pattern?.expression !== undefined && !pattern.expression.test(value)) {
    const text = value.length > 60 ? `${value.slice(0, 57)}…` : value;
    return `is ${JSON.stringify(text)}, which does not match the pattern ${pattern.text}`;
  }
  return undefined;
}

function numberFault(limits: Limits, value: ScalarValue): string | undefined {
  if (typeof value !== 'number') {
    return undefined;
  }
  const { minimum, maximum, multipleOf } = limits;
  if (minimum !== undefined && (value < minimum || (limits.exclusiveMinimum && value === minimum))) {
    return `is ${value}; it must be ${limits.exclusiveMinimum ? 'more than' : 'at least'} ${minimum}.`;
  }
  if (maximum !== undefined && (value > maximum || (limits.exclusiveMaximum && value === maximum))) {
    return `is ${value}; it must be ${limits.exclusiveMaximum ? 'less than' : 'at most'} ${maximum}.`;
  }
  return multipleOf !== undefined && value % multipleOf !== 0 && Number.isInteger(multipleOf)
    ? `is ${value}; it must be a multiple of ${multipleOf}.`
    : undefined;
}
