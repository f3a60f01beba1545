// Compiled code that stays from process to process: used, never needed, never stale.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const codeCache = path.resolve(__dirname, '../../server/src/start/codeCache.js');

describe('code cache', () => {
  let dir: string;
  let program: string;
  let folder: string;

  beforeEach(() => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline code ü-'));
    program = path.join(dir, 'program.js');
    folder = path.join(dir, 'cache', 'plumbline', 'code');
    write('first');
  });
  afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

  const write = (word: string): void =>
    fs.writeFileSync(
      program,
      `#!/usr/bin/env node\nexports.word = '${word}'; console.log(exports.word, __filename, require('node:path').sep, module.exports.word);`,
    );
  const run = (): string => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['-e', `require(${JSON.stringify(codeCache)}).runCached(${JSON.stringify(program)})`],
      { env: { ...process.env, XDG_CACHE_HOME: path.join(dir, 'cache') }, encoding: 'utf8' },
    );
    assert.equal(stderr, '');
    assert.equal(status, 0);
    return stdout;
  };
  const files = (): string[] => fs.readdirSync(folder);

  it('runs a file as require would, and keeps its code', () => {
    assert.equal(run(), `first ${program} ${path.sep} first\n`);
    const [kept] = files();
    const before = fs.statSync(path.join(folder, kept ?? '')).mtimeMs;
    assert.match(run(), /^first /);
    assert.deepEqual(files(), [kept]);
    assert.equal(fs.statSync(path.join(folder, kept ?? '')).mtimeMs, before, 'what fits is not written again');
  });

  it('never runs the code of another text', () => {
    run();
    // As long as the first: V8 alone would take one for the other.
    write('third');
    assert.match(run(), /^third /);
    assert.equal(files().length, 2);
  });

  it('does without a damaged cache and without a place for one', () => {
    run();
    for (const file of files()) {
      fs.writeFileSync(path.join(folder, file), 'no code');
    }
    assert.match(run(), /^first /);
    fs.rmSync(path.join(dir, 'cache'), { recursive: true });
    fs.writeFileSync(path.join(dir, 'cache'), 'a file where the folder would be');
    assert.match(run(), /^first /);
  });

  it('keeps the last few of a bundle', () => {
    for (const word of ['one', 'two', 'three', 'four', 'five', 'six']) {
      write(word);
      run();
    }
    assert.equal(files().length, 4);
  });
});
