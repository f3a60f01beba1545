// Completion of whole objects: in an empty document, and of what a half-written object still lacks.
import { keyName } from '../yaml/resolve';
import type { CompletionItem } from './completionItem';
import type { Cursor } from './cursor';
import { manifests } from './manifests';
import type { KindSchema, SchemaStore } from './schemaStore';
import { requiredFields, type SkeletonStyle, valuePieces } from './skeleton';
import { type Piece, piecesOf, plainText, snippetText } from './snippetText';

const objectFields = new Set(['apiVersion', 'kind', 'metadata', 'spec', 'data', 'stringData']);

/** False for documents that are evidently something else: they have keys, and none of them says that it is an object. */
export function mayBeObject(cursor: Cursor): boolean {
  const { root } = cursor.document;
  if (root?.kind !== 'map') {
    return root === undefined || root.kind === 'scalar';
  }
  const names = root.pairs.flatMap(({ key }) => keyName(key) ?? []).filter((name) => !isCursor(name));
  return names.includes('apiVersion') || names.every((name) => objectFields.has(name));
}

function isCursor(name: string): boolean {
  return name.startsWith('plumblinecursor');
}

/** Whole objects of every kind that is known, where the document is still empty. */
export function wholeManifests(cursor: Cursor, store: SchemaStore, minor: string | undefined): CompletionItem[] {
  if (cursor.present.size > 0 || cursor.hasColon || cursor.quote !== '') {
    return [];
  }
  const known = store.kinds(minor);
  const has = new Set(known.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`));
  const written = new Set(manifests.map(({ kind, apiVersion }) => `${apiVersion.replace(/\/.*/, '')} ${kind}`));
  const items: CompletionItem[] = [];
  const add = (apiVersion: string, kind: string, title: string, body: string, rank: string, followUp = false): void => {
    const pieces = piecesOf(`apiVersion: ${apiVersion}\nkind: ${kind}\n${body}`);
    items.push({
      label: kind,
      kind: 'snippet',
      detail: title === '' ? apiVersion : `${apiVersion} · ${title}`,
      documentation: () => '```yaml\n' + plainText(pieces) + '\n```',
      insertText: plainText(pieces),
      snippet: snippetText(pieces) + (followUp ? '\n$0' : ''),
      start: cursor.start,
      end: cursor.end,
      sortText: `${rank}${kind} ${apiVersion}`,
    });
  };
  manifests.forEach(({ apiVersion, kind, title, body }, index) => {
    if (has.has(`${apiVersion} ${kind}`)) {
      add(apiVersion, kind, title, body, `1${String(index).padStart(2, '0')}`);
    }
  });
  for (const { apiVersion, kind, namespaced } of known) {
    const group = apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : apiVersion;
    // Versions of a kind come the stable and newest one first.
    if (written.has(`${group} ${kind}`) || isServed(kind)) {
      continue;
    }
    written.add(`${group} ${kind}`);
    add(apiVersion, kind, namespaced ? '' : 'cluster-scoped', 'metadata:\n  name: <name>', '2', true);
  }
  return items;
}

/** Objects that only the API server or a controller writes. */
function isServed(kind: string): boolean {
  return /Review$|^(?:Binding|Eviction|Event|Scale|Status|ComponentStatus|Lease|ControllerRevision|EndpointSlice|TokenRequest|Endpoints)$|List$|Options$/.test(
    kind,
  );
}

/** Everything required that the object does not have yet, in one step. */
export function restOfObject(cursor: Cursor, kind: KindSchema, style: SkeletonStyle): CompletionItem[] {
  const has = (name: string): boolean => cursor.present.has(name);
  if (style.partial || cursor.hasColon || cursor.quote !== '' || !has('kind') || has('metadata') || has('spec')) {
    return [];
  }
  const manifest = manifests.find((m) => m.kind === kind.kind && m.apiVersion === kind.apiVersion);
  const pieces = manifest === undefined ? fromSchema(kind, style, has) : piecesOf(manifest.body);
  return [
    {
      label: `${kind.kind} …`,
      kind: 'snippet',
      detail: 'the rest of the object',
      documentation: () => '```yaml\n' + plainText(pieces) + '\n```',
      insertText: plainText(pieces),
      snippet: snippetText(pieces),
      start: cursor.start,
      end: cursor.end,
      sortText: '!',
      filterText: `metadata ${kind.kind}`,
    },
  ];
}

function fromSchema(kind: KindSchema, style: SkeletonStyle, has: (name: string) => boolean): Piece[] {
  const required = requiredFields(kind.schema, style, true).filter((name) => !has(name) && name !== 'metadata');
  // Nearly every kind has a spec, and few schemas require it.
  const names = required.includes('spec') || !kind.schema.properties.has('spec') ? required : ['spec', ...required];
  return [
    ...piecesOf(`metadata:\n  name: <name>${kind.namespaced ? '\n  namespace: <namespace>' : ''}`),
    ...names.flatMap((name): Piece[] => {
      const property = kind.schema.properties.get(name);
      return property === undefined ? [] : [`\n${name}:`, ...valuePieces(property, 0, style)];
    }),
  ];
}
