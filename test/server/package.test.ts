// What ships: the package is exactly the files on the list of scripts/package.mjs. The engines, which take minutes to compress, are
// left out here; `npm run package` holds them to the same list.
import * as assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { promisify } from 'node:util';

const root = path.resolve(__dirname, '../../..');

describe('package', () => {
  it('holds what is on the list and nothing else, and the extension’s bundle is within its limit', async () => {
    const run = promisify(execFile);
    const script = path.join(root, 'scripts/package.mjs');
    const { stdout } = await run(process.execPath, [script, '--without-engines'], { cwd: root });
    assert.match(stdout, /plumbline-\d+\.\d+\.\d+(-without-engines)?\.vsix/);
  });
});
