// Patches of upstream modules fit word for word or fail the build with the place.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkout } from '../support/shared';

describe('engine patches', () => {
  let applyPatch: (dir: string, patch: string, name: string) => void;
  let dir: string;

  before(async () => {
    const script = pathToFileURL(path.join(checkout, 'scripts/lib/patch.mjs')).href;
    ({ applyPatch } = (await import(script)) as { applyPatch: typeof applyPatch });
  });
  beforeEach(() => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-patch-'));
    fs.writeFileSync(path.join(dir, 'a.go'), 'one\ntwo\nthree\nfour\n');
  });
  afterEach(() => fs.rmSync(dir, { recursive: true }));

  const read = (name: string): string => fs.readFileSync(path.join(dir, name), 'utf8');
  const change = (...lines: string[]): string => `Why it is needed.\n\n${lines.join('\n')}\n`;

  it('changes, adds and deletes files', () => {
    fs.writeFileSync(path.join(dir, 'old.go'), 'gone\n');
    applyPatch(
      dir,
      change(
        ...['--- a/a.go', '+++ b/a.go', '@@ -2,2 +2,3 @@', ' two', '-three', '+3', '+3.5'],
        ...['--- /dev/null', '+++ b/sub/new.go', '@@ -0,0 +1 @@', '+fresh'],
        ...['--- a/old.go', '+++ /dev/null', '@@ -1 +0,0 @@', '-gone'],
      ),
      'x.patch',
    );
    assert.equal(read('a.go'), 'one\ntwo\n3\n3.5\nfour\n');
    assert.equal(read('sub/new.go'), 'fresh\n');
    assert.equal(fs.existsSync(path.join(dir, 'old.go')), false);
  });

  it('refuses a hunk that does not fit, and then changes nothing', () => {
    const patch = change('--- a/a.go', '+++ b/a.go', '@@ -1 +1 @@', '-one', '+1', '@@ -3 +3 @@', '-drei', '+3');
    assert.throws(() => applyPatch(dir, patch, 'x.patch'), /x\.patch does not fit a\.go:3 any more.*"drei".*"three"/);
    assert.equal(read('a.go'), 'one\ntwo\nthree\nfour\n');
  });

  it('refuses a hunk at another line than it names', () => {
    const patch = change('--- a/a.go', '+++ b/a.go', '@@ -3 +3 @@', '-two', '+2');
    assert.throws(() => applyPatch(dir, patch, 'x.patch'), /does not fit a\.go:3/);
  });

  it('refuses a patch that is cut off or empty', () => {
    const patch = change('--- a/a.go', '+++ b/a.go', '@@ -1,3 +1,3 @@', ' one');
    assert.throws(() => applyPatch(dir, patch, 'x.patch'), /not complete/);
    assert.throws(() => applyPatch(dir, 'no diff', 'x.patch'), /no file to patch/);
  });
});
