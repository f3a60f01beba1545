// Completion from the schema: fields that are not there yet, values of enums and booleans, apiVersion and kind.
import type { JsonValue } from '../json';
import type { ParsedYaml, YamlDocument } from '../yaml/tree';
import type { CompletionItem } from './completionItem';
import { type Cursor, cursorAt } from './cursor';
import { commonPlace } from './essentials';
import { mayBeObject, restOfObject, wholeManifests } from './completeWhole';
import { safeMarkdown } from './safeMarkdown';
import type { SchemaNode } from './schemaNode';
import { shortName, Type, typeName } from './schemaNode';
import { describe, enumDescriptions, inline, kindOf, itemOfList, kindWritten, schemaAt } from './schemaPath';
import type { KindSchema, SchemaStore } from './schemaStore';
import { resourceNames } from './resourceNames';
import { itemPieces, requiredFields, type SkeletonStyle, valuePieces, writtenValue } from './skeleton';
import { type Piece, plainText, snippetText } from './snippetText';

export interface CompletionContext {
  /** Kubernetes version, for example `1.35`. */
  minor?: string | undefined;
  /** The document is a patch: part of an object, of which nothing is required. */
  partial?: boolean;
  /** Whether a document that is still empty may become an object: false for files that are something else by their name. */
  empty?: boolean;
  /** The schema of a document that is no object of the API server. */
  schema?: KindSchema | undefined;
}

/** What can be written at an offset. Works on half-typed text; empty where nothing is known. */
export function completeAt(
  parsed: ParsedYaml,
  document: YamlDocument,
  offset: number,
  store: SchemaStore,
  context: CompletionContext = {},
): CompletionItem[] {
  const cursor = cursorAt(parsed, document, offset);
  if (cursor === undefined) {
    return [];
  }
  const { minor } = context;
  const item = itemOfList(cursor.document, cursor.path);
  const kind =
    context.schema ??
    (item === undefined ? kindOf(cursor.document, store, minor) : store.lookup({ ...item.written, minor }));
  if (item !== undefined && kind !== undefined && context.schema === undefined) {
    cursor.path = cursor.path.slice(item.depth);
  }
  const [field] = cursor.path;
  if (
    context.schema === undefined &&
    cursor.kind === 'value' &&
    cursor.path.length === 1 &&
    (field === 'apiVersion' || field === 'kind')
  ) {
    return mayBeObject(cursor) ? identityValues(cursor, field, store, minor) : [];
  }
  const atRoot = cursor.path.length === 0 && cursor.column === 0 && !cursor.flow;
  if (kind === undefined) {
    const begins = cursor.path.length === 0 && context.empty !== false && mayBeObject(cursor);
    return begins
      ? [
          ...(cursor.kind === 'key' ? identityKeys(cursor) : []),
          ...(atRoot ? wholeManifests(cursor, store, minor) : []),
        ]
      : [];
  }
  const schema = schemaAt(kind.schema, cursor.path);
  if (schema === undefined) {
    return [];
  }
  if (cursor.kind === 'value') {
    return values(cursor, kind, cursor.path, schema);
  }
  const style = { listsIndented: cursor.listsIndented, partial: context.partial === true };
  // Below a list's key, and behind a dash, the word may be the beginning of an item, or an item that is no map.
  const isListHead = (schema.types & Type.array) !== 0;
  const owner = isListHead ? schema.items : schema;
  if (owner === undefined) {
    return [];
  }
  const path = isListHead ? [...cursor.path, 0] : cursor.path;
  if ((owner.types & Type.object) === 0) {
    return values(cursor, kind, path, owner, isListHead);
  }
  const list = isListHead
    ? schema
    : typeof path.at(-1) === 'number'
      ? schemaAt(kind.schema, path.slice(0, -1))
      : undefined;
  return [
    ...wholeItem(cursor, list, style, isListHead),
    ...(atRoot && context.schema === undefined ? restOfObject(cursor, kind, style) : []),
    ...fields(cursor, kind, path, owner, style, isListHead),
  ];
}

