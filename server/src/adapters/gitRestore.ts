// A rollback's commit: paths as they were at an older revision, on a new branch that starts at HEAD. Made in a temporary worktree,
// so that the person's files, index and branch stay as they are; the worktree is removed whatever happens.
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Abort, Answer, Log } from '../core/ports';
import { git, GitFailure } from './gitCommand';
import type { Place } from './gitPlace';
import { fails, specs } from './gitPlace';

export interface Restoration {
  /** Commit that the paths are taken from. */
  from: string;
  /** Commit that the branch starts at. */
  onto: string;
  /** Relative to the place's folder. */
  paths: readonly string[];
  branch: string;
  message: string;
}

/**
 * Gives the new commit's object name. The commit is the person's own: their name, their signing settings, and the hooks of the
 * repository, which run for the commit alone (a hook that refuses it refuses the rollback). The branch is made last, so that a
 * failure leaves nothing behind.
 */
export async function restorePaths(
  place: Place,
  restoration: Restoration,
  log: Log,
  abort: Abort | undefined,
): Promise<Answer<string>> {
  const { from, onto, branch, message } = restoration;
  const refusal = await cannotStart(place.folder, restoration, abort);
  if (refusal) {
    return refusal;
  }
  const parent = await fs.mkdtemp(path.join(os.tmpdir(), 'plumbline-rollback-'));
  const worktree = path.join(parent, 'worktree');
  try {
    await git(place.folder, ['worktree', 'add', '--quiet', '--detach', worktree, onto], { abort });
    const paths = await known(place, restoration, worktree, abort);
    if (paths.length === 0) {
      return fails(
        'invalid',
        `Nothing to restore: neither ${from.slice(0, 12)} nor HEAD has ${restoration.paths.join(', ')}.`,
      );
    }
    await git(worktree, ['restore', `--source=${from}`, '--staged', '--worktree', '--', ...paths], { abort });
    const changes = await git(worktree, ['diff', '--cached', '--name-only', '--no-ext-diff'], { abort });
    if (changes === '') {
      return fails(
        'invalid',
        `Nothing would change: ${restoration.paths.join(', ') || 'the repository'} is at HEAD as it was at ${from.slice(0, 12)}.`,
      );
    }
    await git(worktree, ['commit', '--quiet', '-m', message], { abort, hooks: true }).catch((error: unknown) => {
      if (error instanceof GitFailure && error.failure.reason === 'error') {
        throw new GitFailure({
          reason: 'error',
          message: `The commit was not made: ${error.failure.message} A hook or signing may have refused it; nothing was changed.`,
        });
      }
      throw error;
    });
    const commit = (await git(worktree, ['rev-parse', 'HEAD'], { abort })).trim();
    await git(place.folder, ['branch', '--no-track', branch, commit], { abort });
    return { ok: true, value: commit };
  } finally {
    await remove(place.folder, worktree, parent, log);
  }
}

async function cannotStart(folder: string, { branch }: Restoration, abort: Abort | undefined) {
  const valid = await git(folder, ['check-ref-format', '--branch', branch], { abort }).catch(nothingFor);
  if (valid.trim() !== branch) {
    return fails('invalid', `"${branch}" is not a name for a branch. Choose another one.`);
  }
  if ((await git(folder, ['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`], { abort })) !== '') {
    return fails('conflict', `There is a branch "${branch}" already. Choose another name, or delete it.`);
  }
  // Without this setting Git makes an address up from the machine's name.
  for (const who of ['GIT_AUTHOR_IDENT', 'GIT_COMMITTER_IDENT']) {
    const identity = await git(folder, ['-c', 'user.useConfigOnly=true', 'var', who], { abort }).catch(nothingFor);
    if (identity === '') {
      return fails(
        'invalid',
        'Git does not know who you are. Run git config --global user.name "…" and git config --global user.email "…", then try again.',
      );
    }
  }
  return undefined;
}

/** The wanted paths as pathspecs of the repository's top, those left out that neither side has: Git would refuse all for one of them. */
async function known(
  place: Place,
  { from, paths }: Restoration,
  worktree: string,
  abort: Abort | undefined,
): Promise<string[]> {
  const wanted = specs(paths, place.prefix);
  const keep: string[] = [];
  for (const spec of wanted) {
    const then = await git(worktree, ['ls-tree', '--name-only', '-z', from, '--', spec], { abort });
    const now = await git(worktree, ['ls-files', '-z', '--', spec], { abort });
    if (then !== '' || now !== '') {
      keep.push(spec);
    }
  }
  return keep;
}

/** Not cancellable: what was made must go. Other worktrees, also such whose folder is away at the moment, are left alone. */
async function remove(folder: string, worktree: string, parent: string, log: Log): Promise<void> {
  try {
    await git(folder, ['worktree', 'remove', '--force', worktree]);
  } catch (error) {
    if (await fs.stat(worktree).catch(() => undefined)) {
      log.warn(`The temporary worktree ${worktree} was not removed by Git: ${(error as Error).message}`);
    }
  }
  await fs.rm(parent, { recursive: true, force: true });
}

function nothingFor(error: unknown): string {
  if (error instanceof GitFailure && error.failure.reason === 'error') {
    return '';
  }
  throw error;
}
