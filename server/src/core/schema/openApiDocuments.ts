// The pack as OpenAPI v3 documents, in the form in which a server publishes them: what reads a live server's documents can read
// those of a minor that is not running anywhere.
import type { JsonObject, JsonValue } from '../json';
import { isObject } from '../json';
import type { PackedKind, SchemaPack } from './pack';
import { atMinor } from './pack';

const prefix = '#/components/schemas/';
const metadata = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** One document with the definitions of built-in kinds and all that they refer to. */
export function builtinDocuments(pack: SchemaPack, minor: number, kinds: readonly PackedKind[]): JsonObject {
  const schemas: JsonObject = {};
  addDefinitions(
    pack,
    minor,
    kinds.map((k) => k.definition),
    schemas,
  );
  return { openapi: '3.0.0', components: { schemas } };
}

/** One document with custom kinds of one group and version. */
export function customDocument(
  pack: SchemaPack,
  minor: number,
  kinds: readonly { group: string; version: string; kind: string; schema: JsonObject }[],
): JsonObject {
  const schemas: JsonObject = {};
  addDefinitions(pack, minor, [metadata], schemas);
  for (const { group, version, kind, schema } of kinds) {
    schemas[[...group.split('.').reverse(), version, kind].join('.')] = {
      ...schema,
      type: 'object',
      properties: {
        ...(isObject(schema.properties) ? schema.properties : {}),
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: { allOf: [{ $ref: prefix + metadata }] },
      },
      'x-kubernetes-group-version-kind': [{ group, version, kind }],
    };
  }
  return { openapi: '3.0.0', components: { schemas } };
}

function addDefinitions(pack: SchemaPack, minor: number, names: readonly string[], into: JsonObject): void {
  for (const name of names) {
    const index = atMinor(pack.kubernetes.definitions[name], minor);
    const body = index === undefined ? undefined : pack.body(index);
    if (body === undefined || into[name] !== undefined) {
      continue;
    }
    const references: string[] = [];
    into[name] = {};
    into[name] = withReferences(body, references);
    addDefinitions(pack, minor, references, into);
  }
}

/** A body with references as servers write them: alone where nothing stands beside them, otherwise inside `allOf`. */
function withReferences(value: JsonValue, references: string[]): JsonValue {
  if (Array.isArray(value)) {
    return value.map((v) => withReferences(v, references));
  }
  if (!isObject(value)) {
    return value;
  }
  const out: JsonObject = {};
  for (const [key, v] of Object.entries(value)) {
    if (key === '$ref' && typeof v === 'string') {
      references.push(v);
      out.allOf = [{ $ref: prefix + v }];
    } else {
      out[key] = withReferences(v, references);
    }
  }
  return out;
}
