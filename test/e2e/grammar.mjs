// The template grammar, tested where it runs: injected into the YAML grammar that VS Code ships.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from '../../scripts/lib/cache.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { ensureVscode } from '../../scripts/vscode.mjs';

const { vscode } = await ensureVscode(console.error);
const yaml = path.join(vscode, 'extensions/yaml');
const builtin = JSON.parse(fs.readFileSync(path.join(yaml, 'package.json'), 'utf8')).contributes;
const own = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')).contributes;

// The test tool applies injections only from a manifest, so one is made that holds both sides' contributions. It reads paths
// relative to that manifest.
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-grammar-'));
const at = (folder, grammars) => grammars.map((g) => ({ ...g, path: path.relative(dir, path.join(folder, g.path)) }));
const manifest = {
  contributes: {
    languages: builtin.languages.filter((l) => l.id === 'yaml'),
    grammars: [...at(yaml, builtin.grammars), ...at(root, own.grammars)],
  },
};
try {
  const config = path.join(dir, 'package.json');
  fs.writeFileSync(config, JSON.stringify(manifest));
  const tool = path.join(root, 'node_modules/vscode-tmgrammar-test/dist/unit.js');
  const cases = path.join(root, 'test/e2e/grammar/*.yaml');
  console.log(await run(process.execPath, [tool, '--config', config, cases], { cwd: root }));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  fs.rmSync(dir, { recursive: true, force: true });
}
