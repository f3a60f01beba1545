// From a place in an object to its schema, and what may be said about it to a person.
import type { JsonPath, JsonValue } from '../json';
import { identityOf } from '../kinds/identity';
import { nodeAt } from '../yaml/path';
import type { YamlDocument } from '../yaml/tree';
import type { SchemaNode } from './schemaNode';
import type { KindSchema, SchemaStore } from './schemaStore';
import { fieldOf, valueOf } from './treeValues';

/** Schema of the value at a path; undefined where the schema has no such place. */
export function schemaAt(root: SchemaNode, path: JsonPath): SchemaNode | undefined {
  let node: SchemaNode | undefined = root;
  for (const step of path) {
    node = node === undefined ? undefined : childSchema(node, step);
  }
  return node;
}

export function childSchema(node: SchemaNode, step: string | number): SchemaNode | undefined {
  if (typeof step === 'number') {
    return node.items;
  }
  return node.properties.get(step) ?? (typeof node.others === 'object' ? node.others : undefined);
}

/** Description of the field at a path: what its parent says of it, else what its own type says. */
export function describe(root: SchemaNode, path: JsonPath): string | undefined {
  const last = path.at(-1);
  const own = schemaAt(root, path);
  if (typeof last !== 'string') {
    return own?.docs?.of('');
  }
  return schemaAt(root, path.slice(0, -1))?.docs?.of(last) ?? own?.docs?.of('');
}

/** apiVersion and kind of a document, as far as they are written. */
export function kindWritten(document: YamlDocument): { apiVersion?: string; kind?: string } {
  const { root } = document;
  if (root?.kind !== 'map') {
    return {};
  }
  const text = (name: string): string | undefined => {
    const pair = fieldOf(root.pairs, name);
    const value = pair === undefined ? undefined : valueOf(pair.value);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const apiVersion = text('apiVersion');
  const kind = text('kind');
  return { ...(apiVersion === undefined ? {} : { apiVersion }), ...(kind === undefined ? {} : { kind }) };
}

export function kindOf(document: YamlDocument, store: SchemaStore, minor: string | undefined): KindSchema | undefined {
  const { apiVersion, kind } = kindWritten(document);
  return apiVersion === undefined || kind === undefined ? undefined : store.lookup({ apiVersion, kind, minor });
}

/** The object at a path, where that is an item of a `List`: what it says of itself, and how deep it stands. */
export function itemOfList(
  document: YamlDocument,
  path: JsonPath,
): { written: { apiVersion: string; kind: string }; depth: number } | undefined {
  if (path[0] !== 'items' || typeof path[1] !== 'number' || kindWritten(document).kind !== 'List') {
    return undefined;
  }
  const item = identityOf(nodeAt(document.root, path.slice(0, 2)));
  return item && { written: { apiVersion: item.apiVersion, kind: item.kind }, depth: 2 };
}

/** Descriptions of enum values, from the list that generated descriptions end with. */
export function enumDescriptions(description: string | undefined): { text: string; values: Map<string, string> } {
  const marker = description?.indexOf('Possible enum values:') ?? -1;
  if (description === undefined || marker < 0) {
    return { text: description ?? '', values: new Map() };
  }
  const values = new Map<string, string>();
  for (const line of description.slice(marker).matchAll(/^ - `"([^"]*)"`(.*(?:\n(?! - ).*)*)/gm)) {
    const text = (line[2] ?? '').trim();
    if (text !== '') {
      values.set(line[1] ?? '', text);
    }
  }
  return { text: description.slice(0, marker).trim(), values };
}

/** A value as it would be written, on one line. */
export function inline(value: JsonValue): string {
  return typeof value === 'string' ? (value === '' ? '""' : value) : JSON.stringify(value);
}
