// The history of a source: the commits that touched what it is rendered from, and which of them a rollback would undo.
import type { Abort, Answer, Repository, Revision } from '../ports';
import type { Rendering } from '../render/rendering';

/** Files that a source depends on: what its rendering read, and where it is declared. Sorted. */
export function sourcePaths(...renderings: readonly Rendering[]): string[] {
  const paths = renderings.flatMap(({ reads, source }) => [...reads, source.declared.path]);
  return [...new Set(paths.filter((path) => path !== ''))].sort();
}

/** Commits that touched the source, newest first. */
export function revisionsOf(
  repository: Repository,
  rendering: Rendering,
  options: { from?: string; limit: number },
  abort?: Abort,
): Promise<Answer<Revision[]>> {
  return repository.log(sourcePaths(rendering), options, abort);
}

/** Commits of `paths` that are in HEAD's history and not in the revision's: what a rollback to it takes back. Newest first. */
export async function undoneCommits(
  repository: Repository,
  paths: readonly string[],
  revision: string,
  abort?: Abort,
): Promise<Answer<Revision[]>> {
  const now = await repository.log(paths, { limit: undoneLimit }, abort);
  if (!now.ok) {
    return now;
  }
  const then = await repository.log(paths, { from: revision, limit: undoneLimit }, abort);
  if (!then.ok) {
    return then;
  }
  const kept = new Set(then.value.map((r) => r.id));
  return { ok: true, value: now.value.filter((r) => !kept.has(r.id)) };
}

const undoneLimit = 500;

export const shortId = (id: string): string => id.slice(0, 8);

/** A new branch's name, from the source's name and the revision's. */
export function rollbackBranch(source: string, revision: string): string {
  const name = source
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return `plumbline/rollback-${name === '' ? 'source' : name}-${shortId(revision)}`;
}

/** Commit message of a rollback: what it goes back to, and what it takes back. */
export function rollbackMessage(source: string, to: Revision, undone: readonly Revision[]): string {
  const list = undone.map((r) => `- ${shortId(r.id)} ${r.subject} (${r.author})`);
  const body = list.length === 0 ? [] : ['', 'This takes back:', ...list];
  return [`Roll back ${source} to ${shortId(to.id)}: ${to.subject}`, ...body, ''].join('\n');
}
