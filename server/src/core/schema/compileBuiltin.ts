// Compiles the built-in types of one Kubernetes minor from the pack, following what the API server's decoder does with them.
import type { JsonObject, JsonValue } from '../json';
import { isObject } from '../json';
import { enforcedEnum, enforcedRequired, enforcedUnique } from './enforced';
import type { SchemaPack } from './pack';
import { atMinor } from './pack';
import type { Documentation, SchemaNode } from './schemaNode';
import { emptyNode, Type, typeBits } from './schemaNode';

export interface BuiltinTypes {
  /** The compiled definition; undefined where this minor has none of that name. */
  definition(name: string): SchemaNode | undefined;
}

/** Types that decode themselves; their schemas say less, or other things, than their decoders. */
const special: Record<string, (node: SchemaNode) => void> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': (node) => {
    node.types = Type.string | Type.integer | Type.number;
    node.format = 'quantity';
  },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': (node) => {
    node.types = Type.string | Type.integer;
    node.format = 'int-or-string';
  },
  'io.k8s.apimachinery.pkg.runtime.RawExtension': () => undefined,
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': () => undefined,
};

/** `minor` is the index of the release in the pack. */
export function builtinTypes(pack: SchemaPack, minor: number): BuiltinTypes {
  const compiled = new Map<string, SchemaNode>();

  const definition = (name: string): SchemaNode | undefined => {
    const known = compiled.get(name);
    if (known) {
      return known;
    }
    const index = atMinor(pack.kubernetes.definitions[name], minor);
    const raw = index === undefined ? undefined : pack.body(index);
    if (raw === undefined) {
      return undefined;
    }
    const node = emptyNode(raw);
    // Before its properties, because definitions refer to themselves.
    compiled.set(name, node);
    node.definition = name;
    node.docs = describedBy(name);
    const own = special[name];
    if (own) {
      own(node);
    } else {
      fill(node, raw, name, '');
    }
    return node;
  };

  const compile = (raw: JsonObject, owner: string, place: string): SchemaNode => {
    if (typeof raw.$ref !== 'string') {
      const node = emptyNode(raw);
      fill(node, raw, owner, place);
      return node;
    }
    const target = definition(raw.$ref);
    if (target === undefined) {
      return emptyNode(raw);
    }
    // `{}` is the default of every struct and says nothing; anything more belongs to this use of the definition only.
    const hasDefault = raw.default !== undefined && !(isObject(raw.default) && Object.keys(raw.default).length === 0);
    return hasDefault ? { ...target, default: raw.default } : target;
  };

  const fill = (node: SchemaNode, raw: JsonObject, owner: string, place: string): void => {
    node.types = typeBits(raw.type);
    node.default = raw.default;
    if (raw.format === 'int32' || raw.format === 'int64' || raw.format === 'date-time' || raw.format === 'byte') {
      node.format = raw.format;
    }
    if (isObject(raw.properties)) {
      node.types = Type.object;
      node.others = 'forbidden';
      node.properties = new Map(
        Object.entries(raw.properties).map(([name, schema]) => [name, compile(schema as JsonObject, owner, name)]),
      );
      node.required = names(raw.required).filter((name) => enforcedRequired(owner, name));
    } else if (isObject(raw.additionalProperties)) {
      node.types = Type.object;
      node.others = compile(raw.additionalProperties, owner, place);
    } else if (raw.type === 'object') {
      // An object without named fields is decoded as raw JSON.
      node.types = Type.any;
    }
    if (isObject(raw.items)) {
      node.items = compile(raw.items, owner, place);
    }
    if (Array.isArray(raw.enum) && enforcedEnum(owner, place)) {
      node.values = new Set(raw.enum);
      node.emptyIsAbsent = true;
    }
    const listType = raw['x-kubernetes-list-type'];
    node.listType = typeof listType === 'string' ? listType : undefined;
    node.mapKeys = names(raw['x-kubernetes-list-map-keys']);
    node.unique = enforcedUnique(owner, place);
  };

  const describedBy = (name: string): Documentation => ({
    of(property) {
      const { definitions, texts } = pack.descriptions();
      const index = atMinor(definitions[name]?.[property], minor);
      return index === undefined ? undefined : texts[index];
    },
  });

  return { definition };
}

function names(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((v) => typeof v === 'string') : [];
}
