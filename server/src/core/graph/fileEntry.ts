// A file of the workspace as the graph keeps it: its facts, and the way from them to places in the text.
import type { DetectedDocument, Neighbours } from '../kinds/kind';
import { detect } from '../kinds/registry';
import type { Location } from '../problem';
import type { WorkspaceFile } from '../workspace/source';
import { lineIndex } from '../yaml/lines';
import { parseYaml } from '../yaml/parse';
import type { LineIndex, ParsedYaml } from '../yaml/tree';
import type { DocumentFacts, LayerFact, ReferenceFact, WrittenObject } from './facts';
import { readReferences } from './readReferences';

export interface FileEntry {
  readonly path: string;
  readonly file: WorkspaceFile;
  /** The text that was read; undefined where the graph does not look into the file. */
  readonly text: string | undefined;
  readonly documents: readonly DocumentFacts[];
  readonly objects: readonly WrittenObject[];
  readonly references: readonly ReferenceFact[];
  readonly layer: LayerFact | undefined;
  readonly lines: LineIndex;
  /** Kept for files that are being edited. */
  readonly parsed?: ParsedYaml;
  /** All that decides where objects end up: while it stays, an edit concerns this file alone. */
  readonly shape: string;
  /** All labels by which the file's objects can be chosen. */
  readonly labels: string;
}

const readRoles = new Set<WorkspaceFile['role']>(['manifest', 'patch', 'crd', 'kustomization', 'chart']);

/** True where the graph looks into a file of that role. */
export function isRead(file: WorkspaceFile): boolean {
  return readRoles.has(file.role);
}

export function readEntry(
  file: WorkspaceFile,
  text: string | undefined,
  previous?: FileEntry,
  read?: { parsed: ParsedYaml; documents: readonly DetectedDocument[] },
): FileEntry {
  if (
    previous !== undefined &&
    previous.text === text &&
    previous.file.role === file.role &&
    sameOwners(previous.file, file)
  ) {
    return previous;
  }
  if (text === undefined) {
    return entryOf(file, undefined, []);
  }
  if (file.role === 'input') {
    return entryOf(file, text, [readEnvironmentFile(text)]);
  }
  const tree = read?.parsed ?? parseYaml(text);
  const documents = read?.documents ?? detect(file.path, tree, neighboursOf(file));
  const known = previous?.file.role === file.role ? identitiesOf(previous) : undefined;
  return entryOf(file, text, readReferences(file.path, tree, documents, file.role, known), tree.lines);
}

/** Facts of the documents of a file that is being edited, by the identity of their texts. */
function identitiesOf({ parsed, documents }: FileEntry): Map<object, DocumentFacts> | undefined {
  return parsed === undefined
    ? undefined
    : new Map(
        parsed.documents.flatMap(({ identity }, i) =>
          documents[i] === undefined ? [] : [[identity, documents[i]] as const],
        ),
      );
}

/** The file as it is edited: what did not change is not read again. */
export function editEntry(before: FileEntry, text: string): FileEntry {
  const parsed = before.file.role === 'input' ? undefined : parseYaml(text, before.parsed);
  const read =
    parsed === undefined ? undefined : { parsed, documents: detect(before.path, parsed, neighboursOf(before.file)) };
  const after = readEntry(before.file, text, before, read);
  return parsed === undefined ? after : { ...after, parsed };
}

function neighboursOf(file: WorkspaceFile): Neighbours {
  const chart = file.sources.find((id) => id.startsWith('chart:'))?.slice('chart:'.length);
  return { role: file.role, ...(chart === undefined ? {} : { chart }) };
}

function sameOwners(a: WorkspaceFile, b: WorkspaceFile): boolean {
  return a.sources.length === b.sources.length && a.sources.every((id, i) => id === b.sources[i]);
}

function entryOf(
  file: WorkspaceFile,
  text: string | undefined,
  documents: readonly DocumentFacts[],
  lines: LineIndex = lineIndex(text ?? ''),
): FileEntry {
  const [only] = documents.length === 1 ? documents : [];
  const objects = only?.objects ?? documents.flatMap((document) => document.objects);
  const layer = documents.find((document) => document.layer !== undefined)?.layer;
  return {
    path: file.path,
    file,
    text,
    documents,
    objects,
    references: only?.references ?? documents.flatMap((document) => document.references),
    layer,
    lines,
    shape: shapeOf(objects, layer),
    labels: joined(objects, labelsOf),
  };
}

function labelsOf({ labels, pods, key }: WrittenObject): string {
  if (pods.length === 0 && key.kind !== 'Service') {
    return '';
  }
  const words = (pairs: WrittenObject['labels']): string => pairs.map(({ name, value }) => `${name}=${value}`).join();
  return [labels, ...pods.map((pod) => pod.labels)].map(words).join('|');
}

function shapeOf(objects: readonly WrittenObject[], layer: LayerFact | undefined): string {
  const identities = joined(objects, identityText);
  return layer === undefined ? identities : `${identities}\n${JSON.stringify(layer)}`;
}

function identityText({ key, partial, made, keyFiles }: WrittenObject): string {
  const text = `${key.group}|${key.kind}|${key.namespace}|${key.name}|${partial ? 'partial' : ''}|${made ?? ''}`;
  return keyFiles === undefined || keyFiles.length === 0 ? text : `${text}|${keyFiles.join('|')}`;
}

/** Most files hold one object. */
function joined(objects: readonly WrittenObject[], word: (object: WrittenObject) => string): string {
  const [first] = objects;
  return objects.length === 1 && first !== undefined ? word(first) : objects.map(word).join('\n');
}

/** `KEY=value` lines, as generators read them: each is a key. */
function readEnvironmentFile(text: string): DocumentFacts {
  const facts: DocumentFacts = { start: 0, index: 0, objects: [], definitions: [], references: [] };
  for (const match of text.matchAll(/^[ \t\uFEFF]*([^#\s=][^=\r\n]*?)[ \t]*(?:=[^\r\n]*)?$/gm)) {
    const name = match[1] ?? '';
    const start = match.index + match[0].indexOf(name);
    const end = match.index + match[0].length;
    facts.definitions.push({
      document: facts,
      entity: 'key',
      name,
      start,
      end: start + name.length,
      wholeStart: start,
      wholeEnd: end,
    });
  }
  return facts;
}

/** The place of a fact, from offsets that count from its document. */
export function placeIn(entry: FileEntry, document: DocumentFacts, start: number, end: number): Location {
  return { path: entry.path, range: entry.lines.range(document.start + start, document.start + end) };
}
