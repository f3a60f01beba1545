// The engines' file system: a repository's files read synchronously below one root, with unsaved editor text on top.
// It is the only way out of the sandbox, so it answers for regular files and folders below the root and for nothing else.
import fs from 'node:fs';
import path from 'node:path';

export type EntryKind = 0 | 1 | 2;
/** What the modules ask: 0 = nothing there, 1 = a file, 2 = a folder. */
export const entryKind = { none: 0, file: 1, folder: 2 } as const;

export interface EngineFiles {
  kind(file: string): EntryKind;
  read(file: string): Uint8Array | undefined;
  list(folder: string): string[];
}

/** No files at all: what operations without a tree see. */
export const noFiles: EngineFiles = { kind: () => entryKind.none, read: () => undefined, list: () => [] };

/**
 * Files of `root` with `buffers` (text by path) on top. A path that leads out of the root, by `..` or through a symbolic
 * link, is answered as if nothing were there; so is anything that is neither a regular file nor a folder.
 */
export function overlayFiles(root: string, buffers: ReadonlyMap<string, string>): EngineFiles {
  const encoder = new TextEncoder();
  const realRoot = realPathOf(root);
  const bufferFolders = foldersOf(buffers.keys());

  /** The real path of an entry below the root, or undefined where there is none. */
  const locate = (relative: string): string | undefined => {
    if (realRoot === undefined) {
      return undefined;
    }
    const real = realPathOf(path.join(realRoot, relative));
    if (real === undefined) {
      return undefined;
    }
    const inside = real === realRoot || real.startsWith(realRoot.endsWith(path.sep) ? realRoot : realRoot + path.sep);
    return inside ? real : undefined;
  };

  const statOf = (relative: string): fs.Stats | undefined => {
    const real = locate(relative);
    return real === undefined ? undefined : fs.statSync(real, { throwIfNoEntry: false });
  };

  return {
    kind(file) {
      const relative = relativePath(file);
      if (relative === undefined) {
        return entryKind.none;
      }
      if (buffers.has(relative)) {
        return entryKind.file;
      }
      if (bufferFolders.has(relative)) {
        return entryKind.folder;
      }
      const stat = statOf(relative);
      return stat?.isDirectory() === true
        ? entryKind.folder
        : stat?.isFile() === true
          ? entryKind.file
          : entryKind.none;
    },

    read(file) {
      const relative = relativePath(file);
      if (relative === undefined) {
        return undefined;
      }
      const buffer = buffers.get(relative);
      if (buffer !== undefined) {
        return encoder.encode(buffer);
      }
      try {
        // Reading a pipe or a device would block the worker for good: only regular files are opened.
        const real = locate(relative);
        return real !== undefined && fs.statSync(real).isFile() ? fs.readFileSync(real) : undefined;
      } catch {
        return undefined;
      }
    },

    list(folder) {
      const relative = relativePath(folder);
      if (relative === undefined) {
        return [];
      }
      const names = new Set(bufferFolders.get(relative) ?? []);
      try {
        const real = locate(relative);
        for (const name of real === undefined ? [] : fs.readdirSync(real)) {
          names.add(name);
        }
      } catch {
        // Not a folder, or one that may not be read: the buffers' names remain.
      }
      return [...names].sort();
    },
  };
}

/** Normal form of a path below the root (the root is empty); undefined where it leads out of it. */
function relativePath(file: string): string | undefined {
  const parts: string[] = [];
  for (const part of file.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) {
        return undefined;
      }
    } else if (part !== '' && part !== '.') {
      parts.push(part);
    }
  }
  return parts.join('/');
}

/** Every folder that the given files need, with the names that they add to it. */
function foldersOf(files: Iterable<string>): Map<string, Set<string>> {
  const folders = new Map<string, Set<string>>();
  for (const file of files) {
    const parts = file.split('/');
    for (let i = parts.length - 1; i >= 0; i--) {
      const folder = parts.slice(0, i).join('/');
      const names = folders.get(folder) ?? new Set();
      names.add(parts[i] ?? '');
      folders.set(folder, names);
    }
  }
  return folders;
}

function realPathOf(file: string): string | undefined {
  try {
    return fs.realpathSync.native(file);
  } catch {
    return undefined;
  }
}
