// Compiles the OpenAPI schema of a custom resource version. Its restrictions are enforced as written, unknown fields are refused
// (strict field validation is what clients ask for), and metadata is the API server's own type.
import type { JsonObject, JsonValue } from '../json';
import { isObject } from '../json';
import { isCombined } from './combined';
import type { Documentation, Limits, SchemaNode } from './schemaNode';
import { emptyNode, Type, typeBits } from './schemaNode';

export interface CustomSchemaOptions {
  /** The built-in ObjectMeta. */
  metadata: SchemaNode | undefined;
  /** The same schema with its descriptions; called when the first description is asked for. */
  described: () => JsonObject | undefined;
}

export function compileCustom(schema: JsonObject, options: CustomSchemaOptions): SchemaNode {
  const described = once(options.described);
  const root = compile(schema, [], { ...options, described });
  addObjectFields(root, options.metadata);
  return root;
}

function compile(raw: JsonObject, path: readonly string[], options: CustomSchemaOptions): SchemaNode {
  const node = emptyNode(raw);
  node.custom = true;
  node.unique = true;
  node.docs = docsAt(path, options);
  const preserve = raw['x-kubernetes-preserve-unknown-fields'] === true;
  node.types = typeBits(raw.type);
  node.default = raw.default;
  if (raw['x-kubernetes-int-or-string'] === true) {
    node.types = Type.string | Type.integer;
    node.format = 'int-or-string';
  }
  if (isObject(raw.properties)) {
    node.types = Type.object;
    node.properties = new Map(
      Object.entries(raw.properties)
        .filter((entry): entry is [string, JsonObject] => isObject(entry[1]))
        .map(([name, s]) => [name, compile(s, [...path, 'properties', name], options)]),
    );
  }
  if (node.types & Type.object) {
    node.others = preserve ? 'ignored' : 'forbidden';
    if (isObject(raw.additionalProperties)) {
      node.others = compile(raw.additionalProperties, [...path, 'additionalProperties'], options);
    } else if (raw.additionalProperties === true) {
      node.others = 'ignored';
    }
    node.required = strings(raw.required);
    if (raw['x-kubernetes-embedded-resource'] === true) {
      addObjectFields(node, options.metadata);
    }
  }
  if (isObject(raw.items)) {
    node.items = compile(raw.items, [...path, 'items'], options);
  }
  if (Array.isArray(raw.enum)) {
    node.values = new Set(raw.enum);
  }
  node.limits = limitsOf(raw);
  node.combined = node.format !== 'int-or-string' && isCombined(raw);
  const listType = raw['x-kubernetes-list-type'];
  node.listType = typeof listType === 'string' ? listType : undefined;
  node.mapKeys = strings(raw['x-kubernetes-list-map-keys']);
  return node;
}

/** Every object has these, whatever its definition says. */
function addObjectFields(node: SchemaNode, metadata: SchemaNode | undefined): void {
  const text = (): SchemaNode => ({ ...emptyNode({ type: 'string' }), types: Type.string });
  node.properties = new Map([
    ['apiVersion', text()],
    ['kind', text()],
    ['metadata', metadata ?? emptyNode({})],
    ...[...node.properties].filter(([name]) => name !== 'apiVersion' && name !== 'kind' && name !== 'metadata'),
  ]);
}

const numeric = [
  'minimum',
  'maximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
] as const;

function limitsOf(raw: JsonObject): Limits | undefined {
  const limits: Limits = {};
  for (const name of numeric) {
    const value = raw[name];
    if (typeof value === 'number') {
      limits[name] = value;
    }
  }
  if (raw.exclusiveMinimum === true) {
    limits.exclusiveMinimum = true;
  }
  if (raw.exclusiveMaximum === true) {
    limits.exclusiveMaximum = true;
  }
  if (typeof raw.pattern === 'string') {
    limits.pattern = { text: raw.pattern, expression: toExpression(raw.pattern) };
  }
  return Object.keys(limits).length > 0 ? limits : undefined;
}

/**
 * A Go expression as a JavaScript one; undefined where the two languages would disagree, so that the exact engine decides.
 */
export function toExpression(pattern: string): RegExp | undefined {
  const flags = /^\(\?([is]+)\)/.exec(pattern);
  const body = flags ? pattern.slice(flags[0].length) : pattern;
  if (/\\[AzQEaCpP]|\[\[?:|\(\?[^:]|\\s|\\S/.test(body)) {
    return undefined;
  }
  for (const unicode of ['u', '']) {
    try {
      return new RegExp(body, unicode + (flags?.[1] ?? ''));
    } catch {
      // Go allows escapes that the Unicode mode refuses: try without it.
    }
  }
  return undefined;
}

function docsAt(path: readonly string[], options: CustomSchemaOptions): Documentation {
  return {
    of(property) {
      let at: JsonValue | undefined = options.described();
      for (const step of property === '' ? path : [...path, 'properties', property]) {
        at = isObject(at) ? at[step] : undefined;
      }
      return isObject(at) && typeof at.description === 'string' ? at.description : undefined;
    },
  };
}

function strings(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((v) => typeof v === 'string') : [];
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
