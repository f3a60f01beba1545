// The port `Repository` over Git itself. Reads leave the person's working tree and index byte for byte as they are; the one write
// is a commit on a new branch, made in a temporary worktree (gitRestore.ts).
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Abort, Answer, Log, Repository, Revision } from '../core/ports';
import { Cancelled } from '../core/ports';
import type { GitOptions } from './gitCommand';
import { git, GitFailure } from './gitCommand';
import { checkoutRevision } from './gitCheckout';
import type { Place } from './gitPlace';
import { fails, specs } from './gitPlace';
import { restorePaths } from './gitRestore';
import { createFileTree } from './nodeFiles';

export interface RepositoryOptions {
  log: Log;
  /** Globs that trees of revisions leave out too. */
  exclude?: readonly string[];
  /** Where files of revisions are kept; default: the product's cache folder. */
  cache?: string;
}

/**
 * The repository that `root` lies in. `root` may be a folder below the repository's top: every path that goes in or comes out is
 * relative to `root`, and the tree of a revision is that folder's. Nothing runs before the first question.
 */
export function createRepository(root: string, { log, exclude, cache }: RepositoryOptions): Repository {
  const folder = path.resolve(root);
  const run = (args: string[], options?: GitOptions): Promise<string> => git(folder, args, options);

  async function place(abort?: Abort): Promise<Place> {
    const lines = (
      await run(['rev-parse', '--show-prefix', '--absolute-git-dir', '--is-shallow-repository'], { abort })
    ).split('\n');
    return { folder, prefix: lines[0] ?? '', gitDir: lines[1] ?? '', shallow: lines[2] === 'true' };
  }

  async function resolve(revision: string, abort?: Abort): Promise<Answer<Revision>> {
    // A revision that looks like an option must not become one.
    const id = /^-|[\0\n]/.test(revision)
      ? ''
      : (await run(['rev-parse', '--verify', '--quiet', `${revision}^{commit}`], { abort }).catch(nothing)).trim();
    const [found] =
      id === '' ? [] : revisionsOf(await run(['log', '-1', '-z', `--format=${format}`, id, '--'], { abort }));
    if (found !== undefined) {
      return { ok: true, value: found };
    }
    const { shallow } = await place(abort);
    const next = shallow
      ? 'This clone is shallow, its history is cut off: run git fetch --unshallow, then try again.'
      : 'Check its spelling, or run git fetch.';
    return fails('not-found', `There is no commit "${revision}" in ${folder}. ${next}`);
  }

  return {
    async head() {
      try {
        const id = (await run(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']).catch(nothing)).trim();
        if (id === '') {
          return undefined;
        }
        const branch = (await run(['symbolic-ref', '--quiet', '--short', 'HEAD'])).trim();
        return { id, branch: branch === '' ? undefined : branch };
      } catch (error) {
        if (!(error instanceof GitFailure)) {
          throw error;
        }
        if (error.failure.reason !== 'not-found') {
          log.warn(error.failure.message);
        }
        return undefined;
      }
    },

    async remotes() {
      try {
        const output = await run(['config', '--null', '--get-regexp', '^remote\\..*\\.url$']);
        return output
          .split('\0')
          .filter((entry) => entry.includes('\n'))
          .map((entry) => {
            const [key = '', url = ''] = entry.split('\n');
            return { name: key.slice('remote.'.length, -'.url'.length), url: withoutPassword(url) };
          });
      } catch (error) {
        if (error instanceof GitFailure) {
          return [];
        }
        throw error;
      }
    },

    resolve: (revision) => answer(() => resolve(revision)),

    log: (paths, { from, limit }, abort) =>
      answer(async () => {
        const start = await resolve(from ?? 'HEAD', abort);
        if (!start.ok) {
          return start;
        }
        const args = ['log', '-z', `--format=${format}`, `--max-count=${limit}`, start.value.id, '--', ...specs(paths)];
        const revisions = revisionsOf(await run(args, { abort }));
        const { shallow, gitDir } = await place(abort);
        if (!shallow) {
          return { ok: true, value: revisions };
        }
        // Where a shallow clone ends, a commit seems to have made every file: it may never have touched these.
        const ends = await cutOff(gitDir);
        log.warn(
          `The history of ${folder} is cut off (shallow clone): older commits are missing. Run git fetch --unshallow to have them.`,
        );
        return { ok: true, value: revisions.filter((r) => !ends.has(r.id)) };
      }),

    at: (revision, abort) =>
      answer(async () => {
        const found = await resolve(revision, abort);
        if (!found.ok) {
          return found;
        }
        const where = await place(abort);
        const files = await checkoutRevision(where, found.value.id, {
          ...(cache === undefined ? {} : { cache }),
          abort,
        });
        return {
          ok: true,
          value: createFileTree(path.join(files, where.prefix), exclude === undefined ? {} : { exclude }),
        };
      }),

    changed: (from, to) =>
      answer(async () => {
        const first = await resolve(from);
        const second = to === undefined ? undefined : await resolve(to);
        if (!first.ok) {
          return first;
        }
        if (second?.ok === false) {
          return second;
        }
        const ids = [first.value.id, ...(second === undefined ? [] : [second.value.id])];
        const diff = [
          'diff',
          '--name-only',
          '-z',
          '--no-renames',
          '--no-ext-diff',
          '--no-textconv',
          '--relative',
          ...ids,
          '--',
        ];
        const outputs = [await run(diff)];
        if (second === undefined) {
          outputs.push(await run(['ls-files', '--others', '--exclude-standard', '-z']));
        }
        const names = outputs.flatMap((output) => output.split('\0')).filter((name) => name !== '');
        return { ok: true, value: [...new Set(names)].sort() };
      }),

    restore: (revision, paths, options, abort) =>
      answer(async () => {
        const found = await resolve(revision, abort);
        const head = await resolve('HEAD', abort);
        if (!found.ok) {
          return found;
        }
        if (!head.ok) {
          return head;
        }
        const where = await place(abort);
        const made = await restorePaths(
          where,
          { from: found.value.id, onto: head.value.id, paths, ...options },
          log,
          abort,
        );
        if (!made.ok) {
          return made;
        }
        const commit = await resolve(made.value, abort);
        return commit.ok ? { ok: true, value: { branch: options.branch, commit: commit.value } } : commit;
      }),
  };
}

/** Seven fields and a NUL after each; a body holds no NUL. */
const format = '%H%x00%P%x00%an%x00%ae%x00%aI%x00%s%x00%b';

function revisionsOf(output: string): Revision[] {
  const fields = output.split('\0');
  const revisions: Revision[] = [];
  for (let i = 0; i + 7 <= fields.length; i += 7) {
    const [id = '', parents = '', author = '', email = '', date = '', subject = '', body = ''] = fields.slice(i, i + 7);
    revisions.push({
      id,
      parents: parents.split(' ').filter(Boolean),
      author,
      email,
      // Older versions of Git write UTC as an offset.
      date: date.replace(/\+00:00$/, 'Z'),
      subject,
      body: body.trimEnd(),
    });
  }
  return revisions;
}

/** Commits whose parents a shallow clone does not have. */
async function cutOff(gitDir: string): Promise<Set<string>> {
  const output = await git(gitDir, ['rev-parse', '--git-path', 'shallow']);
  const content = await fs.readFile(path.resolve(gitDir, output.trim()), 'utf8').catch(() => '');
  return new Set(content.split('\n').filter(Boolean));
}

/** Credentials do not belong into lists of remotes. */
function withoutPassword(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, (_, scheme: string) =>
    scheme === 'ssh://' ? url.slice(0, url.indexOf('@') + 1) : scheme,
  );
}

async function answer<T>(work: () => Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GitFailure) {
      return { ok: false, failure: error.failure };
    }
    if (error instanceof Cancelled) {
      throw error;
    }
    return fails('error', `Git: ${(error as Error).message}`);
  }
}

/** An unknown revision is an empty answer; that there is no repository at all is not. */
function nothing(error: unknown): string {
  if (error instanceof GitFailure && error.failure.reason === 'error') {
    return '';
  }
  throw error;
}
