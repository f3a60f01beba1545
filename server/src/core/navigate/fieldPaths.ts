// Names inside the field paths of a kustomization: `containers.[name=worker]` of a replacement, `/data/LOG_LEVEL` of a JSON patch. They
// follow a rename where the object that they are for is the one. Where that cannot be told, the person agrees to them on their own.
import type { Definition, WorkspaceGraph } from '../graph/graph';
import type { JsonPath } from '../json';
import { isKustomizationFile } from '../workspace/paths';
import { nodeAt } from '../yaml/path';
import { parseYaml } from '../yaml/parse';
import type { Node } from '../yaml/tree';
import type { LabelPart } from './labelPairs';
import type { EditReason, PlanFiles, PlannedEdit } from './plan';
import { forms } from './sameThing';
import type { ReadFile } from './writtenPlace';

export interface RenamedPart {
  definition: Definition;
  oldText: string;
  newText: string;
}

const certain: EditReason = { label: 'Field paths', confirm: false };
const uncertain: EditReason = {
  label: 'Field paths that may mean it',
  description: 'Paths of replacements and JSON patches that hold the name, for objects that are not named.',
  confirm: true,
};

/** What of a renaming can stand in field paths: parts of objects by name, keys, and the keys of labels. */
export function partsOf(
  definitions: readonly { definition: Definition; newName: string }[],
  part: LabelPart | undefined,
): RenamedPart[] {
  return definitions.flatMap(({ definition, newName }) => {
    switch (definition.entity) {
      case 'container':
      case 'volume':
      case 'port':
      case 'key':
        return [{ definition, oldText: definition.name, newText: newName }];
      case 'label':
        return part?.half === 'key'
          ? [{ definition, oldText: part.key, newText: newName.slice(0, newName.indexOf('=')) }]
          : [];
      case 'object':
      case 'claimTemplate':
      case 'file':
      case 'folder':
      case 'variable':
        return [];
    }
  });
}

export async function fieldPathEdits(
  graph: WorkspaceGraph,
  files: PlanFiles,
  parts: readonly RenamedPart[],
): Promise<PlannedEdit[]> {
  const found: PlannedEdit[] = [];
  for (const path of parts.length === 0 ? [] : files.paths.filter(isKustomizationFile)) {
    const text = (await files.text(path)) ?? '';
    if (!/^(?:replacements|patches|patchesJson6902)\s*:/m.test(text)) {
      continue;
    }
    const file: ReadFile = { path, parsed: parseYaml(text) };
    for (const part of parts) {
      found.push(...inReplacements(file, part));
    }
    for (const item of patchItems(file)) {
      const meant = parts.filter((part) => isFor(part, item.target));
      const place = await opsOf(graph, files, file, item);
      found.push(
        ...meant.flatMap((part) => (place === undefined ? [] : inPointers(place, part, reasonFor(item.target)))),
      );
    }
  }
  return found;
}

// ---- replacements

function inReplacements(file: ReadFile, part: RenamedPart): PlannedEdit[] {
  const edits: PlannedEdit[] = [];
  const check = (node: Node | undefined, target: Node | undefined): void => {
    if (node?.kind !== 'scalar' || !isFor(part, target)) {
      return;
    }
    const { start, end } = node;
    const raw = file.parsed.text.slice(start, end);
    for (const at of namesIn(raw, part)) {
      const range = file.parsed.lines.range(start + at, start + at + writtenIn(part.oldText, part).length);
      edits.push({ path: file.path, range, newText: writtenIn(part.newText, part), reason: reasonFor(target) });
    }
  };
  for (const replacement of itemsAt(file, ['replacements'])) {
    const source = nodeAt(replacement, ['source']);
    check(nodeAt(replacement, ['source', 'fieldPath']), source);
    for (const target of itemsOf(nodeAt(replacement, ['targets']))) {
      itemsOf(nodeAt(target, ['fieldPaths'])).forEach((path) => check(path, nodeAt(target, ['select'])));
    }
  }
  return edits;
}

/** Full stops inside a step of kustomize's paths have a backslash before them. */
function writtenIn(text: string, { definition }: RenamedPart): string {
  return definition.entity === 'key' || definition.entity === 'label' ? text.replaceAll('.', '\\.') : text;
}

