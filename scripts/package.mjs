#!/usr/bin/env node
// npm run package: the .vsix, as people install it. What ships is staged in a folder of its own and compared with the list below:
// nothing gets in by accident, and nothing is left behind. Node modules stay out; the bundles hold what is needed of them.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { listFiles as filesBelow, root } from './lib/cache.mjs';
import { ensure as bundle } from './bundle.mjs';

const staging = path.join(root, 'dist/package/extension');

/** Everything that ships. */
const shipped = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|\.vscodeignore)$/,
  /^media\/[\w-]+\.(svg|png)$/,
  /^syntaxes\/[\w.-]+\.json$/,
  /^schemas\/[\w.-]+\.json$/,
  /^dist\/(extension|operations|previews|languageClient|server|serverMain|cli|cliMain|engineWorker|kubeconfig|jsonSchemas)\.js$/,
  /^dist\/engines\/((render|validate)\.wasm\.br|versions\.json|SHA256SUMS|LICENSES)$/,
  /^dist\/schemas\/[\w./-]+\.br$/,
  /^dist\/schemas\/[\w.-]+$/,
];
/** Without these it would not work. */
const needed = [
  'package.json',
  'README.md',
  'LICENSE',
  'media/plumbline.svg',
  'schemas/check.schema.json',
  'schemas/upgrade.schema.json',
  'schemas/drift.schema.json',
  'dist/extension.js',
  'dist/operations.js',
  'dist/previews.js',
  'dist/languageClient.js',
  'dist/server.js',
  'dist/serverMain.js',
  'dist/cli.js',
  'dist/cliMain.js',
  'dist/engineWorker.js',
  'dist/engines/render.wasm.br',
  'dist/engines/validate.wasm.br',
  'dist/schemas/kubernetes.json.br',
  'dist/schemas/definitions.jsonl.br',
  'dist/schemas/crds/prometheus-operator.jsonl.br',
];

/** Packs the extension; `engines: false` leaves the large parts out, for tests of the rest. Resolves with the file. */
export async function packageExtension({ engines = true, say = () => {} } = {}) {
  fs.rmSync(staging, { recursive: true, force: true });
  fs.mkdirSync(path.join(staging, 'dist'), { recursive: true });
  for (const name of ['README.md', 'LICENSE', 'CHANGELOG.md', '.vscodeignore', 'media', 'syntaxes']) {
    if (fs.existsSync(path.join(root, name))) {
      fs.cpSync(path.join(root, name), path.join(staging, name), { recursive: true });
    }
  }
  // What the command line's JSON looks like, and `.plumbline.yaml`.
  fs.cpSync(path.join(root, 'server/schemas'), path.join(staging, 'schemas'), { recursive: true });
  writeManifest();
  await bundle(say, { minify: true, to: path.join(staging, 'dist') });
  if (engines) {
    const [engineParts, schemaParts] = await Promise.all([import('./engines.mjs'), import('./schemas.mjs')]);
    await engineParts.writePackage(path.join(staging, 'dist/engines'), say);
    await schemaParts.writePackage(path.join(staging, 'dist/schemas'), say);
  }
  await checkList(engines);
  const { name, version } = JSON.parse(fs.readFileSync(path.join(staging, 'package.json'), 'utf8'));
  const file = path.join(root, 'dist/package', `${name}-${version}${engines ? '' : '-without-engines'}.vsix`);
  await createVSIX({ cwd: staging, packagePath: file, dependencies: false });
  say(`${file}: ${(fs.statSync(file).size / 1024 / 1024).toFixed(1)} MB`);
  return file;
}

/** The manifest without what only the checkout needs. */
function writeManifest() {
  const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  delete manifest.scripts;
  delete manifest.devDependencies;
  delete manifest.dependencies;
  fs.writeFileSync(path.join(staging, 'package.json'), JSON.stringify(manifest, null, 2));
}

async function checkList(engines) {
  const packed = await listFiles({ cwd: staging, packageManager: PackageManager.None });
  const surprising = packed.filter((file) => !shipped.some((pattern) => pattern.test(file)));
  const left = filesBelow(staging).filter((file) => !packed.includes(file) && file !== '.vscodeignore');
  const missing = needed.filter(
    (file) => !packed.includes(file) && (engines || !/^dist\/(engines|schemas)\//.test(file)),
  );
  const faults = [
    ...surprising.map((file) => `${file} would ship and is not on the list`),
    ...left.map((file) => `${file} is left out by .vscodeignore`),
    ...missing.map((file) => `${file} is missing`),
  ];
  if (faults.length > 0) {
    throw new Error(`The package is not what it should be:\n  ${faults.join('\n  ')}`);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    console.log(await packageExtension({ engines: !process.argv.includes('--without-engines'), say: console.error }));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
