// Compiled schemas: what the API server's decoder and validator enforce of a field, in the form that the check walks fastest, with
// what completion and hover need beside it.
import type { JsonObject, JsonValue } from '../json';

/** Bits of `SchemaNode.types`. `any` is the absence of a restriction. */
export const Type = { any: 0, object: 1, array: 2, string: 4, integer: 8, number: 16, boolean: 32 } as const;

/** Texts in the sense of the API server, beyond their JSON type. */
export type Format = 'quantity' | 'int-or-string' | 'int32' | 'int64' | 'date-time' | 'byte';

export interface SchemaNode {
  /** The schema without descriptions, for showing it. */
  readonly raw: JsonObject;
  /** Bits of `Type`; 0 accepts anything, and nothing below is checked. */
  types: number;
  properties: ReadonlyMap<string, SchemaNode>;
  /** Properties whose absence the server refuses. */
  required: readonly string[];
  /** What names beyond `properties` mean: values of this schema, a fault, or nothing to check. */
  others: SchemaNode | 'forbidden' | 'ignored';
  items: SchemaNode | undefined;
  format: Format | undefined;
  /** Allowed values; undefined: any. */
  values: ReadonlySet<JsonValue> | undefined;
  /** The empty string counts as absent, as it does in the server's own types. */
  emptyIsAbsent: boolean;
  limits: Limits | undefined;
  /** `oneOf` and the like stand in `raw`. */
  combined: boolean;
  default: JsonValue | undefined;
  /** `map`, `set` or `atomic`, where the schema says it. */
  listType: string | undefined;
  mapKeys: readonly string[];
  /** The server refuses two items with the same key on every write, not only on server-side apply. */
  unique: boolean;
  /** True in the schemas of custom resources, whose every restriction is enforced; built-in types have rules of their own. */
  custom: boolean;
  /** Name of the definition, for built-in types. */
  definition: string | undefined;
  docs: Documentation | undefined;
}

/** Restrictions of values that only custom resources have. */
export interface Limits {
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: boolean;
  exclusiveMaximum?: boolean;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  maxProperties?: number;
  /** As written, and as a JavaScript expression; undefined where it cannot be one. */
  pattern?: { text: string; expression: RegExp | undefined };
}

/** Descriptions, read when they are first asked for. */
export interface Documentation {
  /** Description of a property, or of the node itself for the empty name. */
  of(property: string): string | undefined;
}

const bits: Record<string, number> = {
  object: Type.object,
  array: Type.array,
  string: Type.string,
  integer: Type.integer,
  number: Type.number | Type.integer,
  boolean: Type.boolean,
};

export function typeBits(type: JsonValue | undefined): number {
  return typeof type === 'string' ? (bits[type] ?? 0) : 0;
}

/** A node that restricts nothing; the compilers fill in what their schema says. */
export function emptyNode(raw: JsonObject): SchemaNode {
  return {
    raw,
    types: Type.any,
    properties: noProperties,
    required: noNames,
    others: 'ignored',
    items: undefined,
    format: undefined,
    values: undefined,
    emptyIsAbsent: false,
    limits: undefined,
    combined: false,
    default: undefined,
    listType: undefined,
    mapKeys: noNames,
    unique: false,
    custom: false,
    definition: undefined,
    docs: undefined,
  };
}

const noProperties: ReadonlyMap<string, SchemaNode> = new Map();
const noNames: readonly string[] = [];

/** What a person calls the type: `list of Container`, `integer (int32)`, `map of string`. */
export function typeName(node: SchemaNode): string {
  if (node.values !== undefined) {
    const names = [...node.values]
      .filter((value) => value !== '')
      .map((value) => JSON.stringify(value).replace(/"/g, ''));
    if (names.join(' | ').length <= 60) {
      return names.join(' | ');
    }
  }
  if (node.format === 'quantity') {
    return 'quantity';
  }
  if (node.format === 'int-or-string') {
    return 'integer or string';
  }
  if (node.types === Type.any) {
    return 'any value';
  }
  if (node.types & Type.array) {
    return node.items === undefined || node.items.types === Type.any ? 'list' : `list of ${typeName(node.items)}`;
  }
  if (node.types & Type.object) {
    if (typeof node.others === 'object') {
      return `map of ${typeName(node.others)}`;
    }
    return shortName(node.definition) ?? 'object';
  }
  if (node.types & Type.string && node.types & Type.integer) {
    return 'integer or string';
  }
  const plain =
    node.types & Type.number
      ? 'number'
      : node.types & Type.integer
        ? 'integer'
        : node.types & Type.boolean
          ? 'boolean'
          : 'string';
  return node.format === undefined ? plain : `${plain} (${node.format})`;
}

/** `io.k8s.api.core.v1.Container` is `Container` to people. */
export function shortName(definition: string | undefined): string | undefined {
  return definition?.slice(definition.lastIndexOf('.') + 1);
}
