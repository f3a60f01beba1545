// Remote URLs of a repository, read from its configuration file. Git is not run: discovery needs them before the person has asked
// for anything, and in folders that are not trusted.
import fs from 'node:fs/promises';
import path from 'node:path';

export interface GitRemote {
  name: string;
  url: string;
}

/** The remotes of the repository whose top level is `root`; none where it is no repository or its configuration cannot be read. */
export async function readRemotes(root: string): Promise<GitRemote[]> {
  const gitDir = await commonGitDir(root);
  const text = gitDir === undefined ? '' : await fs.readFile(path.join(gitDir, 'config'), 'utf8').catch(() => '');
  const remotes: GitRemote[] = [];
  let section: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[\s*([^\]"\s]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(line);
    if (header !== null) {
      section = header[1]?.toLowerCase() === 'remote' ? header[2]?.replace(/\\(.)/g, '$1') : undefined;
      continue;
    }
    const url = section === undefined ? null : /^\s*url\s*=\s*"?(.*?)"?\s*$/i.exec(line);
    if (url?.[1] !== undefined && section !== undefined) {
      remotes.push({ name: section, url: url[1] });
    }
  }
  return remotes;
}

/** `.git` is a folder, or in a worktree or submodule a file that names one; worktrees share the main repository's configuration. */
async function commonGitDir(root: string): Promise<string | undefined> {
  const dotGit = path.join(root, '.git');
  const stat = await fs.stat(dotGit).catch(() => undefined);
  if (stat === undefined) {
    return undefined;
  }
  if (stat.isDirectory()) {
    return dotGit;
  }
  const target = /^gitdir:\s*(.+?)\s*$/m.exec(await fs.readFile(dotGit, 'utf8').catch(() => ''))?.[1];
  if (target === undefined) {
    return undefined;
  }
  const gitDir = path.resolve(root, target);
  const common = (await fs.readFile(path.join(gitDir, 'commondir'), 'utf8').catch(() => '')).trim();
  return common === '' ? gitDir : path.resolve(gitDir, common);
}
