#!/usr/bin/env node
// Stands in for the desktop executable where there is none: takes the flags that @vscode/test-electron passes, and runs them in
// the VS Code from npm. Its exit status is that of the tests.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { format } from 'node:util';
import { launchChromium, linkExtension, openWindow, startServer } from '../../scripts/lib/vscodeHost.mjs';

const minutes = 6;
const flags = (name) =>
  process.argv.filter((arg) => arg.startsWith(`--${name}=`)).map((arg) => path.resolve(arg.slice(name.length + 3)));
const folder = process.argv.slice(2).find((arg) => !arg.startsWith('-')) ?? '.';

// A window in the browser takes one extension under development: the others count as installed.
const [extension, ...others] = flags('extensionDevelopmentPath');
const extensionsDir = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-extensions-'));
others.forEach((other) => linkExtension(extensionsDir, other));
const server = await startServer({ say: console.error, ...(others.length > 0 ? { extensionsDir } : {}) });
const browser = await launchChromium(console.error);
try {
  let started = false;
  const { page, exitCode, context } = await openWindow(browser, server, {
    folder: path.resolve(folder),
    extension,
    tests: flags('extensionTestsPath')[0],
    onLog: (type, args) => {
      const text = format(...args);
      // The tests' own output goes to `info`; the editor's reports on itself go elsewhere or come before the first suite.
      started ||= text.includes('Plumbline in the editor');
      if (started && type === 'info' && !/^\[\w+\] /.test(text)) {
        console.log(text);
      }
    },
  });
  const timeout = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`No result within ${minutes} minutes`)), minutes * 60_000).unref();
  });
  try {
    process.exitCode = await Promise.race([exitCode, timeout]);
  } finally {
    if (process.exitCode !== 0 && process.env.PLUMBLINE_SCREENSHOT) {
      await page.screenshot({ path: process.env.PLUMBLINE_SCREENSHOT });
    }
    await context.close();
  }
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await browser.close();
  await server.stop();
  fs.rmSync(extensionsDir, { recursive: true, force: true });
}
