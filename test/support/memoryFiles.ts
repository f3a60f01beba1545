// The port FileTree over plain values: a repository of a few lines for unit tests.
import type { FileTree } from '../../server/src/core/ports';

/** A tree of the given files. It has no folder on the disk, so engines see only what `buffers` holds: everything. */
export function memoryTree(files: Record<string, string>): FileTree {
  const buffers = new Map(Object.entries(files));
  return {
    root: '',
    buffers,
    list: (under = '') =>
      Promise.resolve([...buffers.keys()].filter((path) => under === '' || path.startsWith(under + '/')).sort()),
    read: (path) => Promise.resolve(buffers.get(path)),
  };
}

/** `{ 'a.yaml': text }` from one text in which lines `# file: a.yaml` start a file. */
export function filesOf(text: string): Record<string, string> {
  const files: Record<string, string> = {};
  let current: string | undefined;
  for (const line of text.replace(/^\n/, '').split('\n')) {
    const named = /^# file: (\S+)$/.exec(line);
    if (named?.[1] !== undefined) {
      current = named[1];
      files[current] = '';
    } else if (current !== undefined) {
      files[current] += line + '\n';
    }
  }
  for (const [path, content] of Object.entries(files)) {
    files[path] = content.replace(/\n+$/, '\n');
  }
  return files;
}
