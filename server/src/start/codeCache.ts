// Loads a bundle with the code that V8 compiled of it in an earlier process: compiling a megabyte anew is a third of the time that a command
// or a language server takes to start. The cache is a help: whatever goes wrong with it, the bundle is loaded without.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import { cacheFolder } from '../adapters/cacheFolder';

/** Caches that stay for one bundle: those of the editor's Node and of the terminal's, of this version and of the last. */
const kept = 4;

type Wrapper = (
  exports: unknown,
  require: NodeJS.Require,
  module: { exports: unknown },
  filename: string,
  dirname: string,
) => void;

/** Runs a CommonJS file as `require` would, and keeps its compiled code when the process ends. */
export function runCached(file: string): void {
  const source = fs.readFileSync(file, 'utf8').replace(/^#!.*/, '');
  const name = path.basename(file, '.js');
  const key = createHash('sha256')
    .update(source)
    .update(process.version)
    .update(process.arch)
    .digest('hex')
    .slice(0, 20);
  const cache = path.join(cacheFolder('code'), `${name}-${key}.bin`);
  const cachedData = read(cache);
  const script = new vm.Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  if (cachedData === undefined || script.cachedDataRejected === true) {
    // At the end it holds what was really used.
    process.once('exit', () => keep(cache, name, script));
  }
  const module = { exports: {} };
  const run = script.runInThisContext() as Wrapper;
  run.call(module.exports, module.exports, createRequire(file), module, file, path.dirname(file));
}

function read(file: string): Buffer | undefined {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

function keep(file: string, name: string, script: vm.Script): void {
  try {
    const folder = path.dirname(file);
    fs.mkdirSync(folder, { recursive: true });
    const fresh = `${file}.${process.pid}.tmp`;
    fs.writeFileSync(fresh, script.createCachedData());
    fs.renameSync(fresh, file);
    const own = fs
      .readdirSync(folder)
      .filter((other) => other.startsWith(`${name}-`))
      .map((other) => path.join(folder, other))
      .map((other) => ({ other, time: fs.statSync(other).mtimeMs }))
      .sort((a, b) => b.time - a.time);
    own.slice(kept).forEach(({ other }) => fs.rmSync(other, { force: true }));
  } catch {
    // A full disk or a read-only home must not fail what has already been done.
  }
}
