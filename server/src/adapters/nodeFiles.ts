// The port `FileTree` over a folder on the disk, with unsaved editor text on top. Reads only: no process is started, nothing is watched.
// Symbolic links are followed inside the root and never out of it, so that an untrusted repository cannot show other files.
// Calls to the disk are synchronous, a few at a time: for thousands of small files that takes a fifth of the time of asynchronous
// ones, and the pauses between them leave room for everything else.
import fs from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';
import { Cancelled, type Abort, type FileTree } from '../core/ports';
import { isKustomizationFile } from '../core/workspace/paths';
import {
  brokenLink,
  decodeText,
  folderInstead,
  largestText,
  linkOutside,
  refusal,
  tooLarge,
  type Trouble,
} from './fileText';

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
  text: string | undefined;
  trouble: Trouble | undefined;
  size: number;
  modified: number;
  inode: number;
}

/** A tree over `root`, which must be an absolute folder. Texts are kept until their file changes. */
export function createFileTree(root: string, options: FileTreeOptions = {}): FileTree {
  const buffers = options.buffers ?? new Map<string, string>();
  const excluded = excluder(options.exclude ?? []);
  const cache = new Map<string, CachedText>();
  const folderInside = new Map<string, boolean>();
  const realRoot = realPathOf(root) ?? root;
  const breathe = pauses();
  /** By path: of links and folders as they were listed last, of files as they were read last. */
  let listed = new Map<string, Trouble>();
  const read = new Map<string, Trouble>();
  const note = (name: string, trouble: Trouble | undefined): void => {
    if (trouble === undefined) {
      read.delete(name);
    } else {
      read.set(name, trouble);
    }
  };

  const isInside = (absolute: string): boolean => {
    const real = realPathOf(absolute);
    return real !== undefined && contains(realRoot, real);
  };
  /** Whether a folder really lies inside the root, asked once per folder. */
  const isFolderInside = (folder: string): boolean => {
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
      const troubles = new Map<string, Trouble>();
      folderInside.clear();
      if (isFolderInside(start)) {
        await walk(root, start, { excluded, isInside, abort, found, troubles, visited: new Set(), breathe });
      }
      if (start === '') {
        listed = troubles;
        [...read.keys()].filter((name) => !found.has(name)).forEach((name) => read.delete(name));
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
      await breathe();
      const absolute = path.join(root, relative);
      try {
        if (!isFolderInside(parentOf(relative))) {
          return undefined;
        }
        let stat = fs.lstatSync(absolute, { throwIfNoEntry: false });
        if (stat?.isSymbolicLink() === true) {
          stat = isInside(absolute) ? fs.statSync(absolute) : undefined;
        }
        if (stat?.isFile() !== true) {
          cache.delete(relative);
          note(relative, undefined);
          return undefined;
        }
        const cached = cache.get(relative);
        if (cached?.size === stat.size && cached.modified === stat.mtimeMs && cached.inode === stat.ino) {
          return cached.text;
        }
        const { text, trouble } =
          stat.size > largestText
            ? { text: undefined, trouble: tooLarge(stat.size) }
            : decodeText(fs.readFileSync(absolute));
        cache.set(relative, { text, trouble, size: stat.size, modified: stat.mtimeMs, inode: stat.ino });
        note(relative, trouble);
        return text;
      } catch (error) {
        cache.delete(relative);
        note(relative, refusal(error));
        return undefined;
      }
    },

    troubles() {
      // What the editor holds is text, whatever the disk says.
      return [...new Map([...listed, ...read])]
        .filter(([name]) => !buffers.has(name))
        .map(([name, trouble]) => ({ path: name, ...trouble }));
    },
  };
}

/** How many calls run between two pauses: some 2 ms. */
const callsBetweenPauses = 100;

/** A function to be awaited before each call to the disk: now and then it lets everything else have its turn. */
function pauses(): () => Promise<void> | undefined {
  let calls = 0;
  return () => (++calls % callsBetweenPauses === 0 ? new Promise((resolve) => setImmediate(resolve)) : undefined);
}

function realPathOf(absolute: string): string | undefined {
  try {
    return fs.realpathSync.native(absolute);
  } catch {
    return undefined;
  }
}

/** What stands at the end of a link; undefined where nothing does, or where the links go in a circle. */
function statOf(absolute: string): fs.Stats | undefined {
  try {
    return fs.statSync(absolute);
  } catch {
    return undefined;
  }
}

/**
 * The folder that repository-relative paths start from: the nearest folder upwards that holds `.git` (a folder, or a file in
 * a worktree or submodule), else the folder itself. Git is not run.
 */
export function findRoot(folder: string): Promise<{ root: string; git: boolean }> {
  const start = path.resolve(folder);
  for (let at = start; ; at = path.dirname(at)) {
    if (fs.existsSync(path.join(at, '.git'))) {
      return Promise.resolve({ root: at, git: true });
    }
    if (path.dirname(at) === at) {
      return Promise.resolve({ root: start, git: false });
    }
  }
}

interface Walk {
  excluded: (name: string) => boolean;
  isInside: (absolute: string) => boolean;
  abort: Abort | undefined;
  found: Set<string>;
  troubles: Map<string, Trouble>;
  /** Real paths of the linked folders on the way, against cycles. */
  visited: Set<string>;
  breathe: () => Promise<void> | undefined;
}

async function walk(root: string, folder: string, state: Walk): Promise<void> {
  await state.breathe();
  if (state.abort?.aborted === true) {
    throw new Cancelled();
  }
  for (const entry of entriesOf(path.join(root, folder), (error) => state.troubles.set(folder, refusal(error)))) {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (ignoredFolders.has(entry.name) || state.excluded(name)) {
      continue;
    }
    if (entry.isDirectory()) {
      if (isKustomizationFile(name)) {
        state.troubles.set(name, folderInstead);
      }
      await walk(root, name, state);
    } else if (entry.isFile()) {
      state.found.add(name);
    } else if (entry.isSymbolicLink()) {
      await followLink(root, name, state);
    }
  }
}

function entriesOf(folder: string, onFailure: (error: unknown) => void): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    onFailure(error);
    return [];
  }
}

async function followLink(root: string, name: string, state: Walk): Promise<void> {
  const absolute = path.join(root, name);
  if (!state.isInside(absolute)) {
    const target = statOf(absolute);
    state.troubles.set(name, target === undefined ? brokenLink : linkOutside);
    return;
  }
  const stat = statOf(absolute);
  const real = realPathOf(absolute);
  const parent = realPathOf(path.dirname(absolute));
  if (stat?.isFile() === true) {
    state.found.add(name);
  } else if (stat?.isDirectory() === true && real !== undefined && parent !== undefined) {
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
