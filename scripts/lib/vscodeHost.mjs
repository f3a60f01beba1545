// Runs the VS Code that scripts/vscode.mjs installs: its server, and windows of it in a headless Chromium. Used by `npm start`,
// by the tests inside the extension host and by the journeys that click like a person.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { URLSearchParams } from 'node:url';
import { ensureChromium, ensureVscode } from '../vscode.mjs';
import { root } from './cache.mjs';
import { run } from './run.mjs';

/** Settings that keep the window quiet and the person's files untouched. */
export const quietSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  // In a browser the default is `afterDelay`: a test that types would change the repository.
  'files.autoSave': 'off',
  'git.openRepositoryInParentFolders': 'never',
  'git.autofetch': false,
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.commandCenter': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

const temporaryDir = () => fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-vscode-'));

/**
 * Starts one server. Options:
 * `settings` on top of the quiet ones; `dataDir` to keep its data (default: a temporary folder, removed by `stop`);
 * `extensionsDir` with installed extensions; `port` (default: any free one); `token` (default false) asks for a connection
 * token; `driver` (default true) honours the development payload, but hides notification toasts; `trust` (default true: every
 * folder is trusted); `env` is added to the environment of the extension hosts.
 */
export async function startServer(options = {}) {
  const { vscode, node } = await ensureVscode(options.say);
  const dataDir = options.dataDir ?? temporaryDir();
  writeSettings(dataDir, { ...quietSettings, ...options.settings });
  const args = [
    'out/server-main.js',
    ...['--host', '127.0.0.1', '--port', String(options.port ?? 0)],
    ...['--telemetry-level', 'off', '--server-data-dir', dataDir, '--accept-server-license-terms'],
    ...(options.token ? [] : ['--without-connection-token']),
    ...((options.trust ?? true) ? ['--disable-workspace-trust'] : []),
    ...((options.driver ?? true) ? ['--enable-smoke-test-driver'] : []),
    ...(options.extensionsDir ? ['--extensions-dir', options.extensionsDir] : []),
  ];
  const child = spawn(node, args, {
    cwd: vscode,
    stdio: ['ignore', 'pipe', 'pipe'],
    // The caller's Node options are for the caller's Node.
    env: { ...process.env, ...options.env, NODE_OPTIONS: '' },
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(kill, 5000);
    await exited;
    clearTimeout(timer);
    process.removeListener('exit', kill);
    if (options.dataDir === undefined) {
      fs.rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
  };
  try {
    const { port, token } = await address(child);
    return { port, token, dataDir, exited, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function writeSettings(dataDir, settings) {
  for (const scope of ['User', 'Machine']) {
    const dir = path.join(dataDir, 'data', scope);
    fs.mkdirSync(dir, { recursive: true });
    const file = path.join(dir, 'settings.json');
    // A person's own changes from an earlier start win.
    const kept = scope === 'User' && fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
    fs.writeFileSync(file, JSON.stringify({ ...settings, ...kept }, null, 2));
  }
}

/** The port (and token) that the server prints once it listens. */
function address(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`VS Code's server did not start within 60 s:\n${text}`)), 60_000);
    const settle = (settleWith, value) => {
      clearTimeout(timer);
      settleWith(value);
    };
    const read = (chunk) => {
      text += chunk;
      const match = /available at https?:\/\/[^:\s]+:(\d+)(?:\/?\?tkn=([\w-]+))?/.exec(text);
      if (match) {
        settle(resolve, { port: Number(match[1]), token: match[2] });
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', (error) => settle(reject, error));
    child.once('exit', (code) => settle(reject, new Error(`VS Code's server ended with ${code}:\n${text}`)));
  });
}

/**
 * Lets the server see the checkout as an installed extension: after `npm run bundle`, reloading the window is enough. The folder
 * itself is linked: with linked files the editor would not know whose code runs.
 */
export function installCheckout(extensionsDir) {
  fs.rmSync(extensionsDir, { recursive: true, force: true });
  fs.mkdirSync(extensionsDir, { recursive: true });
  linkExtension(extensionsDir, root);
}

/** Lets the server see a folder as one more installed extension. */
export function linkExtension(extensionsDir, folder) {
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const name = `${manifest.publisher}.${manifest.name}-${manifest.version}`;
  fs.symlinkSync(folder, path.join(extensionsDir, name), 'junction');
}

/** Installs a packed extension into `extensionsDir`. */
export async function installExtension(vsix, extensionsDir, dataDir, say) {
  const { vscode, node } = await ensureVscode(say);
  const places = ['--extensions-dir', extensionsDir, '--server-data-dir', dataDir];
  await run(node, ['out/server-main.js', '--install-extension', vsix, ...places, '--force'], {
    cwd: vscode,
    env: { NODE_OPTIONS: '' },
  });
}

/**
 * Address of a window on `folder`. `extension`: folder of an extension under development; `tests`: its test entry.
 * Both need a server with the driver.
 */
export function windowUrl({ port, token }, { folder, extension, tests } = {}) {
  const remote = (file) => `vscode-remote://remote${file}`;
  const payload = [
    ['skipWelcome', 'true'],
    ...(extension ? [['extensionDevelopmentPath', remote(extension)]] : []),
    ...(tests ? [['extensionTestsPath', remote(tests)]] : []),
  ];
  const query = new URLSearchParams();
  if (token) {
    query.set('tkn', token);
  }
  if (folder) {
    query.set('folder', folder);
  }
  if (extension) {
    query.set('payload', JSON.stringify(payload));
  }
  return `http://127.0.0.1:${port}/?${query}`;
}

/** A headless Chromium; end it with `close()`. */
export async function launchChromium(say) {
  const executablePath = await ensureChromium(say);
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/**
 * Opens a window and waits for its workbench. Nothing but this machine can be reached from it; `outside` collects what was
 * asked for. `exitCode` resolves when a test run in the window ends; `onLog` receives what it prints.
 */
export async function openWindow(browser, server, options = {}) {
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1400, height: 900 },
    colorScheme: options.colorScheme ?? 'dark',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const outside = new Set();
  const isOutside = (url) => /^https?:$/.test(url.protocol) && !['localhost', '127.0.0.1'].includes(url.hostname);
  await context.route(isOutside, (route) => {
    outside.add(new URL(route.request().url()).hostname);
    return route.abort();
  });
  let exit;
  const exitCode = new Promise((resolve) => {
    exit = resolve;
  });
  await context.exposeFunction('codeAutomationExit', (code) => exit(code));
  await context.exposeFunction('codeAutomationLog', (type, args) => options.onLog?.(type, args));
  const page = await context.newPage();
  await page.goto(windowUrl(server, options));
  await page.waitForSelector('.monaco-workbench', { timeout: 120_000 });
  return { context, page, exitCode, outside };
}
