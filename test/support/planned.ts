// Repositories of a few files in memory, renamed by plans and read again: what a person would have after accepting one.
import * as assert from 'node:assert';
import type { Edge, WorkspaceGraph } from '../../server/src/core/graph/graph';
import { planMoves } from '../../server/src/core/navigate/movePaths';
import { moved, type Move } from '../../server/src/core/navigate/pathTexts';
import type { ChangePlan, PlanFiles } from '../../server/src/core/navigate/plan';
import { planRename } from '../../server/src/core/navigate/rename';
import { applyEdits } from '../../server/src/core/edit/edits';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { graphOf } from './graphFixture';

export type Files = Record<string, string>;

export function planFiles(files: Files): PlanFiles {
  return {
    paths: Object.keys(files).sort(),
    text: (path) => Promise.resolve(files[path]),
    exists: (path) => Promise.resolve(Object.keys(files).some((file) => file === path || file.startsWith(`${path}/`))),
  };
}

/** The files after a plan. */
export function applied(files: Files, plan: ChangePlan): Files {
  const result: Files = {};
  for (const [path, text] of Object.entries(files)) {
    const edits = plan.edits.filter((edit) => edit.path === path);
    result[moved(path, plan.moves)] = edits.length === 0 ? text : applyEdits(parseYaml(text), edits);
  }
  return result;
}

/** Renames what stands at `marker` (a text that occurs once in the file), `by` characters into it. */
export async function renameAt(
  files: Files,
  path: string,
  marker: string,
  newName: string,
  by = 0,
): Promise<{ files: Files; plan: ChangePlan } | { refused: string }> {
  const { graph } = await graphOf(files);
  const text = files[path] ?? '';
  const at = text.indexOf(marker);
  assert.ok(at >= 0 && text.indexOf(marker, at + 1) < 0, `${path}: "${marker}" has to occur once`);
  const answer = await planRename(graph, planFiles(files), { path, offset: at + by, newName });
  return 'refused' in answer ? answer : { plan: answer.plan, files: applied(files, answer.plan) };
}

export async function moveFiles(files: Files, moves: Move[]): Promise<{ files: Files; plan: ChangePlan }> {
  const { graph } = await graphOf(files);
  const plan = await planMoves(graph, planFiles(files), moves);
  return { plan, files: applied(files, plan) };
}

/** Every edge as a line: where it starts (by order in its file) and what it means, with names and paths as they are after `change`. */
export function edgesOf(
  graph: WorkspaceGraph,
  paths: readonly string[],
  pathAfter = (path: string): string => path,
): string[] {
  const line = ({ reference, targets }: Edge, index: number): string =>
    [
      pathAfter(reference.from.path),
      index,
      reference.role,
      ...targets
        .map(
          ({ entity, at, object }) =>
            `${entity} ${object?.kind ?? ''} ${pathAfter(at.path)}:${entity === 'file' || entity === 'folder' ? '' : at.range.start.line}`,
        )
        .sort(),
    ].join(' | ');
  return [...paths]
    .sort()
    .flatMap((path) => graph.edgesIn(path).map(line))
    .sort();
}

/** The lines of two texts that differ, as `- old` and `+ new`. */
export function changedLines(before: Files, after: Files): string[] {
  return Object.keys(before).flatMap((path) => {
    const [a, b] = [before[path]?.split('\n') ?? [], after[path]?.split('\n') ?? []];
    return a.flatMap((text, index) =>
      text === b[index] ? [] : [`${path}: ${text.trim()} → ${b[index]?.trim() ?? ''}`],
    );
  });
}
