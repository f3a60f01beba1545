// Files that no one wants in a repository, on a real disk: each is handled and said, and everything else is checked as if they were
// not there, by the command line and by the language server.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { createFileTree } from '../../server/src/adapters/nodeFiles';
import { checkWorkspaceRequest, workspaceRequest } from '../../server/src/core/protocol';
import { endEngines, plumbline } from '../support/cli';
import { startLanguageServer } from '../support/languageServer';
import { repositoryOf } from '../support/repository';

const map = (name: string, more = ''): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}`;
/** The same fault everywhere: what still finds it has read the file. */
const wrong = 'wrong: 1\n';
const repeated = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('');

/** Each file's content, and the rules that are found in it. */
const files: Record<string, { content: string | Buffer; rules: string[] }> = {
  'good.yaml': { content: map('good', wrong), rules: ['kubernetes/unknown-field'] },
  'empty.yaml': { content: '', rules: [] },
  'binary.yaml': {
    content: Buffer.from(
      repeated(4000, (i) => String.fromCharCode((i * 7919) % 256)),
      'latin1',
    ),
    rules: ['file/binary'],
  },
  'latin1.yaml': {
    content: Buffer.from(map('latin1', 'data: {a: caf\xe9}\n' + wrong), 'latin1'),
    rules: ['file/encoding', 'kubernetes/unknown-field'],
  },
  'utf16le.yaml': {
    content: Buffer.from('\uFEFF' + map('utf16le', wrong), 'utf16le'),
    rules: ['file/encoding', 'kubernetes/unknown-field'],
  },
  'utf16be.yaml': {
    content: Buffer.from('\uFEFF' + map('utf16be', wrong), 'utf16le').swap16(),
    rules: ['file/encoding', 'kubernetes/unknown-field'],
  },
  'bom.yaml': { content: '\uFEFF' + map('bom', wrong), rules: ['kubernetes/unknown-field'] },
  'nul.yaml': { content: map('nul', 'data: {a: "x\0y"}\n'), rules: ['yaml/syntax'] },
  'crlf.yaml': { content: map('crlf', wrong).replace(/\n/g, '\r\n'), rules: ['kubernetes/unknown-field'] },
  'cr.yaml': { content: map('cr', wrong).replace(/\n/g, '\r'), rules: ['kubernetes/unknown-field'] },
  'mixed.yaml': {
    content: 'apiVersion: v1\r\nkind: ConfigMap\nmetadata:\r  name: mixed\nwrong: 1\r\n',
    rules: ['kubernetes/unknown-field'],
  },
  'tabs.yaml': { content: map('tabs', wrong + 'data:\n\ta: b\n'), rules: ['kubernetes/unknown-field', 'yaml/syntax'] },
  'quote.yaml': {
    content: map('quote', wrong + 'data:\n  a: "x\n  b: y\n'),
    rules: ['kubernetes/unknown-field', 'yaml/syntax'],
  },
  'conflict.yaml': {
    content: map('conflict', wrong + '<<<<<<< HEAD\ndata: {a: b}\n=======\ndata: {a: c}\n>>>>>>> x\n'),
    rules: ['kubernetes/unknown-field', 'yaml/conflict-marker'],
  },
  'long-line.yaml': {
    content: map('long', wrong + `data: {a: ${'x'.repeat(900_000)}}\n`),
    rules: ['kubernetes/unknown-field'],
  },
  'deep.yaml': { content: map('deep', `data: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`), rules: ['yaml/too-deep'] },
  'deep-block.yaml': {
    content: map(
      'deep-block',
      repeated(2000, (i) => ' '.repeat(i) + 'k:\n'),
    ),
    rules: ['yaml/too-deep'],
  },
  'bomb.yaml': {
    content: map('bomb', 'x: &a0 [y]\n' + repeated(12, (i) => `x${i}: &a${i + 1} [${`*a${i},`.repeat(10)}]\n`)),
    rules: ['yaml/alias-bomb', ...Array.from({ length: 13 }, () => 'kubernetes/unknown-field')],
  },
  'anchors.yaml': {
    content: map('anchors', 'data:\n' + repeated(10_000, (i) => `  k${i}: &a${i} v\n  l${i}: *a${i}\n`) + wrong),
    rules: ['kubernetes/unknown-field'],
  },
  'many-lines.yaml': {
    content:
      repeated(5000, (i) => map(`many-${i}`, 'data:\n  a: b\n  c: d\n  e: f\n  g: h\n---\n')) + map('many', wrong),
    rules: ['kubernetes/unknown-field'],
  },
  'long-document.yaml': {
    content: map('long-document', 'data:\n' + repeated(50_000, (i) => `  k${i}: v\n`) + wrong),
    rules: ['kubernetes/unknown-field'],
  },
  'huge.yaml': { content: Buffer.alloc(101 * 1024 * 1024, '# comment\n'), rules: ['file/too-large'] },
};

/** All of them on the disk, with links and folders in the way. */
function badRepository(): string {
  const root = repositoryOf({
    '.git/HEAD': 'ref: refs/heads/main\n',
    'kustomize/kustomization.yaml/a.txt': 'a folder with the name of a file\n',
    'folder.yaml/inside.yaml': map('inside', wrong),
  });
  for (const [name, { content }] of Object.entries(files)) {
    fs.writeFileSync(path.join(root, name), content);
  }
  const elsewhere = repositoryOf({ 'secret.yaml': map('elsewhere', wrong) });
  fs.symlinkSync(path.join(elsewhere, 'secret.yaml'), path.join(root, 'outside.yaml'));
  fs.symlinkSync('nowhere.yaml', path.join(root, 'dangling.yaml'));
  fs.symlinkSync('circle.yaml', path.join(root, 'circle.yaml'));
  fs.symlinkSync('.', path.join(root, 'loop'));
  return root;
}

const expected: Record<string, string[]> = {
  ...Object.fromEntries(Object.entries(files).map(([name, { rules }]) => [name, [...rules].sort()])),
  'folder.yaml/inside.yaml': ['kubernetes/unknown-field'],
  'kustomize/kustomization.yaml': ['file/is-folder'],
  'outside.yaml': ['file/link-outside'],
  'dangling.yaml': ['file/broken-link'],
  'circle.yaml': ['file/broken-link'],
};

describe('bad input', () => {
  let root: string;
  before(() => {
    root = badRepository();
  });
  after(endEngines);

  it('the command line handles and says each', async () => {
    const { status, out, err } = await plumbline(root, ['check', '--format', 'json']);
    assert.equal(status, 1, err);
    const { findings: problems } = JSON.parse(out) as { findings: { path: string; rule: string }[] };
    const found: Record<string, string[]> = Object.fromEntries(Object.keys(expected).map((name) => [name, []]));
    problems.forEach(({ path: name, rule }) => (found[name] ??= []).push(rule));
    assert.deepEqual(Object.fromEntries(Object.entries(found).map(([name, rules]) => [name, rules.sort()])), expected);
  });

  it('the language server says the same, open files included, and lives', async () => {
    const server = await startLanguageServer({ folders: [root] });
    try {
      const codes = async (name: string, uri: string): Promise<void> => {
        const isMissing = (found: { code?: unknown }[]): boolean =>
          (expected[name] ?? []).every((rule) => found.some(({ code }) => code === rule));
        await server.diagnostics(uri, isMissing, 60_000);
      };
      const { folders } = await server.request(workspaceRequest, {});
      await server.request(checkWorkspaceRequest, { folder: folders[0]?.folder ?? '' });
      for (const name of Object.keys(expected).filter((each) => expected[each]?.[0]?.startsWith('file/') === true)) {
        await codes(name, server.uri(path.join(root, name)));
      }
      for (const [name, { content, rules }] of Object.entries(files)) {
        if (typeof content === 'string') {
          const uri = server.open(path.join(root, name), content);
          await codes(name, uri);
          server.change(uri, content + '\n');
          assert.ok(rules.length >= 0);
        }
      }
      await codes('good.yaml', server.uri(path.join(root, 'good.yaml')));
    } finally {
      await server.stop();
    }
  });

  it('a file and a folder without permission are said', async () => {
    const locked = repositoryOf({ 'file.yaml': wrong, 'folder/a.yaml': wrong, 'open.yaml': wrong });
    fs.chmodSync(locked, 0o755);
    fs.chmodSync(path.join(locked, 'file.yaml'), 0);
    fs.chmodSync(path.join(locked, 'folder'), 0);
    const tree = createFileTree(locked);
    // Root reads everything: somebody else must ask.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) {
      process.seteuid?.(65534);
    }
    try {
      assert.deepEqual(await tree.list(), ['file.yaml', 'open.yaml']);
      assert.equal(await tree.read('file.yaml'), undefined);
      assert.equal(await tree.read('open.yaml'), wrong);
    } finally {
      if (isRoot) {
        process.seteuid?.(0);
      }
      fs.chmodSync(path.join(locked, 'folder'), 0o755);
    }
    assert.deepEqual(
      tree.troubles?.().map(({ path: name, rule }) => [name, rule]),
      [
        ['folder', 'file/unreadable'],
        ['file.yaml', 'file/unreadable'],
      ],
    );
  });

  it('what is mended is said no longer', async () => {
    const broken = repositoryOf({});
    fs.writeFileSync(path.join(broken, 'a.yaml'), Buffer.from([0xe9, 0x0a]));
    const tree = createFileTree(broken);
    await tree.list();
    await tree.read('a.yaml');
    assert.equal(tree.troubles?.().length, 1);
    fs.writeFileSync(path.join(broken, 'a.yaml'), 'a: é\n');
    await tree.read('a.yaml');
    assert.deepEqual(tree.troubles?.(), []);
  });
});
