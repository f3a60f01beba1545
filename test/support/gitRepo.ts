// Real Git repositories for tests: with history, authors and dates of their own, and bare remotes over http on 127.0.0.1.
import { execFile, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Person {
  name: string;
  email: string;
}

export interface GitRepo {
  readonly dir: string;
  /** Runs git in the repository; gives its output without the last line end. */
  git(...args: string[]): Promise<string>;
  /** Writes files without committing them; undefined removes one. */
  write(files: Record<string, string | Buffer | undefined>): void;
  /** Writes, adds all and commits; gives the commit's object name. Each commit is a minute later than the one before. */
  commit(message: string, files: Record<string, string | Buffer | undefined>, author?: Person): Promise<string>;
  remove(): void;
}

export const ada: Person = { name: 'Ada Example', email: 'ada@example.com' };

/** An empty repository in a new folder, whose name may hold what you like. */
export async function createRepo(name = 'repository', options: { identity?: boolean } = {}): Promise<GitRepo> {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-git-'));
  const dir = path.join(parent, name);
  fs.mkdirSync(dir);
  const repo = repoAt(dir, parent);
  await repo.git('init', '--quiet', '--initial-branch=main');
  await repo.git('config', 'core.autocrlf', 'false');
  if (options.identity !== false) {
    await repo.git('config', 'user.name', ada.name);
    await repo.git('config', 'user.email', ada.email);
  }
  return repo;
}

/** A repository that is there already, a clone for example. `owned` is the folder that `remove` deletes. */
export function repoAt(dir: string, owned = dir): GitRepo {
  let minute = 0;
  const git = async (env: Record<string, string>, args: string[]): Promise<string> => {
    const { stdout } = await run('git', args, { cwd: dir, env: { ...process.env, ...env }, maxBuffer: 1 << 28 });
    return stdout.replace(/\n$/, '');
  };
  const write: GitRepo['write'] = (files) => {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(dir, name);
      if (content === undefined) {
        fs.rmSync(file, { recursive: true, force: true });
      } else {
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, content);
      }
    }
  };
  return {
    dir,
    git: (...args) => git({}, args),
    write,
    async commit(message, files, author = ada) {
      write(files);
      await git({}, ['add', '--all']);
      minute += 1;
      const date = new Date(Date.UTC(2026, 0, 5, 9, minute)).toISOString();
      const env = {
        GIT_AUTHOR_NAME: author.name,
        GIT_AUTHOR_EMAIL: author.email,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_NAME: author.name,
        GIT_COMMITTER_EMAIL: author.email,
        GIT_COMMITTER_DATE: date,
      };
      await git(env, ['commit', '--quiet', '--allow-empty', '--no-gpg-sign', '-m', message]);
      return git({}, ['rev-parse', 'HEAD']);
    },
    remove: () => fs.rmSync(owned, { recursive: true, force: true }),
  };
}

export interface GitServer {
  /** Makes a bare copy of a repository and gives its URL. */
  publish(repo: GitRepo, name: string): Promise<string>;
  close(): Promise<void>;
}

/** Serves bare repositories by Git's own http backend: clone, fetch and push. */
export async function startGitServer(): Promise<GitServer> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-remotes-'));
  const server = http.createServer((request, response) => backend(root, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    async publish(repo, name) {
      const bare = path.join(root, `${name}.git`);
      await run('git', ['clone', '--quiet', '--bare', repo.dir, bare]);
      await run('git', ['config', 'http.receivepack', 'true'], { cwd: bare });
      return `http://127.0.0.1:${port}/${name}.git`;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          fs.rmSync(root, { recursive: true, force: true });
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** One request by the CGI program `git http-backend`: headers, an empty line, the body. */
function backend(root: string, request: http.IncomingMessage, response: http.ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const header = (name: string): string => String(request.headers[name] ?? '');
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env.PATH,
      HOME: root,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_NOSYSTEM: '1',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: header('content-type'),
      REMOTE_ADDR: '127.0.0.1',
      REMOTE_USER: 'test',
      ...(request.headers['content-length'] === undefined ? {} : { CONTENT_LENGTH: header('content-length') }),
      ...(request.headers['content-encoding'] === undefined
        ? {}
        : { HTTP_CONTENT_ENCODING: header('content-encoding') }),
      ...(request.headers['git-protocol'] === undefined ? {} : { GIT_PROTOCOL: header('git-protocol') }),
    },
  });
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  let head = Buffer.alloc(0);
  let started = false;
  child.stdout.on('data', (chunk: Buffer) => {
    if (started) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) {
      return;
    }
    started = true;
    let status = 200;
    for (const line of head.subarray(0, end).toString().split('\r\n')) {
      const [, name = '', value = ''] = /^([^:]*): *(.*)$/.exec(line) ?? [];
      if (name.toLowerCase() === 'status') {
        status = Number.parseInt(value, 10);
      } else if (name !== '') {
        response.setHeader(name, value);
      }
    }
    response.writeHead(status);
    response.write(head.subarray(end + 4));
  });
  child.on('close', () => {
    if (!started) {
      response.writeHead(500);
    }
    response.end();
  });
}
