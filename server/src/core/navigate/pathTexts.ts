// Paths as files write them: relative to the file, to the root, or to a folder that stands elsewhere (an Argo CD source's), with what
// tools put in front (`key=` of a generator, `$values/`, `kustomization:`). Reads them back, and writes them for a file that moved.
import { folderOf, isWithin, joinPath, relativePath } from '../workspace/paths';

/** A path that changes: of a file, or of a folder with all that it holds. */
export interface Move {
  from: string;
  to: string;
}

/** How a text means a path. */
export interface PathForm {
  /** What stands before the path and is no part of it. */
  prefix: string;
  /** The folder that the path starts from; undefined where only `above` of its folders is known. */
  base?: string;
  /** Whether `base` is the folder of the file that the text stands in. */
  ofFile: boolean;
  /** Steps upwards from an unknown base, and the folder that they lead to. */
  above?: { steps: number; folder: string };
  path: string;
}

/** Where a path is after all moves. */
export function moved(path: string, moves: readonly Move[]): string {
  for (const { from, to } of moves) {
    if (path === from) {
      return to;
    }
    if (from !== '' && isWithin(from, path)) {
      return to + path.slice(from.length);
    }
  }
  return path;
}

/** How `text`, written in `file`, means `target`; undefined where it cannot. */
export function formOf(text: string, file: string, target: string): PathForm | undefined {
  const prefixes = [
    // A slash at the start is no step of the path.
    /^\/+/.exec(text)?.[0] ?? '',
    /^[^=]*=/.exec(text)?.[0],
    /^\$[^/]+\//.exec(text)?.[0],
    /^[a-zA-Z]+:/.exec(text)?.[0],
  ];
  for (const prefix of prefixes) {
    if (prefix === undefined) {
      continue;
    }
    const path = text.slice(prefix.length);
    const own = folderOf(file);
    const rooted = /^\$|^\//.test(prefix);
    if (!rooted && joinPath(own, path) === target) {
      return { prefix, base: own, ofFile: true, path };
    }
    if (joinPath('', path) === target) {
      return { prefix, base: '', ofFile: false, path };
    }
  }
  const steps = text.split('/').filter((part) => part === '..').length;
  const rest = text
    .split('/')
    .filter((part) => part !== '..' && part !== '.' && part !== '')
    .join('/');
  if (rest !== '' && (target === rest || target.endsWith(`/${rest}`))) {
    const folder = target.slice(0, Math.max(0, target.length - rest.length - 1));
    return steps === 0
      ? { prefix: '', base: folder, ofFile: false, path: text }
      : { prefix: '', ofFile: false, above: { steps, folder }, path: text };
  }
  return undefined;
}

/** The path that a text means once it is written in the same place: what a person typed over it. */
export function pathOfText(form: PathForm, text: string): string | undefined {
  if (!text.startsWith(form.prefix)) {
    return undefined;
  }
  const path = text.slice(form.prefix.length);
  if (form.base !== undefined) {
    return joinPath(form.base, path);
  }
  const up = '../'.repeat(form.above?.steps ?? 0);
  return path.startsWith(up) ? joinPath(form.above?.folder ?? '', path.slice(up.length)) : undefined;
}

/** The text for a target and a file that may both have moved; the same text where it still holds; undefined where none can be written. */
export function textAfter(form: PathForm, file: string, target: string, moves: readonly Move[]): string | undefined {
  const newTarget = moved(target, moves);
  const whole = form.prefix + form.path;
  if (form.base === undefined) {
    const folder = moved(form.above?.folder ?? '', moves);
    const up = '../'.repeat(form.above?.steps ?? 0);
    if (joinPath(folder, form.path.replace(/^(\.\/|\.\.\/)+/, '')) === newTarget) {
      return whole;
    }
    return isWithin(folder, newTarget) ? form.prefix + up + relativePath(folder, newTarget) : undefined;
  }
  const base = form.ofFile ? folderOf(moved(file, moves)) : moved(form.base, moves);
  // A path that was the shortest one is so again; a longer one, written on purpose, stays while it is right.
  const shortest = relativePath(form.base, target) === form.path.replace(/^\.\/|\/$/g, '');
  if (joinPath(base, form.path) === newTarget && (!shortest || base === form.base)) {
    return whole;
  }
  const relative = relativePath(base, newTarget);
  const dotted = form.path.startsWith('./') && !relative.startsWith('.') ? `./${relative}` : relative;
  return form.prefix + dotted + (form.path.endsWith('/') ? '/' : '');
}
