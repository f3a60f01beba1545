// The kustomization that Flux writes for a folder that has none: all manifests below it, with sub-folders that have their own
// kustomization as one resource each.
import { folderOf, isWithin, isYamlFile, kustomizationFiles, relativePath } from './paths';

/** Paths (files and folders) that Flux would list as resources, in its order. `ignored` is the `.sourceignore` of the repository. */
export function generatedResources(
  files: readonly string[],
  dir: string,
  ignored: (path: string) => boolean,
): string[] {
  const inside = files.filter((path) => isWithin(dir, path) && path !== dir && !ignored(path));
  const own = new Set(
    inside
      .filter((path) => (kustomizationFiles as readonly string[]).includes(path.slice(path.lastIndexOf('/') + 1)))
      .map(folderOf)
      .filter((folder) => folder !== dir),
  );
  const resources = new Set<string>();
  for (const path of inside) {
    const holder = outermost(own, dir, path);
    if (holder !== undefined) {
      resources.add(holder);
    } else if (isYamlFile(path)) {
      resources.add(path);
    }
  }
  return [...resources].sort();
}

/** Text of that kustomization. */
export function generatedKustomization(resources: readonly string[], dir: string): string {
  const lines = resources.map((path) => `- ${JSON.stringify('./' + relativePath(dir, path))}`);
  return [
    'apiVersion: kustomize.config.k8s.io/v1beta1',
    'kind: Kustomization',
    `resources:${lines.length === 0 ? ' []' : ''}`,
    ...lines,
    '',
  ].join('\n');
}

/** The outermost folder with a kustomization between `dir` and a path. */
function outermost(folders: ReadonlySet<string>, dir: string, path: string): string | undefined {
  const start = dir === '' ? 0 : dir.split('/').length;
  const parts = path.split('/');
  for (let n = start + 1; n < parts.length; n++) {
    const folder = parts.slice(0, n).join('/');
    if (folders.has(folder)) {
      return folder;
    }
  }
  return undefined;
}
