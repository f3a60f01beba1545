// Where a pull request for a branch is opened, worked out from the remote's address alone: nothing is contacted.

interface Remote {
  host: string;
  path: string;
}

/** Host and path of a fetch URL, https or ssh; undefined where it is a folder or something else. */
export function parseRemote(url: string): Remote | undefined {
  const scp = /^(?:[\w.-]+@)?([\w.-]+):(?!\/)(.+?)(?:\.git)?\/?$/.exec(url);
  const full = /^(?:https?|ssh|git):\/\/(?:[^@/]+@)?([^/:]+)(?::\d+)?\/(.+?)(?:\.git)?\/?$/.exec(url);
  const match = full ?? (url.includes('://') ? null : scp);
  return match?.[1] !== undefined && match[2] !== undefined ? { host: match[1], path: match[2] } : undefined;
}

/** The page that opens a pull request; undefined where the host's kind is not known by its name. */
export function pullRequestUrl(remote: string | undefined, branch: string, base?: string): string | undefined {
  const parsed = remote === undefined ? undefined : parseRemote(remote);
  if (parsed === undefined) {
    return undefined;
  }
  const { host, path } = parsed;
  const site = `https://${host}/${path}`;
  const name = encodeURIComponent(branch);
  const target = base === undefined ? undefined : encodeURIComponent(base);
  if (/(^|\.)github\./.test(host)) {
    return `${site}/compare/${target === undefined ? '' : `${target}...`}${name}?expand=1`;
  }
  if (/(^|\.)gitlab\./.test(host)) {
    const into = target === undefined ? '' : `&merge_request%5Btarget_branch%5D=${target}`;
    return `${site}/-/merge_requests/new?merge_request%5Bsource_branch%5D=${name}${into}`;
  }
  if (/(^|\.)bitbucket\./.test(host)) {
    return `${site}/pull-requests/new?source=${name}${target === undefined ? '' : `&dest=${target}`}`;
  }
  return undefined;
}

/** Title, body and the push command, to paste where a pull request is written. */
export function pullRequestText(message: string, branch: string, remote?: string, url?: string): string {
  const push = remote === undefined ? '' : `\n\nPush first: git push origin ${branch}`;
  return `${message.trim()}${push}${url === undefined ? '' : `\nThen: ${url}`}\n`;
}
