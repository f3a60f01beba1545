// Rename: what stands at a place, whether it can be called something else, and the one plan that changes it everywhere it is meant.
import type { AtPlace, Definition, Edge, WorkspaceGraph } from '../graph/graph';
import type { Abort } from '../ports';
import { Cancelled } from '../ports';
import type { Range } from '../problem';
import { isWithin } from '../workspace/paths';
import { parseYaml } from '../yaml/parse';
import { addressEdits } from './addresses';
import { collisionOf } from './collisions';
import { fieldPathEdits, partsOf } from './fieldPaths';
import { writeKeyName } from './keyNames';
import { labelEdit, labelPartAt, renamedPair, type LabelPart } from './labelPairs';
import { planMoves } from './movePaths';
import { nameFault } from './names';
import { formOf, pathOfText } from './pathTexts';
import type { PlanAnswer, PlanFiles, PlannedEdit } from './plan';
import { reasonOf } from './reasons';
import { newNameBehind, placeText, renamingOf, titleOf, type Renaming } from './sameThing';
import { holdsPosition, innerRange, rewrite, scalarAt, type ReadFile } from './writtenPlace';

export interface RenameStart {
  /** What the editor marks, without quotes. */
  range: Range;
  /** What the person changes. */
  placeholder: string;
}

/** Undefined: nothing there has a name that the graph knows. */
export type PrepareAnswer = RenameStart | { refused: string } | undefined;

interface Subject {
  definition: Definition;
  edge: Edge | undefined;
  file: ReadFile;
  start: RenameStart;
  part?: LabelPart;
}

export function prepareRename(graph: WorkspaceGraph, file: ReadFile, offset: number): PrepareAnswer {
  const subject = subjectAt(graph, file, offset);
  if (subject === undefined || 'refused' in subject) {
    return subject;
  }
  const { definition, start } = subject;
  if (definition.entity === 'file' || definition.entity === 'folder') {
    return start;
  }
  const { refused } = renamingOf(graph, definition, definition.name);
  return refused === undefined ? start : { refused: cannot(definition, refused) };
}

/** The whole change that calls the thing at a place `newName`. */
export async function planRename(
  graph: WorkspaceGraph,
  files: PlanFiles,
  at: { path: string; offset: number; newName: string },
  abort?: Abort,
): Promise<PlanAnswer> {
  const text = await files.text(at.path);
  const subject =
    text === undefined ? undefined : subjectAt(graph, { path: at.path, parsed: parseYaml(text) }, at.offset);
  if (subject === undefined) {
    return { refused: 'Nothing here has a name that Plumbline could change.' };
  }
  if ('refused' in subject) {
    return subject;
  }
  const { definition } = subject;
  if (definition.entity === 'file' || definition.entity === 'folder') {
    return planPath(graph, files, subject, at.newName, abort);
  }
  const named = newNameOf(subject, at.newName);
  if ('refused' in named) {
    return named;
  }
  const renaming = renamingOf(graph, definition, named.name);
  const fault = renaming.refused ?? faultOf(renaming, subject.part) ?? collisionOf(graph, files.paths, renaming);
  if (fault !== undefined) {
    return { refused: cannot(definition, fault) };
  }
  return planNames(graph, files, renaming, subject.part, abort);
}

function cannot(definition: Definition, reason: string): string {
  return `Cannot rename ${titleOf(definition)}: ${reason}`;
}

