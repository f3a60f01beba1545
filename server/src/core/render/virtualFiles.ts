// Files that exist only for one rendering: a kustomization as Flux would write it, an emptied values.yaml. Their lines lead back to
// the person's own files, so that origins never name a text that nobody can open.
import type { FileTree, Origin } from '../ports';

/** A line of a virtual file and the real line it stands for; undefined `at`: nothing of the person's stands behind it. */
export interface VirtualLine {
  text: string;
  at?: { path: string; line: number };
}

export type VirtualFiles = ReadonlyMap<string, readonly VirtualLine[]>;

/** The tree with virtual files on top. */
export function withVirtualFiles(tree: FileTree, files: VirtualFiles): FileTree {
  if (files.size === 0) {
    return tree;
  }
  const buffers = new Map(tree.buffers);
  for (const [path, lines] of files) {
    buffers.set(path, lines.map((line) => line.text).join('\n'));
  }
  return {
    root: tree.root,
    buffers,
    async list(under, abort) {
      const listed = await tree.list(under, abort);
      const more = [...files.keys()].filter(
        (path) => under === undefined || under === '' || path.startsWith(under + '/'),
      );
      return [...new Set([...listed, ...more])].sort();
    },
    read: (path) => {
      const text = buffers.get(path);
      return text === undefined ? tree.read(path) : Promise.resolve(text);
    },
  };
}

/** Origins with places in virtual files replaced by what stands behind them. Lines behind which nothing stands are dropped. */
export function realOrigins(origins: readonly (readonly Origin[])[], files: VirtualFiles): Origin[][] {
  return origins.map((line) =>
    line.flatMap((origin) => {
      const virtual = files.get(origin.path);
      if (virtual === undefined) {
        return [origin];
      }
      const at = virtual[origin.line]?.at;
      if (at === undefined) {
        return [];
      }
      const same = at.path === origin.path;
      return [{ ...origin, path: at.path, line: at.line, character: same ? origin.character : 0 }];
    }),
  );
}

/** A real file's lines, each standing for itself. */
export function realLines(path: string, text: string): VirtualLine[] {
  return text.split('\n').map((line, i) => ({ text: line, at: { path, line: i } }));
}
