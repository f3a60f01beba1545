// Files of a commit in a cache folder, made with an index of their own: neither the person's index nor `.git/worktrees` is touched.
import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Abort } from '../core/ports';
import { cacheFolder } from './cacheFolder';
import { git } from './gitCommand';
import type { Place } from './gitPlace';

/** Revisions kept on disk. Those used within the last hour stay whatever their number: another window may read them. */
const limit = 24;
const inUse = 60 * 60 * 1000;

/**
 * Absolute folder with the files of the commit as a checkout would write them (line ends, filters). Submodules are empty folders, and
 * files of Git LFS are pointers. Made once for each commit and clone.
 */
export async function checkoutRevision(
  place: Place,
  commit: string,
  options: { cache?: string; abort?: Abort | undefined } = {},
): Promise<string> {
  const base = options.cache ?? cacheFolder('revisions');
  // Settings of the clone (line ends, filters) take part in what the files are.
  const clone = createHash('sha256').update(place.gitDir).digest('hex').slice(0, 12);
  const folder = path.join(base, `${clone}-${commit}`);
  if (await touch(folder)) {
    return folder;
  }
  await fs.mkdir(base, { recursive: true, mode: 0o700 });
  const work = path.join(base, `.new-${process.pid}-${randomBytes(4).toString('hex')}`);
  const files = path.join(work, 'files');
  try {
    await fs.mkdir(files, { recursive: true, mode: 0o700 });
    const env = { GIT_DIR: place.gitDir, GIT_WORK_TREE: files, GIT_INDEX_FILE: path.join(work, 'index') };
    await git(files, ['read-tree', commit], { env, abort: options.abort });
    await git(files, ['checkout-index', '--all', '--force', '--quiet'], { env, abort: options.abort });
    await fs.rename(files, folder).catch(async (error: unknown) => {
      // Somebody else was faster; theirs is the same.
      if (!(await touch(folder))) {
        throw error;
      }
    });
  } finally {
    await fs.rm(work, { recursive: true, force: true });
  }
  await forgetOldest(base).catch(() => undefined);
  return folder;
}

/** Marks a cached revision as used; false where it is not there. */
async function touch(folder: string): Promise<boolean> {
  const now = new Date();
  return fs.utimes(folder, now, now).then(
    () => true,
    () => false,
  );
}

async function forgetOldest(base: string): Promise<void> {
  const entries = await Promise.all(
    (await fs.readdir(base)).map(async (name) => {
      const folder = path.join(base, name);
      return { folder, used: (await fs.stat(folder)).mtimeMs };
    }),
  );
  entries.sort((a, b) => b.used - a.used);
  const old = entries.slice(limit).filter(({ used }) => Date.now() - used > inUse);
  await Promise.all(old.map(({ folder }) => fs.rm(folder, { recursive: true, force: true })));
}
