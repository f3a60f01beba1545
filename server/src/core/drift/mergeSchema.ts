// The merge rules of kinds, compiled from OpenAPI v3 documents as the API server reads them: which maps are atomic, which
// lists are sets or keyed, which item keys have defaults. Everything that merges, prunes or compares walks these nodes.
import type { JsonObject, JsonValue } from '../json';
import { isObject } from '../json';

export type SchemaNode = ScalarNode | MapNode | ListNode | DeducedNode | UntypedNode;

export interface ScalarNode {
  kind: 'scalar';
  /** Checked only where the server checks it; quantities and int-or-string have none. */
  type?: 'string' | 'number' | 'boolean';
}

export interface MapNode {
  kind: 'map';
  /** An atomic map is one value: it is replaced whole and owned whole. */
  atomic: boolean;
  /** Declared fields; an object without a prototype, so that no field name can collide. */
  fields: Record<string, SchemaNode>;
  /** Node of undeclared keys; undefined: none are allowed. */
  values: SchemaNode | undefined;
  defaults?: Record<string, JsonValue>;
  nullable?: Set<string>;
}

export interface ListNode {
  kind: 'list';
  relation: 'atomic' | 'set' | 'map';
  /** Sorted; set exactly for `map`. */
  keys?: string[];
  items: SchemaNode;
}

/** No schema: maps are granular, lists are atomic (preserve-unknown-fields, objects without properties). */
export interface DeducedNode {
  kind: 'deduced';
}

/** No schema and atomic throughout (RawExtension). */
export interface UntypedNode {
  kind: 'untyped';
}

export const deduced: SchemaNode = { kind: 'deduced' };
const untyped: SchemaNode = { kind: 'untyped' };
const scalar: SchemaNode = { kind: 'scalar' };

const noFields = Object.create(null) as Record<string, SchemaNode>;
const deducedList: ListNode = { kind: 'list', relation: 'atomic', items: untyped };
const deducedMap: MapNode = { kind: 'map', atomic: false, fields: noFields, values: deduced };
const atomicMap: MapNode = { kind: 'map', atomic: true, fields: noFields, values: untyped };

/** The node that applies to a value: deduced nodes take their shape from it, everything else stays as declared. */
export function nodeFor(node: SchemaNode | undefined, value: unknown): ScalarNode | MapNode | ListNode {
  if (node === undefined) {
    return scalar as ScalarNode;
  }
  if (node.kind === 'deduced' || node.kind === 'untyped') {
    if (Array.isArray(value)) {
      return deducedList;
    }
    if (typeof value === 'object' && value !== null) {
      return node.kind === 'deduced' ? deducedMap : atomicMap;
    }
    return scalar as ScalarNode;
  }
  return node;
}

/** Node of a key of a map; undefined where the schema knows no such field. */
export function childNode(map: MapNode, key: string): SchemaNode | undefined {
  return map.fields[key] ?? map.values;
}

/** True for values that are replaced as a whole: scalars, atomic maps, atomic lists. */
export function isAtomic(node: ScalarNode | MapNode | ListNode): boolean {
  return node.kind === 'scalar' || (node.kind === 'map' ? node.atomic : node.relation === 'atomic');
}

/** Identity of an item of a set or keyed list, as text that equals the element in `fieldsV1`: `v:…` or `k:{…}`. */
export function itemElement(list: ListNode, item: JsonValue | undefined): string {
  if (list.relation === 'set') {
    return 'v:' + JSON.stringify(item);
  }
  const defaults = list.items.kind === 'map' ? list.items.defaults : undefined;
  const parts: string[] = [];
  for (const key of list.keys ?? []) {
    const own = isObject(item) ? item[key] : undefined;
    const value = own === undefined ? defaults?.[key] : own;
    if (value !== undefined) {
      parts.push(JSON.stringify(key) + ':' + JSON.stringify(value));
    }
  }
  return 'k:{' + parts.join(',') + '}';
}

/** Compiled merge rules of every kind in the documents given so far. Nodes are built on first use and shared. */
export class MergeSchema {
  private readonly definitions = new Map<string, JsonObject>();
  private readonly roots = new Map<string, string>();
  private readonly built = new Map<string, SchemaNode>();

  /** Adds the definitions of one OpenAPI v3 document. */
  add(document: JsonObject): void {
    const components = document.components;
    const schemas = isObject(components) ? components.schemas : undefined;
    if (!isObject(schemas)) {
      return;
    }
    for (const [name, schema] of Object.entries(schemas)) {
      if (!isObject(schema)) {
        continue;
      }
      this.definitions.set(name, schema);
      const kinds = schema['x-kubernetes-group-version-kind'];
      for (const k of Array.isArray(kinds) ? kinds : []) {
        if (isObject(k)) {
          const group = typeof k.group === 'string' && k.group !== '' ? k.group + '/' : '';
          this.roots.set(`${group}${text(k.version)}/${text(k.kind)}`, name);
        }
      }
    }
  }

