// The tree of files over a real folder: what it lists and reads, unsaved text on top, and that nothing outside the root is seen.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { readRemotes } from '../../server/src/adapters/gitConfig';
import { createFileTree, findRoot } from '../../server/src/adapters/nodeFiles';
import { Cancelled } from '../../server/src/core/ports';
import { repositoryOf } from '../support/repository';

describe('file tree', () => {
  it('lists files sorted, without version control, dependencies and caches', async () => {
    const root = repositoryOf({
      'b.yaml': '',
      'a/z.yaml': '',
      'a/.hidden.yaml': '',
      '.git/config': '',
      'node_modules/x/y.yaml': '',
      'tf/.terraform/z.yaml': '',
    });
    const tree = createFileTree(root);
    assert.deepEqual(await tree.list(), ['a/.hidden.yaml', 'a/z.yaml', 'b.yaml']);
    assert.deepEqual(await tree.list('a'), ['a/.hidden.yaml', 'a/z.yaml']);
    assert.deepEqual(await tree.list('gone'), []);
    assert.deepEqual(await tree.list('../'), []);
  });

  it('leaves out what is excluded, by glob or by folder', async () => {
    const root = repositoryOf({ 'a/testdata/x.yaml': '', 'a/b.yaml': '', 'docs/c.yaml': '', 'd.skip.yaml': '' });
    const tree = createFileTree(root, { exclude: ['**/testdata', 'docs/', '*.skip.yaml'] });
    assert.deepEqual(await tree.list(), ['a/b.yaml']);
  });

  it('unsaved text wins, and files that exist only there are listed', async () => {
    const root = repositoryOf({ 'a.yaml': 'disk' });
    const buffers = new Map([
      ['a.yaml', 'editor'],
      ['new/b.yaml', 'new'],
    ]);
    const tree = createFileTree(root, { buffers });
    assert.deepEqual(await tree.list(), ['a.yaml', 'new/b.yaml']);
    assert.equal(await tree.read('a.yaml'), 'editor');
    buffers.delete('a.yaml');
    assert.equal(await tree.read('a.yaml'), 'disk');
    assert.equal(await tree.read('gone.yaml'), undefined);
  });

  it('reads a file again when it changed', async () => {
    const root = repositoryOf({ 'a.yaml': 'one' });
    const tree = createFileTree(root);
    assert.equal(await tree.read('a.yaml'), 'one');
    fs.writeFileSync(path.join(root, 'a.yaml'), 'other');
    assert.equal(await tree.read('a.yaml'), 'other');
    fs.rmSync(path.join(root, 'a.yaml'));
    assert.equal(await tree.read('a.yaml'), undefined);
  });

  it('follows links inside the root and none out of it', async () => {
    const outside = repositoryOf({ 'secret.yaml': 'secret', 'folder/secret.yaml': 'secret' });
    const root = repositoryOf({ 'real/a.yaml': 'a' });
    fs.symlinkSync(path.join(outside, 'secret.yaml'), path.join(root, 'file.yaml'));
    fs.symlinkSync(path.join(outside, 'folder'), path.join(root, 'folder'));
    fs.symlinkSync('real/a.yaml', path.join(root, 'inside.yaml'));
    fs.symlinkSync('..', path.join(root, 'real/loop'));
    const tree = createFileTree(root);
    assert.deepEqual(await tree.list(), ['inside.yaml', 'real/a.yaml']);
    assert.equal(await tree.read('inside.yaml'), 'a');
    for (const name of ['file.yaml', 'folder/secret.yaml', '../x.yaml', path.join(outside, 'secret.yaml'), 'real']) {
      assert.equal(await tree.read(name), undefined, name);
    }
  });

  it('stops when it is cancelled', async () => {
    const tree = createFileTree(repositoryOf({ 'a.yaml': '' }));
    await assert.rejects(tree.list('', AbortSignal.abort()), Cancelled);
  });

  it('the root is the nearest folder upwards with .git, also of a worktree', async () => {
    const root = repositoryOf({
      '.git/config': '',
      'a/b/c.yaml': '',
      'tree/.git': 'gitdir: ../.git/worktrees/tree\n',
      'tree/d/e.yaml': '',
    });
    assert.deepEqual(await findRoot(path.join(root, 'a/b')), { root, git: true });
    assert.deepEqual(await findRoot(path.join(root, 'tree/d')), { root: path.join(root, 'tree'), git: true });
    const plain = repositoryOf({ 'x/a.yaml': '' });
    assert.deepEqual(await findRoot(path.join(plain, 'x')), { root: path.join(plain, 'x'), git: false });
  });

  it('remotes are read from the configuration, without running Git', async () => {
    const root = repositoryOf({
      '.git/config':
        '[core]\n\tbare = false\n[remote "origin"]\n\turl = git@git.example:shop/shop.git\n\tfetch = x\n[remote "fork"]\n  url = "https://git.example/me/shop"\n[branch "main"]\n\turl = no\n',
      '.git/worktrees/tree/commondir': '../..\n',
      'tree/.git': 'gitdir: ../.git/worktrees/tree\n',
    });
    const remotes = [
      { name: 'origin', url: 'git@git.example:shop/shop.git' },
      { name: 'fork', url: 'https://git.example/me/shop' },
    ];
    assert.deepEqual(await readRemotes(root), remotes);
    assert.deepEqual(await readRemotes(path.join(root, 'tree')), remotes);
    assert.deepEqual(await readRemotes(repositoryOf({ 'a.yaml': '' })), []);
  });
});
