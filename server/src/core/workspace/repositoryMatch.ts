// Whether a repository URL in a GitOps object means this repository. Remotes say so; where there are none, a path that exists is
// taken as a sign and the assumption is kept to be shown.

export interface Remote {
  name: string;
  url: string;
}

/** `yes`: a remote has this URL. `fork`: a remote has the same repository name elsewhere. `unknown`: there is no remote. */
export type RepositoryMatch = 'yes' | 'fork' | 'unknown' | 'no';

export function matchRepository(url: string, remotes: readonly Remote[]): RepositoryMatch {
  if (remotes.length === 0) {
    return 'unknown';
  }
  const wanted = canonical(url);
  if (remotes.some((remote) => canonical(remote.url) === wanted)) {
    return 'yes';
  }
  const name = lastPart(wanted);
  return remotes.some((remote) => lastPart(canonical(remote.url)) === name) ? 'fork' : 'no';
}

/** Host and path of a Git URL in any of its spellings, lower case, without user, port, scheme and `.git`. */
function canonical(url: string): string {
  return url
    .trim()
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
    .replace(/^[^@/]+@/, '')
    .replace(/^([^/:]+):\d+(?=\/)/, '$1')
    .replace(/^([^/:]+):/, '$1/')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
}

const lastPart = (text: string): string => text.slice(text.lastIndexOf('/') + 1);

/** Short name of a repository that all spellings of its URL share: host and path, for example `git.example/shop/shop`. */
export function repositoryName(url: string): string {
  return canonical(url);
}
