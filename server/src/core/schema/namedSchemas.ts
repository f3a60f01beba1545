// Schema files that documents name themselves: read once, and again when their text changes. A file holds definitions of custom
// kinds, an OpenAPI description, or a JSON Schema.
import type { JsonObject, JsonValue } from '../json';
import { isObject } from '../json';
import type { FileTree, JsonSchemaCheck, JsonSchemaCompiler, KindInfo } from '../ports';
import { parseYaml } from '../yaml/parse';
import { toJson } from '../yaml/resolve';
import type { ParsedYaml } from '../yaml/tree';
import { definitionsOfOpenApi } from './captured';
import { isCrd } from './customKinds';
import { directivesOf } from './directive';

/** What a named file is. `unusable` says why it cannot be checked with. */
export type NamedSchema =
  | { kind: 'definitions'; definitions: JsonObject[] }
  | { kind: 'json'; check: JsonSchemaCheck }
  | { kind: 'unusable'; reason: string };

export interface NamedSchemaPorts {
  tree: Pick<FileTree, 'read'>;
  store: { named(path: string): { text: string | undefined; schema: NamedSchema } | undefined; setNamed(path: string, text: string | undefined, schema: NamedSchema): void }; // prettier-ignore
  /** Loaded when the first JSON Schema is named. Absent: such schemas are not checked with. */
  jsonSchemas?: () => Promise<JsonSchemaCompiler>;
}

/** Reads the files that a text names. Costs nothing for the many that name none. */
export async function readNamedSchemas(
  parsed: ParsedYaml,
  path: string,
  root: string | undefined,
  ports: NamedSchemaPorts,
): Promise<void> {
  // prettier-ignore
  const targets = new Set(
    [...directivesOf(parsed, path, root).values()].flatMap(({ kind, target }) => (kind === 'file' ? [target] : [])),
  );
  for (const target of targets) {
    const text = await ports.tree.read(target).catch(() => undefined);
    const before = ports.store.named(target);
    if (before === undefined || before.text !== text) {
      ports.store.setNamed(target, text, await schemaOf(text, target, ports));
    }
  }
}

async function schemaOf(
  text: string | undefined,
  path: string,
  { jsonSchemas }: NamedSchemaPorts,
): Promise<NamedSchema> {
  if (text === undefined) {
    return { kind: 'unusable', reason: `There is no file ${path}` };
  }
  const values = valuesOf(text, path);
  const definitions = values.filter(isObject).filter(isCrd);
  if (definitions.length > 0) {
    return { kind: 'definitions', definitions };
  }
  const [value] = values;
  if (values.length !== 1 || !isObject(value)) {
    return { kind: 'unusable', reason: `${path} holds no schema` };
  }
  const described = definitionsOfOpenApi([value], kindsOf(value));
  if (described.length > 0) {
    return { kind: 'definitions', definitions: described };
  }
  if (
    value.apiVersion !== undefined ||
    value.openapi !== undefined ||
    !words.some((word) => value[word] !== undefined)
  ) {
    return { kind: 'unusable', reason: `${path} holds no schema` };
  }
  if (jsonSchemas === undefined) {
    return { kind: 'unusable', reason: `${path} is a JSON Schema, which is not checked with here` };
  }
  const compiled = (await jsonSchemas())(value);
  return typeof compiled === 'string'
    ? { kind: 'unusable', reason: `${path} cannot be used as a schema: ${compiled}` }
    : { kind: 'json', check: compiled };
}

/** One of them makes an object a JSON Schema. */
const words = ['$schema', '$ref', 'type', 'properties', 'oneOf', 'anyOf', 'allOf', 'required', 'enum', 'const'];

function valuesOf(text: string, path: string): JsonValue[] {
  if (path.endsWith('.json')) {
    try {
      return [JSON.parse(text) as JsonValue];
    } catch {
      return [];
    }
  }
  return parseYaml(text).documents.flatMap(({ root }) => (root === undefined ? [] : [toJson(root)]));
}

/** The custom kinds that an OpenAPI document describes. What is not in it, their plural and scope, is not needed for checking. */
function kindsOf(document: JsonObject): KindInfo[] {
  const schemas = isObject(document.components) ? document.components.schemas : undefined;
  return Object.values(isObject(schemas) ? schemas : {}).flatMap((schema) => {
    const names = isObject(schema) ? schema['x-kubernetes-group-version-kind'] : undefined;
    return (Array.isArray(names) ? names.filter(isObject) : []).flatMap(({ group, version, kind }) =>
      typeof group === 'string' && group.includes('.') && typeof version === 'string' && typeof kind === 'string'
        ? [{ group, version, kind, resource: `${kind.toLowerCase()}s`, namespaced: true }]
        : [],
    );
  });
}