function subjectAt(graph: WorkspaceGraph, file: ReadFile, offset: number): Subject | { refused: string } | undefined {
  const place = placeAt(graph, file, offset);
  const definition = place?.definition ?? place?.edge?.targets[0];
  const edge = place?.definition === undefined ? place?.edge : undefined;
  const from = place?.definition?.at ?? edge?.reference.from;
  if (place === undefined || from === undefined) {
    return undefined;
  }
  if (edge?.reference.fixed !== undefined) {
    return { refused: `Cannot rename "${edge.reference.text}": ${edge.reference.fixed}` };
  }
  if (definition === undefined) {
    return {
      refused: `Cannot rename "${edge?.reference.text ?? ''}": nothing in this repository defines it.`,
    };
  }
  if (definition.object?.kind === 'CustomResourceDefinition' && definition.entity === 'object') {
    return { refused: cannot(definition, 'its name is its plural and its group, which its objects are made of.') };
  }
  if (definition.object?.kind === 'APIService' && definition.entity === 'object') {
    return { refused: cannot(definition, 'its name is its version and its group.') };
  }
  if (definition.entity === 'label') {
    const part = labelPartAt(file, from.range, offset, definition.name);
    return part === undefined
      ? { refused: cannot(definition, 'it is not written as a pair of key and value here.') }
      : { definition, edge, file, part: part.part, start: { range: part.range, placeholder: part.text } };
  }
  const written = edge?.reference.text ?? definition.name;
  const scalar = scalarAt(file, from.range);
  const whole = scalar !== undefined && scalar.node.text === written;
  return {
    definition,
    edge,
    file,
    start: { range: whole ? innerRange(file, scalar.node) : from.range, placeholder: written },
  };
}

/** What a rename at an offset is about. A generator's file that is its own key is renamed as the file: the key stays. */
function placeAt(graph: WorkspaceGraph, file: ReadFile, offset: number): AtPlace | undefined {
  const place = graph.at(file.path, offset);
  if (place?.definition?.entity !== 'key') {
    return place;
  }
  const at = file.parsed.lines.positionAt(offset);
  const edge = graph
    .edgesIn(file.path)
    .find(({ reference }) => reference.entity === 'file' && holdsPosition(reference.from.range, at));
  return edge === undefined ? place : { edge };
}

/** The definition's own new name, of what was typed where it is referred to. */
function newNameOf({ definition, edge, part }: Subject, typed: string): { name: string } | { refused: string } {
  if (part !== undefined) {
    return { name: renamedPair(definition.name, part, typed) };
  }
  const name = edge === undefined ? typed : newNameBehind(edge.reference.text, typed, definition);
  return name === undefined
    ? {
        refused: `Cannot rename ${titleOf(definition)} to "${typed}": an overlay makes "${edge?.reference.text ?? ''}" of "${definition.name}", and what it adds has to stay.`,
      }
    : { name };
}

/** Why one of the new names cannot be used. */
function faultOf({ definitions, edges }: Renaming, part: LabelPart | undefined): string | undefined {
  for (const { definition, newName } of definitions) {
    const { entity, object } = definition;
    const kind = object === undefined ? {} : { kind: object.kind, group: object.group };
    const fault = nameFault({ entity, ...kind }, newName) ?? part?.fault(newName);
    if (fault !== undefined) {
      return fault;
    }
  }
  // Names with what overlays add to them.
  for (const { definition, newName } of definitions) {
    for (const { effective } of definition.entity === 'object' ? definition.appearances : []) {
      const name = effective.name.replace(definition.name, newName);
      const fault = nameFault({ entity: 'object', kind: effective.kind, group: effective.group }, name);
      if (fault !== undefined) {
        return fault;
      }
    }
  }
  return edges.length === 0 && definitions.length === 0 ? 'nothing would change.' : undefined;
}