  /** Node of a kind; undefined where no document describes it. */
  root(apiVersion: string, kind: string): MapNode | undefined {
    const name = this.roots.get(`${apiVersion}/${kind}`);
    const node = name === undefined ? undefined : this.named(name);
    return node?.kind === 'map' ? node : undefined;
  }

  private named(name: string): SchemaNode {
    const known = this.built.get(name);
    if (known) {
      return known;
    }
    // Entered before it is built: definitions may contain themselves.
    const node = {} as SchemaNode;
    this.built.set(name, node);
    if (name === 'io.k8s.apimachinery.pkg.api.resource.Quantity') {
      return Object.assign(node, scalar);
    }
    if (name === 'io.k8s.apimachinery.pkg.runtime.RawExtension') {
      return Object.assign(node, untyped);
    }
    return Object.assign(node, this.build(this.definitions.get(name) ?? {}, false));
  }

  private nodeOf(schema: JsonObject, preserve: boolean): SchemaNode {
    const reference = referenceOf(schema);
    if (reference === undefined) {
      return this.build(schema, preserve);
    }
    const node = this.named(reference);
    const mapType = schema['x-kubernetes-map-type'];
    return mapType !== undefined && node.kind === 'map' ? { ...node, atomic: mapType === 'atomic' } : node;
  }

  /** `preserve`: an enclosing schema keeps unknown fields. */
  private build(schema: JsonObject, preserve: boolean): SchemaNode {
    const keep = preserve || schema['x-kubernetes-preserve-unknown-fields'] === true;
    const eitherType = schema['x-kubernetes-int-or-string'] === true || schema.format === 'int-or-string';
    if (eitherType || (schema.oneOf !== undefined && schema.type === undefined)) {
      return scalar;
    }
    const type = schema.type === undefined ? undefined : text(schema.type);
    switch (type) {
      case 'array':
        return this.list(schema, keep);
      case 'object':
        return this.map(schema, keep);
      case undefined:
        return schema.properties !== undefined || schema.additionalProperties !== undefined
          ? this.map(schema, keep)
          : deduced;
      case 'string':
        return schema.format === undefined || schema.format === '' || schema.format === 'byte'
          ? { kind: 'scalar', type: 'string' }
          : scalar;
      case 'integer':
      case 'number':
        return { kind: 'scalar', type: 'number' };
      case 'boolean':
        return { kind: 'scalar', type: 'boolean' };
      default:
        return scalar;
    }
  }

  private list(schema: JsonObject, preserve: boolean): SchemaNode {
    const node: ListNode = { kind: 'list', relation: 'atomic', items: untyped };
    const listType = schema['x-kubernetes-list-type'];
    const strategy = schema['x-kubernetes-patch-strategy'];
    if (listType === 'set' || listType === 'map' || listType === 'atomic') {
      node.relation = listType;
      const keys = schema['x-kubernetes-list-map-keys'];
      if (listType === 'map' && Array.isArray(keys)) {
        node.keys = keys.map(String);
      }
    } else if (strategy === 'merge' || strategy === 'merge,retainKeys') {
      // Only built-in kinds carry these; they count where no list type is declared.
      const key = schema['x-kubernetes-patch-merge-key'];
      node.relation = typeof key === 'string' ? 'map' : 'set';
      if (typeof key === 'string') {
        node.keys = [key];
      }
    }
    if (isObject(schema.items)) {
      node.items = this.nodeOf(schema.items, preserve);
    }
    node.keys?.sort();
    return node;
  }

  private map(schema: JsonObject, preserve: boolean): SchemaNode {
    const node: MapNode = {
      kind: 'map',
      atomic: schema['x-kubernetes-map-type'] === 'atomic',
      fields: Object.create(null) as Record<string, SchemaNode>,
      values: undefined,
    };
    const properties = isObject(schema.properties) ? schema.properties : undefined;
    for (const [name, property] of Object.entries(properties ?? {})) {
      if (!isObject(property)) {
        continue;
      }
      node.fields[name] = this.nodeOf(property, preserve);
      if (property.nullable === true) {
        (node.nullable ??= new Set()).add(name);
      }
      if (property.default !== undefined) {
        node.defaults ??= Object.create(null) as Record<string, JsonValue>;
        node.defaults[name] = property.default;
      }
    }
    const extra = schema.additionalProperties;
    if (extra === undefined) {
      node.values = preserve || !properties ? deduced : undefined;
    } else if (extra === true) {
      node.values = deduced;
    } else if (isObject(extra)) {
      node.values = this.nodeOf(extra, preserve);
    }
    return node;
  }
}

const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');

/** Name of the definition that a schema refers to, directly or through the single-element `allOf` that carries defaults. */
function referenceOf(schema: JsonObject): string | undefined {
  let target = schema.$ref;
  if (target === undefined && Array.isArray(schema.allOf) && schema.allOf.length === 1) {
    const only = schema.allOf[0];
    target = isObject(only) ? only.$ref : undefined;
  }
  return typeof target === 'string' ? target.slice(target.lastIndexOf('/') + 1) : undefined;
}
