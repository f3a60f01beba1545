// The Kubernetes API server of the tests: builds test/cluster/apiserver once for its inputs and gives the program's path.
import fs from 'node:fs';
import path from 'node:path';
import { filesOf, keyOf, once, root } from './lib/cache.mjs';
import { goToolchain } from './lib/go.mjs';
import { run } from './lib/run.mjs';

const source = path.join(root, 'test', 'cluster', 'apiserver');
const program = process.platform === 'win32' ? 'testcluster.exe' : 'testcluster';

/** Path of the program; built when its sources or the Go toolchain changed. */
export async function ensure(say = () => {}) {
  const { go, env, version } = await goToolchain(say);
  const inputs = filesOf(source, (name) => /(\.go|^go\.(mod|sum))$/.test(name));
  const dir = await once(
    'testcluster',
    keyOf([version, ...inputs]),
    (target) =>
      run(go, ['build', '-p', '3', '-ldflags', linkerFlags(), '-o', path.join(target, program), '.'], {
        cwd: source,
        env,
      }),
    { say, usually: '5 minutes on 4 cores the first time, half a minute when only its own sources changed' },
  );
  return path.join(dir, program);
}

/** The version is linked in: without it the server calls itself v0.0.0-master, which kubectl cannot read. */
function linkerFlags() {
  const [, major, minor, patch] = /k8s\.io\/kubernetes v(\d+)\.(\d+)\.(\d+)/.exec(
    fs.readFileSync(path.join(source, 'go.mod'), 'utf8'),
  );
  const values = {
    gitVersion: `v${major}.${minor}.${patch}`,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: 'clean',
    buildDate: '2026-01-01T00:00:00Z',
  };
  const flags = Object.entries(values).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  return ['-s', '-w', ...flags].join(' ');
}

if (import.meta.filename === process.argv[1]) {
  console.log(await ensure((line) => console.error(line)));
}