async function planNames(
  graph: WorkspaceGraph,
  files: PlanFiles,
  renaming: Renaming,
  part: LabelPart | undefined,
  abort: Abort | undefined,
): Promise<PlanAnswer> {
  const read = new Map<string, ReadFile>();
  const edits = new Map<string, PlannedEdit>();
  const [subject] = renaming.definitions;
  const places = [
    ...renaming.definitions.map(({ definition, newName }) => ({
      at: definition.at,
      oldText: definition.name,
      newText: newName,
      definition,
      edge: undefined,
    })),
    ...renaming.edges.map(({ edge, newText }) => ({
      at: edge.reference.from,
      oldText: edge.reference.text,
      newText,
      definition: undefined,
      edge,
    })),
  ];
  for (const { at, oldText, newText, definition, edge } of places) {
    if (abort?.aborted === true) {
      throw new Cancelled();
    }
    const file = read.get(at.path) ?? (await readFile(files, at.path));
    if (file === undefined) {
      return { refused: `${at.path} cannot be read.` };
    }
    read.set(at.path, file);
    const taken = edge === undefined ? undefined : offeredAs(graph, file, edge, newText, renaming);
    if (taken !== undefined) {
      return {
        refused: `Cannot rename ${subject === undefined ? oldText : titleOf(subject.definition)}: ${titleOf(taken)} exists already, in ${placeText(taken.at)}.`,
      };
    }
    const edit =
      part !== undefined
        ? labelEdit(file, at.range, part, newText)
        : definition?.entity === 'key'
          ? writeKeyName(file, at.range, oldText, newText)
          : rewrite(file, at.range, oldText, newText);
    if (edit === undefined) {
      return {
        refused: `Cannot rename ${subject === undefined ? oldText : titleOf(subject.definition)}: "${oldText}" in ${placeText(at)} is not written as one name of its own.`,
      };
    }
    const id = placeText({ path: edit.path, range: edit.range });
    const other = edits.get(id);
    if (other !== undefined && other.newText !== edit.newText) {
      return { refused: `${id} would have to read both "${other.newText}" and "${edit.newText}".` };
    }
    if (other === undefined) {
      edits.set(id, { ...edit, reason: reasonOf(file, { definition, edge, subject: subject?.definition }) });
    }
  }
  const elsewhere = [
    ...(await fieldPathEdits(graph, files, partsOf(renaming.definitions, part))),
    ...(await addressEdits(files, renaming.definitions, abort)),
  ];
  for (const edit of elsewhere) {
    edits.set(placeText(edit), edits.get(placeText(edit)) ?? edit);
  }
  const effects = [...edits.values()].flatMap(({ reason }) => (reason.effect === undefined ? [] : [reason.effect]));
  return { plan: { edits: [...edits.values()], moves: [], notes: [...new Set(effects)] } };
}

/** What a reference would mean if it had the new text already. */
function offeredAs(
  graph: WorkspaceGraph,
  { path, parsed }: ReadFile,
  { reference }: Edge,
  newText: string,
  { definitions }: Renaming,
): Definition | undefined {
  if (reference.entity === 'label') {
    return undefined;
  }
  const offered = graph.candidates(path, parsed.lines.offsetAt(reference.from.range.start))?.items ?? [];
  return offered.find(
    ({ text, definition }) =>
      text === newText && !definitions.some((renamed) => renamed.definition.id === definition.id),
  )?.definition;
}

async function readFile(files: PlanFiles, path: string): Promise<ReadFile | undefined> {
  const text = await files.text(path);
  return text === undefined ? undefined : { path, parsed: parseYaml(text) };
}

/** A path in a file: what it means moves, and every path that means it follows. */
async function planPath(
  graph: WorkspaceGraph,
  files: PlanFiles,
  { definition, edge, file }: Subject,
  typed: string,
  abort: Abort | undefined,
): Promise<PlanAnswer> {
  const form = edge === undefined ? undefined : formOf(edge.reference.text, file.path, definition.name);
  const to = form === undefined ? undefined : pathOfText(form, typed);
  const refused = (reason: string): PlanAnswer => ({ refused: cannot(definition, reason) });
  if (form === undefined) {
    return refused('it is not known from where the path starts.');
  }
  if (to === undefined) {
    return refused(`"${typed}" does not lie in this repository.`);
  }
  if (to === '' || definition.name === '') {
    return refused('the root of the repository has no other name.');
  }
  if (to === definition.name) {
    return { plan: { edits: [], moves: [], notes: [] } };
  }
  if (/[\\:*?"<>|]/.test(to) || to.split('/').some((part) => /[ .]$/.test(part))) {
    return refused(`"${typed}" is no name for a file on every system.`);
  }
  if (definition.entity === 'folder' && isWithin(definition.name, to)) {
    return refused('a folder cannot be moved into itself.');
  }
  if (await files.exists(to)) {
    return refused(`${to} exists already.`);
  }
  const plan = await planMoves(graph, files, [{ from: definition.name, to }], abort);
  return plan.notes.length > 0 ? refused(plan.notes.join('\n')) : { plan };
}
