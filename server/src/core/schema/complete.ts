// Completion from the schema: fields that are not there yet, values of enums and booleans, apiVersion and kind.
import type { JsonValue } from '../json';
import { plainValue } from '../yaml/scalars';
import type { ParsedYaml, YamlDocument } from '../yaml/tree';
import type { CompletionItem } from './completionItem';
import { type Cursor, cursorAt } from './cursor';
import { quoteFix } from './messages';
import type { SchemaNode } from './schemaNode';
import { Type, typeName } from './schemaNode';
import { describe, enumDescriptions, inline, kindOf, kindWritten, schemaAt } from './schemaPath';
import type { KindSchema, SchemaStore } from './schemaStore';

/** What can be written at an offset. Works on half-typed text; empty where nothing is known. */
export function completeAt(
  parsed: ParsedYaml,
  document: YamlDocument,
  offset: number,
  store: SchemaStore,
  minor?: string,
): CompletionItem[] {
  const cursor = cursorAt(parsed, document, offset);
  if (cursor === undefined) {
    return [];
  }
  const kind = kindOf(cursor.document, store, minor);
  const [field] = cursor.path;
  if (cursor.kind === 'value' && cursor.path.length === 1 && (field === 'apiVersion' || field === 'kind')) {
    return identityValues(cursor, field, store, minor);
  }
  if (kind === undefined) {
    return cursor.kind === 'key' && cursor.path.length === 0 ? identityKeys(cursor) : [];
  }
  const schema = schemaAt(kind.schema, cursor.path);
  if (schema === undefined) {
    return [];
  }
  if (cursor.kind === 'value') {
    return values(cursor, kind, cursor.path, schema);
  }
  // Below a list's key, and behind a dash, the word may be the beginning of an item, or an item that is no map.
  const isListHead = (schema.types & Type.array) !== 0;
  const owner = isListHead ? schema.items : schema;
  if (owner === undefined) {
    return [];
  }
  const path = isListHead ? [...cursor.path, 0] : cursor.path;
  return (owner.types & Type.object) !== 0
    ? fields(cursor, kind, path, owner, isListHead)
    : values(cursor, kind, path, owner, isListHead);
}

function fields(
  cursor: Cursor,
  kind: KindSchema,
  path: readonly (string | number)[],
  schema: SchemaNode,
  isListHead: boolean,
): CompletionItem[] {
  const dash = isListHead ? '- ' : '';
  const items: CompletionItem[] = [];
  for (const [name, property] of schema.properties) {
    if (cursor.present.has(name)) {
      continue;
    }
    const required = schema.required.includes(name);
    const documentation = markdown(describe(kind.schema, [...path, name]));
    items.push({
      label: name,
      kind: 'field',
      detail: detailOf(property, required),
      ...(documentation === '' ? {} : { documentation }),
      insertText: dash + name + afterKey(cursor, property, dash.length),
      start: cursor.start,
      end: cursor.end,
      sortText: `${required ? 0 : path.length === 0 && name === 'status' ? 2 : 1}${name}`,
    });
  }
  return items;
}

/** What follows a key: a space for a scalar, an indented line for a map, and a dash on it for a list. */
function afterKey(cursor: Cursor, property: SchemaNode, shift: number): string {
  if (cursor.hasColon) {
    return '';
  }
  const lead = `${cursor.quote}: `;
  if (cursor.flow || property.types === Type.any) {
    return lead;
  }
  const indent = '\n' + ' '.repeat(cursor.column + shift);
  if (property.types & Type.array) {
    return `${cursor.quote}:${indent}${cursor.listsIndented ? '  ' : ''}- `;
  }
  return (property.types & Type.object) !== 0 ? `${cursor.quote}:${indent}  ` : lead;
}

function values(
  cursor: Cursor,
  kind: KindSchema,
  path: readonly (string | number)[],
  schema: SchemaNode,
  isListHead = false,
): CompletionItem[] {
  const known: JsonValue[] = schema.values
    ? [...schema.values].filter((v) => v !== '')
    : (schema.types & Type.boolean) !== 0 && (schema.types & Type.string) === 0
      ? [true, false]
      : schema.default !== undefined && typeof schema.default !== 'object' && schema.default !== ''
        ? [schema.default]
        : [];
  const { values: descriptions } = enumDescriptions(describe(kind.schema, path));
  return known.map((value, index) => {
    const isDefault = value === schema.default;
    const documentation = descriptions.get(inline(value));
    return {
      label: inline(value),
      kind: 'value' as const,
      detail: isDefault ? 'default' : '',
      ...(documentation === undefined ? {} : { documentation }),
      insertText: (isListHead ? '- ' : '') + written(value, cursor.quote),
      start: cursor.start,
      end: cursor.end,
      sortText: `${isDefault ? 0 : 1}${String(index).padStart(3, '0')}`,
    };
  });
}

/** A value as YAML: a text that would be read as something else gets quotes, unless it stands in some already. */
function written(value: JsonValue, quote: string): string {
  const text = inline(value);
  return quote === '' && typeof value === 'string' && typeof plainValue(value, 'kubernetes') !== 'string'
    ? quoteFix(text)
    : text;
}

/** The first lines of an object whose kind is not known yet. */
function identityKeys(cursor: Cursor): CompletionItem[] {
  const keys = [
    ['apiVersion', 'string · required', ': '],
    ['kind', 'string · required', ': '],
    ['metadata', 'ObjectMeta · required', `:\n${' '.repeat(cursor.column)}  name: `],
  ] as const;
  return keys
    .filter(([name]) => !cursor.present.has(name))
    .map(([label, detail, tail], index) => ({
      label,
      kind: 'field',
      detail,
      insertText: label + (cursor.hasColon ? '' : tail),
      start: cursor.start,
      end: cursor.end,
      sortText: String(index),
    }));
}

/** Values of apiVersion and kind: each narrows the other where it is written already. */
function identityValues(
  cursor: Cursor,
  field: 'apiVersion' | 'kind',
  store: SchemaStore,
  minor: string | undefined,
): CompletionItem[] {
  const written = kindWritten(cursor.document);
  const kinds = store.kinds(minor);
  const narrowed = kinds.filter((k) =>
    field === 'kind' ? k.apiVersion === written.apiVersion : k.kind === written.kind,
  );
  const byLabel = new Map<string, string[]>();
  for (const k of narrowed.length > 0 ? narrowed : kinds) {
    const label = field === 'kind' ? k.kind : k.apiVersion;
    const other = field === 'kind' ? k.apiVersion : k.kind;
    byLabel.set(label, [...(byLabel.get(label) ?? []), other]);
  }
  return [...byLabel].map(([label, others], index) => ({
    label,
    kind: 'value',
    detail: others.length <= 3 ? others.join(', ') : `${others.slice(0, 3).join(', ')} and ${others.length - 3} more`,
    insertText: label,
    start: cursor.start,
    end: cursor.end,
    sortText: narrowed.length > 0 ? String(index).padStart(3, '0') : label,
  }));
}

export function detailOf(schema: SchemaNode, required: boolean): string {
  const parts = [typeName(schema)];
  if (required) {
    parts.push('required');
  }
  // The default of a required field is only the zero of its Go type.
  if (!required && schema.default !== undefined && schema.default !== '' && typeof schema.default !== 'object') {
    parts.push(`default ${inline(schema.default)}`);
  }
  return parts.join(' · ');
}

/** A description as Markdown; what looks like a tag to Markdown stays text. */
export function markdown(description: string | undefined): string {
  return enumDescriptions(description).text.replaceAll('<', '&lt;');
}
