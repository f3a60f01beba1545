#!/usr/bin/env node
// npm start: brings everything into place side by side and opens the example repository (or a folder of yours) in VS Code:
// the desktop's where there is one, else one that is served to the browser from this machine only.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cacheRoot, filesOf, keyOf, root } from './lib/cache.mjs';
import { createExample } from './example.mjs';
import { sayTo, setup } from './setup.mjs';
import { installCheckout, startServer, windowUrl } from './lib/vscodeHost.mjs';
import { ensureVscode } from './vscode.mjs';

const help = `npm start [folder] [-- options]

Opens Plumbline on a folder; without one, on an example repository that needs no cluster.

  --browser     serve VS Code to the browser, also where a desktop one is installed
  --desktop     open the desktop VS Code; fails where there is none
  --port N      port for the browser (default: any free one)
  --no-open     only print the address, do not open a browser
  --fresh       make the example repository anew
  --help        show this`;

const options = /** @type {const} */ ({
  browser: { type: 'boolean' },
  desktop: { type: 'boolean' },
  port: { type: 'string', default: '0' },
  open: { type: 'boolean', default: true },
  fresh: { type: 'boolean' },
  help: { type: 'boolean' },
});
const say = sayTo(process.stdout);

try {
  const { values, positionals } = parseArgs({ options, allowPositionals: true, allowNegative: true });
  if (values.help) {
    console.log(help);
  } else {
    await start(values, positionals[0]);
  }
} catch (error) {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}

async function start(values, given) {
  const desktop = values.browser ? undefined : findDesktop();
  if (values.desktop && !desktop) {
    throw new Error('No desktop VS Code was found on the PATH. Install it, or run: npm start -- --browser');
  }
  const useDesktop = desktop !== undefined && (values.desktop || canShowWindows());
  if (given !== undefined && !fs.statSync(given, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`${given} is not a folder.`);
  }
  const [folder] = await Promise.all([
    given === undefined ? exampleFolder(values.fresh) : fs.realpathSync(given),
    setup(['bundle', 'engines', 'schemas'], say),
    useDesktop ? undefined : ensureVscode(say),
  ]);
  if (useDesktop) {
    openDesktop(desktop, folder);
  } else {
    await serve(folder, given === undefined, values);
  }
}

/** The example repository, made once for each state of its files: what a person changed in it stays. */
async function exampleFolder(fresh) {
  const key = keyOf([
    ...filesOf(path.join(root, 'examples/shop')),
    { name: 'example.mjs', file: path.join(root, 'scripts/example.mjs') },
  ]);
  const folder = path.join(root, '.cache/example', key, 'shop');
  if (fresh) {
    fs.rmSync(folder, { recursive: true, force: true });
  }
  if (!fs.existsSync(path.join(folder, '.git'))) {
    fs.rmSync(folder, { recursive: true, force: true });
    await createExample(folder);
    say(`example repository: made in ${folder}`);
  }
  return folder;
}

function findDesktop() {
  const windows = process.platform === 'win32';
  const names = ['code', 'code-insiders', 'codium'].map((name) => (windows ? `${name}.cmd` : name));
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((dir) => dir !== '');
  if (process.platform === 'darwin') {
    folders.push('/Applications/Visual Studio Code.app/Contents/Resources/app/bin');
  }
  return names.flatMap((name) => folders.map((dir) => path.join(dir, name))).find((file) => fs.existsSync(file));
}

/** True where a window can appear: a display, or a VS Code terminal whose `code` talks to the window around it. */
function canShowWindows() {
  const { DISPLAY, WAYLAND_DISPLAY, VSCODE_IPC_HOOK_CLI } = process.env;
  return process.platform !== 'linux' || Boolean(DISPLAY || WAYLAND_DISPLAY || VSCODE_IPC_HOOK_CLI);
}

function openDesktop(command, folder) {
  say(`opening ${folder} in ${command}`);
  const child = spawn(command, [`--extensionDevelopmentPath=${root}`, '--new-window', folder], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

/** Serves VS Code until Ctrl+C. The example is trusted; of a person's own folder VS Code asks as usual. */
async function serve(folder, trust, { port, open }) {
  const dataDir = path.join(cacheRoot(), 'vscode-data');
  const extensionsDir = path.join(cacheRoot(), 'vscode-extensions', keyOf([root]));
  installCheckout(extensionsDir);
  const server = await startServer({
    dataDir,
    extensionsDir,
    port,
    trust,
    token: true,
    driver: false,
    settings: { 'security.workspace.trust.startupPrompt': 'once' },
  });
  const url = windowUrl(server, { folder });
  say('ready');
  console.log(`\nOpen this in a browser; Ctrl+C ends it:\n\n  ${url}\n`);
  console.log('Then click the plumb line in the bar on the left, and "Compare with Live State".\n');
  if (open && canShowWindows()) {
    openBrowser(url);
  }
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void server.stop());
  }
  await server.exited;
}

function openBrowser(url) {
  const [command, ...args] = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] }[process.platform] ?? ['xdg-open'];
  spawn(command, [...args, url], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
