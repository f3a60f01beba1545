#!/usr/bin/env node
// npm run test:parity: how often the verdict of `plumbline check` is that of a real API server, on manifests that nobody wrote for
// the purpose and on faults planted in them; hostile input. See test/parity/README.md.
//   node scripts/parity.mjs [part…]     parts: natural, create, hostile, yamlSuite, edits
import { spawn } from 'node:child_process';
import path from 'node:path';
import { root } from './lib/cache.mjs';
import { sayTo, setup } from './setup.mjs';

await setup(['types', 'engines', 'schemas', 'testcluster', 'peers'], sayTo(process.stderr));
const wanted = process.argv.slice(2);
const files = (wanted.length > 0 ? wanted : ['*']).map((part) => `out/test/parity/${part}.test.js`);
const mocha = path.join(root, 'node_modules/mocha/bin/mocha.js');
const child = spawn(process.execPath, [mocha, '--forbid-only', '--exit', '--timeout', '1800000', ...files], {
  cwd: root,
  stdio: 'inherit',
});
child.on('close', (code) => (process.exitCode = code ?? 1));
