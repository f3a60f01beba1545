// Git, on real repositories: history, files of revisions, and rollback commits that leave the person's work alone.
import assert from 'node:assert';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { createRepository } from '../../server/src/adapters/git';
import type { Log, Repository } from '../../server/src/core/ports';
import { Cancelled } from '../../server/src/core/ports';
import { failure, silentLog, value } from '../support/answers';
import type { GitRepo } from '../support/gitRepo';
import { createRepo, repoAt, startGitServer } from '../support/gitRepo';

const bob = { name: 'Böb "Q" Example', email: 'bob@example.com' };
const odd = 'apps/größe [1]/ein wert.yaml';

describe('git', () => {
  let repo: GitRepo;
  let cache: string;
  const commits: string[] = [];
  const open = (dir = repo.dir, log: Log = silentLog): Repository => createRepository(dir, { log, cache });

  before(async () => {
    cache = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-revisions-'));
    repo = await createRepo('mein repo');
    commits.push(
      await repo.commit('First\n\nWhy it was made.\nTwo lines.', {
        'apps/web/web.yaml': 'replicas: 1\n',
        [odd]: 'a: 1\n',
        'README.md': 'x',
      }),
      await repo.commit('Scale', { 'apps/web/web.yaml': 'replicas: 2\n' }, bob),
      await repo.commit('Read me', { 'README.md': 'y' }),
      await repo.commit('Swap', {
        [odd]: undefined,
        'apps/web/service.yaml': 'port: 80\n',
        'apps/web/web.yaml': 'replicas: 3\n',
      }),
    );
  });
  after(() => {
    repo.remove();
    fs.rmSync(cache, { recursive: true, force: true });
  });

  describe('history', () => {
    it('head, with its branch or none', async () => {
      assert.deepStrictEqual(await open().head(), { id: commits[3], branch: 'main' });
      await repo.git('checkout', '--quiet', '--detach');
      assert.deepStrictEqual(await open().head(), { id: commits[3], branch: undefined });
      await repo.git('checkout', '--quiet', 'main');
    });

    it('a commit with everything it says', async () => {
      assert.deepStrictEqual(value(await open().resolve('HEAD~3')), {
        id: commits[0],
        parents: [],
        author: 'Ada Example',
        email: 'ada@example.com',
        date: '2026-01-05T09:01:00Z',
        subject: 'First',
        body: 'Why it was made.\nTwo lines.',
      });
      assert.strictEqual(value(await open().resolve('main~2')).author, bob.name);
    });

    it('commits that touched paths, newest first; the root is every path', async () => {
      const log = async (paths: string[], limit = 10) =>
        value(await open().log(paths, { limit })).map((r) => r.subject);
      assert.deepStrictEqual(await log(['apps/web']), ['Swap', 'Scale', 'First']);
      assert.deepStrictEqual(await log([odd]), ['Swap', 'First']);
      assert.deepStrictEqual(await log(['']), ['Swap', 'Read me', 'Scale', 'First']);
      assert.deepStrictEqual(await log(['apps/*']), []);
      assert.deepStrictEqual(await log([''], 2), ['Swap', 'Read me']);
      assert.deepStrictEqual(value(await open().log(['README.md'], { limit: 9, from: 'HEAD~2' })).length, 1);
    });

    it('paths relative to the opened folder, also below the top', async () => {
      const web = open(path.join(repo.dir, 'apps/web'));
      assert.deepStrictEqual(value(await web.log(['web.yaml'], { limit: 9 })).length, 3);
      assert.deepStrictEqual(value(await web.changed('HEAD~3', 'HEAD')), ['service.yaml', 'web.yaml']);
      const tree = value(await web.at('HEAD~1'));
      assert.deepStrictEqual(await tree.list(), ['web.yaml']);
    });

    it('paths that differ, between revisions and against the working tree', async () => {
      assert.deepStrictEqual(
        value(await open().changed('HEAD~1', 'HEAD')),
        [odd, 'apps/web/service.yaml', 'apps/web/web.yaml'].sort(),
      );
      repo.write({ 'new file.yaml': 'x', 'README.md': 'changed' });
      assert.deepStrictEqual(value(await open().changed('HEAD', undefined)), ['README.md', 'new file.yaml']);
      repo.write({ 'new file.yaml': undefined, 'README.md': 'y' });
    });

    it('remotes, without passwords', async () => {
      await repo.git('remote', 'add', 'origin', 'https://me:s3cret@git.example/shop.git');
      assert.deepStrictEqual(await open().remotes(), [{ name: 'origin', url: 'https://git.example/shop.git' }]);
      await repo.git('remote', 'remove', 'origin');
      assert.deepStrictEqual(await open().remotes(), []);
    });

    it('an unknown revision, or one that looks like an option, is not found', async () => {
      for (const revision of ['no-such', '--all', '-1', 'HEAD~99', 'a\nb', '']) {
        const answer = failure(await open().resolve(revision));
        assert.strictEqual(answer.reason, 'not-found', revision);
      }
    });
  });

  describe('files of a revision', () => {
    it('are those of the commit, whatever the working tree holds', async () => {
      repo.write({ 'apps/web/web.yaml': 'unsaved: mess\n' });
      const before = await state(repo);
      const tree = value(await open().at('HEAD~2'));
      assert.deepStrictEqual(await tree.list(), ['README.md', odd, 'apps/web/web.yaml'].sort());
      assert.strictEqual(await tree.read('apps/web/web.yaml'), 'replicas: 2\n');
      assert.strictEqual(await tree.read(odd), 'a: 1\n');
      assert.deepStrictEqual(await state(repo), before);
      repo.write({ 'apps/web/web.yaml': 'replicas: 3\n' });
    });

    it('are made once', async () => {
      const [one, two] = [value(await open().at('HEAD~1')), value(await open().at('main~1'))];
      assert.strictEqual(one.root, two.root);
      assert.deepStrictEqual(
        fs.readdirSync(cache).filter((name) => name.startsWith('.new')),
        [],
      );
    });

    it('keep line ends and attributes of the commit, and submodules are empty', async () => {
      const other = await createRepo();
      await other.commit('inner', { 'inner.yaml': 'x' });
      const own = await createRepo();
      await own.commit('attributes', {
        '.gitattributes': '*.bat text eol=crlf\n',
        'a.bat': 'one\ntwo\n',
        'b.yaml': 'one\r\ntwo\r\n',
      });
      await own.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other.dir, 'inner');
      const commit = await own.commit('with a submodule', {});
      await own.commit('attributes away', { '.gitattributes': undefined });
      const tree = value(await open(own.dir).at(commit));
      assert.strictEqual(await tree.read('a.bat'), 'one\r\ntwo\r\n');
      assert.strictEqual(await tree.read('b.yaml'), 'one\r\ntwo\r\n');
      assert.strictEqual(await tree.read('inner/inner.yaml'), undefined);
      other.remove();
      own.remove();
    });

    it('end with the work when it is no longer wanted', async () => {
      const abort = new AbortController();
      abort.abort();
      await assert.rejects(open().at('HEAD', abort.signal), Cancelled);
    });
  });

  describe('rollback', () => {
    it('restores, adds back and removes on a new branch; the person’s work is not touched', async () => {
      // A change in the index, one beside it, and a file that Git does not know.
      repo.write({ 'README.md': 'staged' });
      await repo.git('add', 'README.md');
      repo.write({ 'README.md': 'staged and more', 'apps/web/web.yaml': 'replicas: 99\n', 'notes.txt': 'mine' });
      const before = await state(repo);

      const made = value(
        await open().restore('HEAD~3', ['apps'], { branch: 'rollback/web', message: 'Roll back web\n\nBecause.' }),
      );
      assert.strictEqual(made.branch, 'rollback/web');
      assert.deepStrictEqual(
        [made.commit.subject, made.commit.body, made.commit.author],
        ['Roll back web', 'Because.', 'Ada Example'],
      );
      assert.deepStrictEqual(made.commit.parents, [commits[3]]);
      assert.strictEqual(await repo.git('rev-parse', 'rollback/web'), made.commit.id);
      assert.deepStrictEqual(value(await open().changed('rollback/web', 'HEAD~3')), ['README.md']);

      assert.deepStrictEqual(await state(repo), before);
      assert.strictEqual(await repo.git('worktree', 'list', '--porcelain'), before.worktrees);
      await repo.git('reset', '--quiet', '--hard');
      repo.write({ 'notes.txt': undefined });
    });

    it('names of branches: refused, or there already', async () => {
      assert.strictEqual(failure(await restore('a b')).reason, 'invalid');
      assert.strictEqual(failure(await restore('-x')).reason, 'invalid');
      assert.strictEqual(failure(await restore('@{-1}')).reason, 'invalid');
      assert.strictEqual(failure(await restore('main')).reason, 'conflict');
    });

    it('is refused where nothing would change, or nothing is known of the path', async () => {
      assert.match(
        failure(await open().restore('HEAD', ['apps'], { branch: 'same', message: 'x' })).message,
        /Nothing would change/,
      );
      const unknown = failure(await open().restore('HEAD~1', ['no/such'], { branch: 'same', message: 'x' }));
      assert.deepStrictEqual([unknown.reason, /Nothing to restore/.test(unknown.message)], ['invalid', true]);
      assert.strictEqual(await repo.git('branch', '--list', 'same'), '');
    });

    it('a hook may refuse it; then nothing is left behind', async () => {
      const hook = path.join(repo.dir, '.git/hooks/commit-msg');
      fs.writeFileSync(hook, '#!/bin/sh\necho "needs a ticket" >&2\nexit 1\n', { mode: 0o755 });
      const before = await state(repo);
      const answer = failure(await restore('hooked'));
      fs.rmSync(hook);
      assert.match(answer.message, /commit was not made.*needs a ticket/);
      assert.deepStrictEqual(await state(repo), before);
      assert.strictEqual(await repo.git('branch', '--list', 'hooked'), '');
    });

    it('needs to know who commits', async () => {
      const own = await createRepo('anonymous', { identity: false });
      await own.commit('one', { 'a.yaml': '1' });
      await own.commit('two', { 'a.yaml': '2' });
      const kept = { ...process.env };
      process.env.GIT_CONFIG_GLOBAL = os.devNull;
      process.env.GIT_CONFIG_NOSYSTEM = '1';
      const answer = failure(await open(own.dir).restore('HEAD~1', ['a.yaml'], { branch: 'b', message: 'm' }));
      process.env = kept;
      assert.match(answer.message, /does not know who you are.*user\.email/);
      own.remove();
    });

    it('leaves nothing behind when it is cancelled', async () => {
      const before = await state(repo);
      const abort = new AbortController();
      const pending = open().restore('HEAD~3', ['apps'], { branch: 'late', message: 'x' }, abort.signal);
      setTimeout(() => abort.abort(), 60);
      await assert.rejects(pending, Cancelled);
      assert.deepStrictEqual(await state(repo), before);
      assert.strictEqual(await repo.git('branch', '--list', 'late'), '');
    });

    const restore = (branch: string) => open().restore('HEAD~3', ['apps'], { branch, message: 'x' });
  });

  describe('other places', () => {
    it('a folder without Git says so, and a repository without a commit has no head', async () => {
      const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-none-'));
      assert.strictEqual(await open(dir).head(), undefined);
      assert.deepStrictEqual(await open(dir).remotes(), []);
      const answer = failure(await open(dir).log([''], { limit: 1 }));
      assert.deepStrictEqual([answer.reason, /not in a Git repository/.test(answer.message)], ['not-found', true]);
      fs.rmSync(dir, { recursive: true });
      assert.strictEqual(await open(dir).head(), undefined);

      const empty = await createRepo();
      assert.strictEqual(await open(empty.dir).head(), undefined);
      assert.strictEqual(failure(await open(empty.dir).log([''], { limit: 1 })).reason, 'not-found');
      empty.remove();
    });

    it('a shallow clone shows only what it has, and says that it is cut off', async () => {
      const server = await startGitServer();
      const url = await server.publish(repo, 'shop');
      const parent = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-clone-'));
      const dir = path.join(parent, 'clone');
      await repo.git('clone', '--quiet', '--depth=2', url, dir);
      const warnings: string[] = [];
      const clone = open(dir, { ...silentLog, warn: (m) => warnings.push(m) });
      // The oldest commit of the clone seems to have made every file; it only touched README.md.
      assert.deepStrictEqual(
        value(await clone.log(['apps/web'], { limit: 9 })).map((r) => r.subject),
        ['Swap'],
      );
      assert.match(warnings.join(), /shallow clone.*--unshallow/);
      const old = failure(await clone.resolve(commits[0] ?? ''));
      assert.match(old.message, /shallow.*--unshallow/);
      assert.deepStrictEqual(await clone.remotes(), [{ name: 'origin', url }]);
      repoAt(dir, parent).remove();
      await server.close();
    });

    it('variables of a surrounding Git do not lead to another repository', async () => {
      const other = await createRepo();
      const id = await other.commit('elsewhere', { x: 'y' });
      process.env.GIT_DIR = path.join(repo.dir, '.git');
      process.env.GIT_INDEX_FILE = path.join(repo.dir, '.git/index');
      try {
        assert.deepStrictEqual(await open(other.dir).head(), { id, branch: 'main' });
      } finally {
        delete process.env.GIT_DIR;
        delete process.env.GIT_INDEX_FILE;
      }
      other.remove();
    });
  });
});

/** Everything of a person's that must not change: index bytes, status, branch, worktrees, refs but new branches. */
async function state(repo: GitRepo): Promise<Record<string, string>> {
  const index = createHash('sha256')
    .update(fs.readFileSync(path.join(repo.dir, '.git/index')))
    .digest('hex');
  return {
    index,
    head: fs.readFileSync(path.join(repo.dir, '.git/HEAD'), 'utf8'),
    worktrees: await repo.git('worktree', 'list', '--porcelain'),
    status: await repo.git('--no-optional-locks', 'status', '--porcelain=v2', '--untracked-files=all'),
  };
}
