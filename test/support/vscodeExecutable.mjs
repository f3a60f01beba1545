#!/usr/bin/env node
// Stands in for the desktop executable where there is none: takes the flags that @vscode/test-electron passes, and runs them in
// the VS Code from npm. Its exit status is that of the tests.
import path from 'node:path';
import { format } from 'node:util';
import { launchChromium, openWindow, startServer } from '../../scripts/lib/vscodeHost.mjs';

const minutes = 6;
const flag = (name) => process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? undefined;
const folder = process.argv.slice(2).find((arg) => !arg.startsWith('-')) ?? '.';

const server = await startServer({ say: console.error });
const browser = await launchChromium(console.error);
try {
  let started = false;
  const { page, exitCode, context } = await openWindow(browser, server, {
    folder: path.resolve(folder),
    extension: path.resolve(flag('extensionDevelopmentPath')),
    tests: path.resolve(flag('extensionTestsPath')),
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
}
