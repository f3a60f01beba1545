// Runs git for the product: no shell, no prompt, no pager, no editor, English messages, literal paths; failures by reason. Git's own
// variables of the surrounding process (a hook's GIT_DIR, for example) are left out, or another repository would be answered for.
import { simpleGit } from 'simple-git';
import type { Abort, Failure } from '../core/ports';
import { Cancelled } from '../core/ports';
import { signalOf } from './abort';

/** A git command that failed. `failure` is fit for people. */
export class GitFailure extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
    this.name = 'GitFailure';
  }
}

export interface GitOptions {
  abort?: Abort | undefined;
  /** Further variables: another index, another working tree. */
  env?: Record<string, string>;
  /** Whether the repository's hooks may run. Default: no. */
  hooks?: boolean;
}

/** Variables that a person sets to say who they are or where Git's configuration is. */
const kept = [
  'GIT_AUTHOR_NAME',
  'GIT_AUTHOR_EMAIL',
  'GIT_AUTHOR_DATE',
  'GIT_COMMITTER_NAME',
  'GIT_COMMITTER_EMAIL',
  'GIT_COMMITTER_DATE',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CEILING_DIRECTORIES',
];

/** Programs that wait for a person at a terminal or a screen; there is none. */
const interactive = ['EDITOR', 'VISUAL', 'PAGER', 'SSH_ASKPASS'];

const fixed: Record<string, string> = {
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  // Paths come from files, not from people: `*` and `[` in them are just characters.
  GIT_LITERAL_PATHSPECS: '1',
  // Reading must not refresh the index of the person's working tree.
  GIT_OPTIONAL_LOCKS: '0',
  // Files of Git LFS stay pointers: fetching them needs the network.
  GIT_LFS_SKIP_SMUDGE: '1',
};

/**
 * Runs one git command in `folder` and gives its standard output. Rejects with `GitFailure`, or `Cancelled` when aborted. A command
 * that ends with a status but says nothing on standard error (`rev-parse --quiet`) is an answer.
 */
export async function git(folder: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
  if (options.abort?.aborted === true) {
    throw new Cancelled();
  }
  const { signal, release } = signalOf(options.abort);
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    const upper = name.toUpperCase();
    if (value !== undefined && !interactive.includes(upper) && (!upper.startsWith('GIT_') || kept.includes(upper))) {
      env[name] = value;
    }
  }
  Object.assign(env, fixed, options.env);
  const config = [
    'core.quotepath=off',
    'log.showSignature=false',
    // A file system monitor and hooks are programs that the repository names.
    'core.fsmonitor=false',
    ...(options.hooks === true ? [] : [`core.hooksPath=${process.platform === 'win32' ? 'NUL' : '/dev/null'}`]),
  ];
  try {
    return await simpleGit({
      baseDir: folder,
      abort: signal,
      config,
      // Every variable is chosen above; the library's own list would take them away again.
      allowEnvironment: Object.keys(env),
      // The output of a large log may still be on its way when the process has ended.
      completion: { onClose: true, onExit: false },
      unsafe: { allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true, allowUnsafeConfigPaths: true },
    })
      .env(env)
      .raw([...args]);
  } catch (error) {
    if (signal.aborted) {
      throw new Cancelled();
    }
    throw new GitFailure(failureOf(error as NodeJS.ErrnoException, folder, args[0] ?? ''));
  } finally {
    release();
  }
}

function failureOf(error: NodeJS.ErrnoException, folder: string, command: string): Failure {
  const message = error.message;
  if (/ENOENT/.test(message) && /spawn/.test(message)) {
    return { reason: 'unsupported', message: 'Git was not found. Install Git, or put it on the PATH, then try again.' };
  }
  if (/directory that does not exist/.test(message)) {
    return { reason: 'not-found', message: `The folder ${folder} does not exist.` };
  }
  if (/dubious ownership|safe\.directory/.test(message)) {
    return {
      reason: 'forbidden',
      message: `Git does not read ${folder}, because the repository belongs to another user. If you trust it, run: git config --global --add safe.directory '${/config --global --add safe\.directory '?([^\n']*)/.exec(message)?.[1] ?? folder}'`,
    };
  }
  if (/not a git repository/i.test(message)) {
    return {
      reason: 'not-found',
      message: `${folder} is not in a Git repository. Run git init there and commit, or open a folder that is.`,
    };
  }
  if (/unable to read tree|missing blob|bad object|could not fetch|promisor/i.test(message)) {
    return {
      reason: 'partial',
      message: `This clone lacks objects that git ${command} needs. Run git fetch, then try again.`,
    };
  }
  const line = message
    .trim()
    .split('\n')
    .filter((l) => l !== '')
    .slice(0, 2)
    .join(' ')
    .replace(/^(fatal|error): /, '');
  return { reason: 'error', message: `git ${command} failed: ${line.slice(0, 400)}` };
}
