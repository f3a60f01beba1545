// The port `FileTree` over a folder on the disk, with unsaved editor text on top. Reads only: no process is started, nothing is watched.
// Symbolic links are followed inside the root and never out of it, so that an untrusted repository cannot show other files.
import fs from 'node:fs/promises';
import path from 'node:path';
import picomatch from 'picomatch';
import { Cancelled, type Abort, type FileTree } from '../core/ports';

export interface FileTreeOptions {
  /** Unsaved text by repository-relative path. The map is read on every use, so its owner may change it. */
  buffers?: ReadonlyMap<string, string>;
  /** Globs of paths that are left out (`.plumbline.yaml`, `exclude`). A glob that names a folder leaves out everything below it. */
  exclude?: readonly string[];
}

/** Folders that hold no one's manifests: version control, dependencies and tool caches. */
const ignoredFolders = new Set([
  '.git',
  '.hg',
  '.svn',
  'node_modules',
  '.cache',
  '.terraform',
  '.terragrunt-cache',
  '.venv',
  '.tox',
  '__pycache__',
  '.pytest_cache',
  '.mypy_cache',
  '.gradle',
  '.yarn',
  '.pnpm-store',
  '.direnv',
  '.vscode-test',
]);

/** A text with what tells whether the file is still the same one. */
interface CachedText {
  text: string;
  size: number;
  modified: number;
  inode: number;
}

/** A tree over `root`, which must be an absolute folder. Texts are kept until their file changes. */
export function createFileTree(root: string, options: FileTreeOptions = {}): FileTree {
  const buffers = options.buffers ?? new Map<string, string>();
  const excluded = excluder(options.exclude ?? []);
  const cache = new Map<string, CachedText>();
  const folderInside = new Map<string, Promise<boolean>>();
  const realRoot = fs.realpath(root).catch(() => root);

  const isInside = async (absolute: string): Promise<boolean> => {
    const real = await fs.realpath(absolute).catch(() => undefined);
    return real !== undefined && contains(await realRoot, real);
  };
  /** Whether a folder really lies inside the root, asked once per folder. */
  const isFolderInside = (folder: string): Promise<boolean> => {
    let answer = folderInside.get(folder);
    if (answer === undefined) {
      answer = isInside(path.join(root, folder));
      folderInside.set(folder, answer);
    }
    return answer;
  };

  return {
    root,
    buffers,

    async list(under = '', abort) {
      const start = normalize(under);
      if (start === undefined) {
        return [];
      }
      const found = new Set<string>();
      folderInside.clear();
      if (await isFolderInside(start)) {
        await walk(root, start, { excluded, isInside, abort, found, visited: new Set() });
      }
      for (const name of buffers.keys()) {
        if (isBelow(start, name) && !excluded(name) && !name.split('/').some((part) => ignoredFolders.has(part))) {
          found.add(name);
        }
      }
      return [...found].sort();
    },

    async read(name) {
      const relative = normalize(name);
      if (relative === undefined || relative === '') {
        return undefined;
      }
      const buffer = buffers.get(relative);
      if (buffer !== undefined) {
        return buffer;
      }
      const absolute = path.join(root, relative);
      try {
        if (!(await isFolderInside(parentOf(relative)))) {
          return undefined;
        }
        let stat = await fs.lstat(absolute);
        if (stat.isSymbolicLink()) {
          if (!(await isInside(absolute))) {
            return undefined;
          }
          stat = await fs.stat(absolute);
        }
        if (!stat.isFile()) {
          return undefined;
        }
        const cached = cache.get(relative);
        if (cached?.size === stat.size && cached.modified === stat.mtimeMs && cached.inode === stat.ino) {
          return cached.text;
        }
        const text = await fs.readFile(absolute, 'utf8');
        cache.set(relative, { text, size: stat.size, modified: stat.mtimeMs, inode: stat.ino });
        return text;
      } catch {
        cache.delete(relative);
        return undefined;
      }
    },
  };
}

/**
 * The folder that repository-relative paths start from: the nearest folder upwards that holds `.git` (a folder, or a file in
 * a worktree or submodule), else the folder itself. Git is not run.
 */
export async function findRoot(folder: string): Promise<{ root: string; git: boolean }> {
  const start = path.resolve(folder);
  for (let at = start; ; at = path.dirname(at)) {
    const found = await fs.stat(path.join(at, '.git')).then(
      () => true,
      () => false,
    );
    if (found) {
      return { root: at, git: true };
    }
    if (path.dirname(at) === at) {
      return { root: start, git: false };
    }
  }
}

interface Walk {
  excluded: (name: string) => boolean;
  isInside: (absolute: string) => Promise<boolean>;
  abort: Abort | undefined;
  found: Set<string>;
  /** Real paths of the linked folders on the way, against cycles. */
  visited: Set<string>;
}

async function walk(root: string, folder: string, state: Walk): Promise<void> {
  if (state.abort?.aborted === true) {
    throw new Cancelled();
  }
  const entries = await fs.readdir(path.join(root, folder), { withFileTypes: true }).catch(() => []);
  const below: Promise<void>[] = [];
  for (const entry of entries) {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (ignoredFolders.has(entry.name) || state.excluded(name)) {
      continue;
    }
    if (entry.isDirectory()) {
      below.push(walk(root, name, state));
    } else if (entry.isFile()) {
      state.found.add(name);
    } else if (entry.isSymbolicLink()) {
      below.push(followLink(root, name, state));
    }
  }
  await Promise.all(below);
}

async function followLink(root: string, name: string, state: Walk): Promise<void> {
  const absolute = path.join(root, name);
  if (!(await state.isInside(absolute))) {
    return;
  }
  const stat = await fs.stat(absolute).catch(() => undefined);
  if (stat?.isFile() === true) {
    state.found.add(name);
  } else if (stat?.isDirectory() === true) {
    const real = await fs.realpath(absolute);
    const parent = await fs.realpath(path.dirname(absolute));
    // A link to one of its own parents would never end; one to a folder that another link opened already is taken once.
    if (!contains(real, parent) && !state.visited.has(real)) {
      state.visited.add(real);
      await walk(root, name, state);
    }
  }
}

function excluder(globs: readonly string[]): (name: string) => boolean {
  if (globs.length === 0) {
    return () => false;
  }
  const patterns = globs.flatMap((glob) => {
    const clean = glob.replace(/^\.?\//, '').replace(/\/(\*\*)?$/, '');
    return clean === '' ? [] : [clean, `${clean}/**`];
  });
  const matches = picomatch(patterns, { dot: true });
  return (name) => matches(name);
}

/** A clean relative path with forward slashes; undefined where it leaves the root. */
function normalize(name: string): string | undefined {
  const parts: string[] = [];
  for (const part of name.split(path.sep === '\\' ? /[\\/]/ : '/')) {
    if (part === '..') {
      if (parts.pop() === undefined) {
        return undefined;
      }
    } else if (part !== '' && part !== '.') {
      parts.push(part);
    }
  }
  return name.startsWith('/') ? undefined : parts.join('/');
}

const parentOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('/')));
const isBelow = (folder: string, name: string): boolean => folder === '' || name.startsWith(folder + '/');

function contains(folder: string, inner: string): boolean {
  return inner === folder || inner.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}
