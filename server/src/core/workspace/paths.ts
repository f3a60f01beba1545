// Repository-relative paths: forward slashes, no leading or trailing slash, the root is the empty string.

/** Joins and cleans; undefined where the result leaves the repository. */
export function joinPath(folder: string, relative: string): string | undefined {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of relative.split('/')) {
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

export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** True for the folder itself and everything below it. */
export function isWithin(folder: string, path: string): boolean {
  return folder === '' || path === folder || path.startsWith(folder + '/');
}

/** `to` as seen from the folder `from`: `../base`, `.`. */
export function relativePath(from: string, to: string): string {
  const a = from === '' ? [] : from.split('/');
  const b = to === '' ? [] : to.split('/');
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) {
    same++;
  }
  return [...a.slice(same).map(() => '..'), ...b.slice(same)].join('/') || '.';
}

/** How a folder is called in messages. */
export function folderLabel(path: string): string {
  return path === '' ? 'the repository root' : path;
}

/** True for what kustomize would fetch from elsewhere: URLs, Git addresses, `github.com/…?ref=`. */
export function isRemote(reference: string): boolean {
  return (
    /^[a-z][a-z0-9+.-]*::?\/\//i.test(reference) ||
    /^[a-z][a-z0-9+.-]*::/i.test(reference) ||
    /^[^/\s]+@[^/\s]+:/.test(reference) ||
    /\?(.*&)?(ref|version|timeout|submodules)=/.test(reference) ||
    /^(github\.com|gitlab\.com|bitbucket\.org|dev\.azure\.com)[/:]/i.test(reference) ||
    /^[\w.-]+\.[a-z]{2,}\/.+\.git(\/|$)/i.test(reference)
  );
}

/** Names of kustomization files, in the order in which kustomize looks for them. */
export const kustomizationFiles = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

export function isKustomizationFile(path: string): boolean {
  return (kustomizationFiles as readonly string[]).includes(baseName(path));
}

export function isYamlFile(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}
