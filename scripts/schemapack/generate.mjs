// Custom resource definitions generated from Go types with the generator that the products themselves use.
import fs from 'node:fs';
import path from 'node:path';
import { goToolchain } from '../lib/go.mjs';
import { run } from '../lib/run.mjs';

/** Modules whose definitions are generated; versions are those of `generated/go.mod`. */
const generated = [
  { product: 'Flux image-automation-controller', module: 'github.com/fluxcd/image-automation-controller/api' },
  { product: 'Flux image-reflector-controller', module: 'github.com/fluxcd/image-reflector-controller/api' },
  { product: 'Flux source-watcher', module: 'github.com/fluxcd/source-watcher/api/v2' },
];

/** `[{ product, module, version, places, licence }]`: folders below `work` with one YAML file per kind. */
export async function generateCrds(work) {
  const { go, env } = await goToolchain();
  const source = path.join(work, 'source');
  fs.cpSync(path.join(import.meta.dirname, 'generated'), source, { recursive: true });
  const program = path.join(work, process.platform === 'win32' ? 'controller-gen.exe' : 'controller-gen');
  const options = { cwd: source, env };
  await run(go, ['build', '-p=3', '-o', program, 'sigs.k8s.io/controller-tools/cmd/controller-gen'], options);
  const made = [];
  for (const { product, module } of generated) {
    const { Version: version, Dir: dir } = JSON.parse(await run(go, ['list', '-m', '-json', module], options));
    const folder = path.join(work, path.basename(path.dirname(module)));
    await run(program, ['crd', `paths=${module}/...`, `output:crd:dir=${folder}`], options);
    made.push({ product, module, version, places: [folder], licence: dir });
  }
  return made;
}
