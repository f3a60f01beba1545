// Runs the journeys: people's whole ways through the editor, with real clicks.
//   node test/e2e/journeys.mjs [name…]
import fs from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';
import { root } from '../../scripts/lib/cache.mjs';

const dir = path.join(root, 'test/e2e/journeys');
const wanted = process.argv.slice(2);
const mocha = new Mocha({ forbidOnly: true, forbidPending: true, timeout: 240_000 });
for (const name of fs.readdirSync(dir).sort()) {
  if (name.endsWith('.mjs') && (wanted.length === 0 || wanted.includes(name.replace('.mjs', '')))) {
    mocha.addFile(path.join(dir, name));
  }
}
await mocha.loadFilesAsync();
mocha.run((failures) => {
  process.exitCode = failures > 0 ? 1 : 0;
});
