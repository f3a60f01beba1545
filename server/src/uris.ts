// URIs of the editor and paths of the core: repository-relative, with forward slashes. The editor's own spelling of a URI is kept,
// because two spellings of one file are two documents to it.
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Absolute path of a `file:` URI; undefined for other schemes and broken URIs. */
export function toAbsolute(uri: string): string | undefined {
  if (!uri.startsWith('file:')) {
    return undefined;
  }
  try {
    return path.normalize(fileURLToPath(uri));
  } catch {
    return undefined;
  }
}

export function toUri(absolute: string): string {
  return pathToFileURL(absolute).href;
}

/** Path below `root` with forward slashes, empty for the root itself; undefined where it lies outside. */
export function relativeTo(root: string, absolute: string): string | undefined {
  const relative = path.relative(root, absolute);
  if (relative === '') {
    return '';
  }
  if ((relative.startsWith('..') && (relative === '..' || relative[2] === path.sep)) || path.isAbsolute(relative)) {
    return undefined;
  }
  return relative.split(path.sep).join('/');
}
