// One cache folder outside the checkout, keyed by inputs and shared by all clones: everything that set-up builds or fetches lands here.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const root = path.resolve(import.meta.dirname, '../..');

/** `$XDG_CACHE_HOME/plumbline`, else `~/.cache/plumbline`. */
export function cacheRoot() {
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'plumbline');
}

/** Every file below a folder, sorted, as paths relative to it. */
export function listFiles(dir, keep = () => true) {
  return fs
    .readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => path.relative(dir, path.join(e.parentPath, e.name)).split(path.sep).join('/'))
    .filter(keep)
    .sort();
}

/** Short digest of texts and files: the key of what is made from them. */
export function keyOf(parts) {
  const hash = createHash('sha256');
  for (const part of parts) {
    if (typeof part === 'string') {
      hash.update(`text ${part}\0`);
    } else {
      hash.update(`file ${part.name}\0`).update(fs.readFileSync(part.file)).update('\0');
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** The files of a folder as parts for `keyOf`. Line ends count as LF, so that a Windows checkout has the same key. */
export function filesOf(dir, keep) {
  return listFiles(dir, keep).map(
    (name) => name + '\n' + fs.readFileSync(path.join(dir, name), 'utf8').replaceAll('\r\n', '\n'),
  );
}

/**
 * The folder `<cache>/<name>/<key>`, made by `build(dir, say)` when it is not there yet. Two processes that want the same one
 * wait for each other; a build that fails leaves nothing behind. `usually` tells people how long to expect.
 */
export async function once(name, key, build, { say = () => {}, usually = '' } = {}) {
  const dir = path.join(cacheRoot(), name, key);
  const ready = path.join(dir, '.ready');
  if (fs.existsSync(ready)) {
    return dir;
  }
  fs.mkdirSync(path.dirname(dir), { recursive: true });
  const lock = dir + '.lock';
  for (;;) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') {
        throw error;
      }
    }
    if (fs.existsSync(ready)) {
      return dir;
    }
    const pid = Number(readOr(lock, '0'));
    if (pid && !alive(pid)) {
      fs.rmSync(lock, { force: true });
      continue;
    }
    await sleep(500);
  }
  const release = () => fs.rmSync(lock, { force: true });
  process.once('exit', release);
  try {
    if (!fs.existsSync(ready)) {
      say(`${name}: building${usually ? `, usually ${usually}` : ''}`);
      fs.rmSync(dir, { recursive: true, force: true });
      fs.mkdirSync(dir, { recursive: true });
      const started = Date.now();
      await build(dir, say);
      fs.writeFileSync(ready, '');
      say(`${name}: ready after ${Math.round((Date.now() - started) / 1000)} s`);
    }
    return dir;
  } catch (error) {
    fs.rmSync(dir, { recursive: true, force: true });
    throw error;
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

function readOr(file, otherwise) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
