// The smallest useful value of a schema: its required fields, with a place to fill in wherever the schema does not say the value.
import type { JsonValue } from '../json';
import { plainValue } from '../yaml/scalars';
import { commonPlace, essentialFields } from './essentials';
import { quoteFix } from './messages';
import type { SchemaNode } from './schemaNode';
import { shortName, Type } from './schemaNode';
import { inline } from './schemaPath';
import type { Piece } from './snippetText';

export interface SkeletonStyle {
  /** Whether the items of lists stand deeper than their key. */
  listsIndented: boolean;
  /** In a patch nothing is required but what says which item of a list is meant. */
  partial: boolean;
}

/** Deeper or longer ones help nobody. */
const most = { depth: 6, places: 14 };

/** What follows `key:` whose line begins at a column: a value, or lines below. */
export function valuePieces(schema: SchemaNode, column: number, style: SkeletonStyle): Piece[] {
  return new Skeleton(style).value(schema, column, 0);
}

/** What follows the dash of an item of a list; the item's own fields begin at a column. */
export function itemPieces(list: SchemaNode, column: number, style: SkeletonStyle): Piece[] {
  return new Skeleton(style).item(list.items, column, 0, list.mapKeys);
}

/** Required fields of a map in the order in which people write them. */
export function requiredFields(schema: SchemaNode, style: SkeletonStyle, isRoot = false): string[] {
  const type = shortName(schema.definition);
  const names = style.partial ? [] : [...new Set([...schema.required, ...essentialFields(type)])];
  const place = (name: string): number => commonPlace(type, name, isRoot) ?? 99;
  return names
    .filter((name) => schema.properties.has(name))
    .sort((a, b) => place(a) - place(b) || (a < b ? -1 : a > b ? 1 : 0));
}

/** The values that a scalar may have, its default first; undefined where there are too many to choose from. */
export function choicesOf(schema: SchemaNode): string[] | undefined {
  const values: JsonValue[] | undefined =
    schema.values !== undefined
      ? [...schema.values].filter((value) => value !== '')
      : schema.types === Type.boolean
        ? [true, false]
        : undefined;
  if (values === undefined || values.length === 0 || values.length > 30) {
    return undefined;
  }
  const first = values.filter((value) => value === schema.default);
  return [...first, ...values.filter((value) => value !== schema.default)].map(writtenValue);
}

/** A value as YAML: a text that would be read as something else gets quotes. */
export function writtenValue(value: JsonValue): string {
  const text = inline(value);
  return typeof value === 'string' && typeof plainValue(value, 'kubernetes') !== 'string' ? quoteFix(text) : text;
}

class Skeleton {
  private places = 0;

  constructor(private readonly style: SkeletonStyle) {}

  value(schema: SchemaNode, column: number, depth: number): Piece[] {
    const shift = this.style.listsIndented ? 2 : 0;
    if (schema.types & Type.array) {
      const dash = '\n' + ' '.repeat(column + shift) + '- ';
      return [dash, ...this.item(schema.items, column + shift + 2, depth, schema.mapKeys)];
    }
    if (schema.types === Type.object) {
      return ['\n' + ' '.repeat(column + 2), ...this.fields(schema, column + 2, depth)];
    }
    return schema.types === Type.any ? [' ', this.stop('')] : [' ', this.scalar(schema)];
  }

  item(schema: SchemaNode | undefined, column: number, depth: number, keys: readonly string[] = []): Piece[] {
    if (schema?.types === Type.object) {
      return this.fields(schema, column, depth, this.style.partial ? keys : undefined);
    }
    return [schema === undefined ? this.stop('') : this.scalar(schema)];
  }

  private fields(
    schema: SchemaNode,
    column: number,
    depth: number,
    fields: readonly string[] = requiredFields(schema, this.style),
  ): Piece[] {
    const isLarge = depth >= most.depth || this.places >= most.places;
    const names = isLarge ? [] : fields.filter((name) => schema.properties.has(name));
    if (names.length === 0) {
      return this.onlyField(schema, column, depth) ?? [this.stop('')];
    }
    return names.flatMap((name, index) => [
      (index === 0 ? '' : '\n' + ' '.repeat(column)) + name + ':',
      ...this.value(schema.properties.get(name) as SchemaNode, column, depth + 1),
    ]);
  }

  /** What is written nearly always where nothing is required. */
  private onlyField(schema: SchemaNode, column: number, depth: number): Piece[] | undefined {
    const only = this.style.partial
      ? undefined
      : { LabelSelector: 'matchLabels', ObjectMeta: 'labels' }[shortName(schema.definition) ?? ''];
    const field = only === undefined ? undefined : schema.properties.get(only);
    return field === undefined || depth === 0 ? undefined : [`${only}:`, ...this.value(field, column, depth + 1)];
  }

  private scalar(schema: SchemaNode): Piece {
    const choices = choicesOf(schema);
    if (choices !== undefined) {
      this.places++;
      return choices.length === 1 ? (choices[0] ?? '') : { choices };
    }
    const { default: value } = schema;
    // A zero is only what Go has where nothing is written.
    return this.stop(value === undefined || !value || typeof value === 'object' ? '' : writtenValue(value));
  }

  private stop(text: string): Piece {
    this.places++;
    return { stop: text };
  }
}
