// Files and folders that move: every path in the repository that means them, or that is written in them, as it has to read afterwards.
import type { Definition, Edge, WorkspaceGraph } from '../graph/graph';
import type { Abort } from '../ports';
import { Cancelled } from '../ports';
import type { TextEdit } from '../problem';
import { baseName, isKustomizationFile } from '../workspace/paths';
import { parseYaml } from '../yaml/parse';
import { formOf, moved, textAfter, type Move, type PathForm } from './pathTexts';
import type { ChangePlan, EditReason, PlanFiles, PlannedEdit } from './plan';
import { placeText } from './sameThing';
import { rewrite, scalarAt, writeScalarAt, type ReadFile } from './writtenPlace';

const pathsChange: EditReason = { label: 'Paths', confirm: false };

/** The edits that keep every path meaning what it meant, in the texts as they are before the moves. Paths that cannot be followed are notes. */
export async function planMoves(
  graph: WorkspaceGraph,
  files: PlanFiles,
  moves: readonly Move[],
  abort?: Abort,
): Promise<ChangePlan> {
  const plan: ChangePlan = { edits: [], moves: [...moves], notes: [] };
  for (const path of files.paths) {
    if (abort?.aborted === true) {
      throw new Cancelled();
    }
    const edges = graph.edgesIn(path).filter(({ reference }) => isPath(reference.entity));
    const changed = edges.filter((edge) => isMoved(path, edge, moves));
    if (changed.length === 0) {
      continue;
    }
    const text = await files.text(path);
    if (text === undefined) {
      continue;
    }
    const file: ReadFile = { path, parsed: parseYaml(text) };
    for (const edge of changed) {
      const answer = editOf(file, edge, moves);
      if (typeof answer === 'string') {
        plan.notes.push(answer);
      } else if (answer !== undefined) {
        plan.edits.push(answer);
      }
    }
  }
  return plan;
}

function isPath(entity: string): boolean {
  return entity === 'file' || entity === 'folder';
}

function isMoved(path: string, { targets }: Edge, moves: readonly Move[]): boolean {
  return moved(path, moves) !== path || targets.some((target) => moved(target.name, moves) !== target.name);
}

/** Undefined where the text stays right; a note where it cannot be changed. */
function editOf(
  file: ReadFile,
  { reference, targets }: Edge,
  moves: readonly Move[],
): PlannedEdit | string | undefined {
  const [target] = targets;
  if (target === undefined) {
    return undefined;
  }
  const stays = (reason: string): string =>
    `${placeText(reference.from)}: "${reference.text}" stays as it is: ${reason}`;
  const form = formOf(reference.text, file.path, target.name);
  if (form === undefined || reference.fixed !== undefined) {
    const changes = targets.some(({ name }) => moved(name, moves) !== name);
    return changes ? stays(reference.fixed ?? 'it is not known from where the path starts.') : undefined;
  }
  const changes = moved(target.name, moves) !== target.name;
  if (changes && form.base !== '' && !form.ofFile && target.entity === 'folder') {
    return stays('it starts in an artifact, and what is put into that has to follow the folder.');
  }
  const written = textAfter(form, file.path, target.name, moves);
  if (written === undefined) {
    return stays('the new place cannot be reached from where the path starts.');
  }
  if (isOutside(file, target, form, written)) {
    return stays('kustomize reads no files outside the folder of its kustomization.');
  }
  const without = withoutKey(file, reference, written, moved(target.name, moves));
  if (without !== undefined) {
    return { ...without, reason: pathsChange };
  }
  const newText = withKey(file, reference, target.name, written, moves);
  if (newText === reference.text) {
    return undefined;
  }
  const edit = rewrite(file, reference.from.range, reference.text, newText);
  return edit === undefined ? stays('its text is made of several parts.') : { ...edit, reason: pathsChange };
}

/** True where a kustomization would be left with a file that kustomize refuses to read. */
function isOutside(file: ReadFile, { entity }: Definition, { ofFile, path }: PathForm, written: string): boolean {
  return (
    entity === 'file' &&
    ofFile &&
    isKustomizationFile(file.path) &&
    written.startsWith('../') &&
    !path.startsWith('../')
  );
}

/** A key in front of a generator's file that is the file's name again: it need not be written. */
function withoutKey(
  file: ReadFile,
  { from, text }: Edge['reference'],
  written: string,
  target: string,
): TextEdit | undefined {
  const scalar = scalarAt(file, from.range);
  const [generator, , field] = scalar?.path ?? [];
  const isGenerated = (generator === 'configMapGenerator' || generator === 'secretGenerator') && field === 'files';
  return isGenerated &&
    scalar !== undefined &&
    baseName(text) !== baseName(target) &&
    scalar.node.text === `${baseName(target)}=${text}`
    ? writeScalarAt(file, scalar, written)
    : undefined;
}

/** A generator's file without a key is its own key: a file of another name keeps the key that Pods read. */
function withKey(
  file: ReadFile,
  { from, text }: Edge['reference'],
  target: string,
  written: string,
  moves: readonly Move[],
): string {
  const [generator, , field] = scalarAt(file, from.range)?.path ?? [];
  const isGenerated = (generator === 'configMapGenerator' || generator === 'secretGenerator') && field === 'files';
  const node = scalarAt(file, from.range)?.node;
  return isGenerated &&
    node !== undefined &&
    !node.text.includes('=') &&
    !text.includes('=') &&
    baseName(moved(target, moves)) !== baseName(target)
    ? `${baseName(target)}=${written}`
    : written;
}
