// Where the product keeps what it can always make again: documents of API servers, files of Git revisions.
import * as os from 'node:os';
import * as path from 'node:path';

/** `$XDG_CACHE_HOME/plumbline` (Windows: `%LOCALAPPDATA%\plumbline`), else `~/.cache/plumbline`. */
export function cacheFolder(...parts: string[]): string {
  const base =
    process.env.XDG_CACHE_HOME ||
    (process.platform === 'win32' ? process.env.LOCALAPPDATA : undefined) ||
    path.join(os.homedir(), '.cache');
  return path.join(base, 'plumbline', ...parts);
}
