// Runs the tests inside the extension host of a real VS Code, on a fresh example repository.
//   node test/e2e/runTests.mjs [grep]
// VSCODE_EXECUTABLE names a desktop VS Code to use instead of the one from npm.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { createExample } from '../../scripts/example.mjs';
import { root } from '../../scripts/lib/cache.mjs';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-editor-'));
const folder = path.join(dir, 'shop');
const screenshot = path.join(root, 'dist/screenshots/editor-tests-failed.png');
try {
  await createExample(folder);
  fs.mkdirSync(path.dirname(screenshot), { recursive: true });
  await runTests({
    vscodeExecutablePath: process.env.VSCODE_EXECUTABLE ?? path.join(root, 'test/support/vscodeExecutable.mjs'),
    extensionDevelopmentPath: [root, path.join(root, 'test/e2e/yamlExtension')],
    extensionTestsPath: path.join(root, 'out/test/e2e/suite/index.js'),
    launchArgs: [folder],
    extensionTestsEnv: { PLUMBLINE_GREP: process.argv[2] ?? '', PLUMBLINE_SCREENSHOT: screenshot },
  });
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
} finally {
  fs.rmSync(dir, { recursive: true, force: true });
}