function fields(
  cursor: Cursor,
  kind: KindSchema,
  path: readonly (string | number)[],
  schema: SchemaNode,
  style: SkeletonStyle,
  isListHead: boolean,
): CompletionItem[] {
  const dash = isListHead ? '- ' : '';
  const isRoot = path.length === 0;
  const type =
    shortName(schema.definition) ??
    (isRoot ? undefined : path.length === 1 && path[0] === 'metadata' ? 'ObjectMeta' : undefined);
  const usual = new Set(requiredFields(schema, style, isRoot));
  const about = (name: string): string | undefined => describe(kind.schema, [...path, name]);
  const items: CompletionItem[] = [];
  for (const [name, property] of schema.properties) {
    if (cursor.present.has(name)) {
      continue;
    }
    const isMetadata = isRoot && name === 'metadata' && kind.apiVersion !== '';
    const required = schema.required.includes(name) && !style.partial;
    const place = commonPlace(type, name, isRoot);
    const isOld = kind.apiVersion === '' && about(name)?.includes('**Deprecated:**') === true;
    const order = isOld
      ? 3
      : required || usual.has(name) || isMetadata
        ? 0
        : place !== undefined
          ? 1
          : isRoot && name === 'status'
            ? 3
            : 2;
    const tail = isMetadata ? metadataTail(cursor) : afterKey(cursor, property, dash.length, style);
    items.push({
      label: name,
      kind: 'field',
      detail: detailOf(property, required),
      documentation: () => markdown(about(name)) || undefined,
      insertText: dash + name + tail.text,
      ...(tail.pieces === undefined ? {} : { snippet: snippetText([dash + name, ...tail.pieces]) }),
      start: cursor.start,
      end: cursor.end,
      sortText: `${order}${String(place ?? 99).padStart(2, '0')}${name}`,
      ...(tail.followUp ? { followUp: true } : {}),
    });
  }
  const others = typeof schema.others === 'object' ? resourceNames(kind.kind, path) : [];
  for (const [order, name] of others.entries()) {
    if (!cursor.present.has(name)) {
      const insertText = cursor.hasColon ? name : `${name}${cursor.quote}: `;
      const { start, end } = cursor;
      items.push({
        label: name,
        kind: 'field',
        detail: 'quantity',
        insertText,
        start,
        end,
        sortText: `0${order}${name}`,
      });
    }
  }
  return items;
}

/** Every object has a name. */
function metadataTail(cursor: Cursor): Tail {
  const lead = cursor.flow ? ': ' : `:\n${' '.repeat(cursor.column)}  name: `;
  return { text: cursor.hasColon ? '' : cursor.quote + lead, followUp: false };
}

interface Tail {
  text: string;
  pieces?: Piece[];
  /** The value can be completed at once. */
  followUp: boolean;
}

/** What follows a key: a space for a scalar, an indented line for a map, and a dash on it for a list; with the required fields as places. */
function afterKey(cursor: Cursor, property: SchemaNode, shift: number, style: SkeletonStyle): Tail {
  if (cursor.hasColon) {
    return { text: '', followUp: false };
  }
  const lead = `${cursor.quote}: `;
  const isScalar = (property.types & (Type.array | Type.object)) === 0;
  if (cursor.flow || property.types === Type.any) {
    return { text: lead, followUp: isScalar };
  }
  const column = cursor.column + shift;
  const pieces: Piece[] = [`${cursor.quote}:`, ...valuePieces(property, column, style)];
  // One empty place at the end is where the caret goes anyway, and there completion knows more than a snippet.
  const places = pieces.filter((piece) => typeof piece !== 'string');
  const only =
    places.length === 1 && typeof pieces.at(-1) === 'object' && 'stop' in (places[0] as object)
      ? (places[0] as { stop: string })
      : undefined;
  if (only?.stop === '') {
    return { text: plainText(pieces), followUp: true };
  }
  const indent = '\n' + ' '.repeat(column);
  const text =
    property.types & Type.array
      ? `${cursor.quote}:${indent}${cursor.listsIndented ? '  ' : ''}- `
      : (property.types & Type.object) !== 0
        ? `${cursor.quote}:${indent}  `
        : lead;
  return { text, pieces, followUp: false };
}

/** A new item of a list with its required fields, where nothing of the item is written yet. */
function wholeItem(
  cursor: Cursor,
  list: SchemaNode | undefined,
  style: SkeletonStyle,
  isListHead: boolean,
): CompletionItem[] {
  const item = list?.items;
  if (
    list === undefined ||
    item === undefined ||
    cursor.flow ||
    cursor.hasColon ||
    cursor.quote !== '' ||
    cursor.present.size > 0
  ) {
    return [];
  }
  const names = style.partial ? list.mapKeys : requiredFields(item, style);
  if (names.length < 2) {
    return [];
  }
  const dash = isListHead ? '- ' : '';
  const pieces = [dash, ...itemPieces(list, cursor.column + dash.length, style)];
  return [
    {
      label: shortName(item.definition) ?? 'item',
      kind: 'snippet',
      detail: names.join(', '),
      insertText: plainText(pieces),
      snippet: snippetText(pieces),
      start: cursor.start,
      end: cursor.end,
      sortText: '0',
      filterText: `${names[0] ?? ''} ${shortName(item.definition) ?? 'item'}`,
    },
  ];
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
  let descriptions: ReadonlyMap<string, string> | undefined;
  return known.map((value, index) => {
    const isDefault = value === schema.default;
    return {
      label: inline(value),
      kind: 'value' as const,
      detail: isDefault ? 'default' : '',
      documentation: () => {
        descriptions ??= enumDescriptions(describe(kind.schema, path)).values;
        return descriptions.get(inline(value));
      },
      insertText: (isListHead ? '- ' : '') + (cursor.quote === '' ? writtenValue(value) : inline(value)),
      start: cursor.start,
      end: cursor.end,
      sortText: `${isDefault ? 0 : 1}${String(index).padStart(3, '0')}`,
      ...(isDefault ? { preselect: true } : {}),
    };
  });
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
      sortText: `0${index}`,
      ...(label === 'metadata' ? {} : { followUp: true }),
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

/** A description as Markdown that does nothing. */
export function markdown(description: string | undefined): string {
  return safeMarkdown(enumDescriptions(description).text);
}