/** Offsets of a name in a field path, where a name of this sort can stand. */
function namesIn(path: string, part: RenamedPart): number[] {
  const name = writtenIn(part.oldText, part).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const { entity } = part.definition;
  const before =
    entity === 'key'
      ? '(?:^|["\'])(?:data|stringData|binaryData)\\.'
      : entity === 'label'
        ? '(?:labels|matchLabels|selector)\\.'
        : `${{ container: '[cC]ontainers', volume: 'volumes', port: 'ports' }[entity as 'container']}\\.\\[name=`;
  const after = entity === 'key' || entity === 'label' ? '(?=$|["\'.])' : '(?=\\])';
  return [...path.matchAll(new RegExp(`(${before})${name}${after}`, 'g'))].map(
    (match) => match.index + (match[1]?.length ?? 0),
  );
}

// ---- JSON patches

interface PatchItem {
  target: Node | undefined;
  inline: Node | undefined;
  path: Node | undefined;
}

function patchItems(file: ReadFile): PatchItem[] {
  return [...itemsAt(file, ['patches']), ...itemsAt(file, ['patchesJson6902'])].map((item) => ({
    target: nodeAt(item, ['target']),
    inline: nodeAt(item, ['patch']),
    path: nodeAt(item, ['path']),
  }));
}

/** The text that holds the operations of a patch, as a stretch of its file. */
async function opsOf(
  graph: WorkspaceGraph,
  files: PlanFiles,
  file: ReadFile,
  { inline, path }: PatchItem,
): Promise<{ file: ReadFile; start: number; end: number } | undefined> {
  if (inline !== undefined) {
    return { file, start: inline.start, end: inline.end };
  }
  if (path === undefined) {
    return undefined;
  }
  const at = file.parsed.lines.positionAt(path.start);
  const edge = graph
    .edgesIn(file.path)
    .find(({ reference: { from } }) => from.range.start.line === at.line && from.range.start.character >= at.character);
  const [named] = edge?.targets ?? [];
  const text = named?.entity === 'file' ? await files.text(named.name) : undefined;
  return named === undefined || text === undefined
    ? undefined
    : { file: { path: named.name, parsed: parseYaml(text) }, start: 0, end: text.length };
}

function inPointers(
  { file, start, end }: { file: ReadFile; start: number; end: number },
  part: RenamedPart,
  reason: EditReason,
): PlannedEdit[] {
  const { entity } = part.definition;
  if (entity !== 'key' && entity !== 'label') {
    return [];
  }
  const text = file.parsed.text.slice(start, end);
  const pointers = text.matchAll(/(?:path|from)["']?\s*:\s*["']?(\/[^\s"',}]*)/g);
  return [...pointers].flatMap((match) => {
    const pointer = match[1] ?? '';
    const steps = pointer.split('/');
    const index = steps.findIndex((step, i) => {
      const above = steps[i - 1] ?? '';
      const fits =
        entity === 'key'
          ? i === 2 && /^(?:data|stringData|binaryData)$/.test(above)
          : /^(?:labels|matchLabels|selector)$/.test(above);
      return fits && step === escaped(part.oldText);
    });
    if (index < 0) {
      return [];
    }
    const at = start + match.index + match[0].length - pointer.length + steps.slice(0, index).join('/').length + 1;
    const range = file.parsed.lines.range(at, at + escaped(part.oldText).length);
    return [{ path: file.path, range, newText: escaped(part.newText), reason }];
  });
}

function escaped(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}

// ---- whom a path is for

function reasonFor(target: Node | undefined): EditReason {
  const name = target === undefined ? undefined : nodeAt(target, ['name']);
  return name?.kind === 'scalar' && /^[a-z0-9.-]+$/.test(name.text) ? certain : uncertain;
}

/** False where kind or name of a target say that another object is meant. */
function isFor({ definition }: RenamedPart, target: Node | undefined): boolean {
  const text = (field: string): string | undefined => {
    const node = target === undefined ? undefined : nodeAt(target, [field]);
    return node?.kind === 'scalar' && node.text !== '' ? node.text : undefined;
  };
  const { object } = definition;
  const [kind, name] = [text('kind'), text('name')];
  if (object === undefined) {
    return true;
  }
  if (kind !== undefined && !matches(kind, [object.kind])) {
    return false;
  }
  const names = forms({ ...definition, entity: 'object', name: object.name, appearances: definition.appearances }).map(
    ({ before, after }) => before + object.name + after,
  );
  return name === undefined || matches(name, names);
}

/** Targets of patches are patterns. */
function matches(pattern: string, texts: readonly string[]): boolean {
  try {
    const whole = new RegExp(`^(?:${pattern})$`);
    return texts.some((text) => whole.test(text));
  } catch {
    return true;
  }
}

function itemsAt(file: ReadFile, path: JsonPath): readonly Node[] {
  return file.parsed.documents.flatMap(({ root }) => itemsOf(nodeAt(root, path)));
}

function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.kind === 'seq' ? node.items : [];
}
