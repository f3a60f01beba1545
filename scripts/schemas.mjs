// Makes the schema pack: Kubernetes definitions of several minors and the CRDs of common products, from pinned Go modules.
// `node scripts/schemas.mjs` links it to dist/schemas; `--package OUTDIR` writes the compressed files of the packaged extension.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { pathToFileURL } from 'node:url';
import { filesOf, keyOf, listFiles, once, root } from './lib/cache.mjs';
import { readCrds } from './schemapack/crds.mjs';
import { generateCrds } from './schemapack/generate.mjs';
import { readRelease } from './schemapack/kubernetes.mjs';
import { lifecycleModules, readLifecycles } from './schemapack/lifecycle.mjs';
import { crdModules, downloadModules, kubernetesReleases } from './schemapack/modules.mjs';
import { pack } from './schemapack/pack.mjs';

const linked = path.join(root, 'dist/schemas');

/** Folder of the pack, made when its generator or pins changed; also found as `dist/schemas`. */
export async function ensure(say = () => {}) {
  const key = keyOf([
    ...filesOf(path.join(root, 'scripts/schemapack')),
    fs.readFileSync(path.join(root, 'scripts/schemas.mjs'), 'utf8').replaceAll('\r\n', '\n'),
  ]);
  const dir = await once('schemas', key, build, { say, usually: '1 min, and 350 MB of downloads' });
  link(dir);
  return dir;
}

async function build(dir, say) {
  const kubernetes = (release) => `k8s.io/kubernetes@v${release}`;
  const crds = (m) => `${m.module}@${m.version}`;
  const folders = await downloadModules([
    ...kubernetesReleases.map((r) => kubernetes(r.release)),
    ...crdModules.map(crds),
    ...lifecycleModules,
  ]);
  const releases = kubernetesReleases.map(({ minor, release }) => ({
    minor,
    release,
    ...readRelease(folders.get(kubernetes(release))),
  }));
  const packed = pack(releases);
  write(dir, 'kubernetes.json', packed.kubernetes);
  writeLines(dir, 'definitions.jsonl', packed.bodies);
  write(dir, 'descriptions.json', packed.descriptions);
  write(dir, 'lifecycle.json', { format: 1, apis: readLifecycles(lifecycleModules.map((name) => folders.get(name))) });

  const index = [];
  const licences = new Map();
  addLicence(licences, 'Kubernetes (k8s.io/kubernetes)', folders.get(kubernetes(kubernetesReleases.at(-1).release)));
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-schemas-'));
  const products = crdModules.map((m) => {
    const folder = folders.get(crds(m));
    return { ...m, places: m.in.map((place) => path.join(folder, place)), licence: folder };
  });
  try {
    products.push(...(await generateCrds(work)));
    for (const product of products) {
      addLicence(licences, `${product.product} (${product.module})`, product.licence);
      // The definitions of a product have much in common, so they are compressed together; each is parsed alone.
      const file = product.product.toLowerCase().replaceAll(' ', '-');
      const found = readCrds(product.places, product);
      index.push(...found.map(({ entry }, line) => ({ ...entry, in: file, line })));
      writeLines(
        dir,
        `crds/${file}.jsonl`,
        found.map(({ definition }) => definition),
      );
      writeLines(
        dir,
        `crds/${file}.descriptions.jsonl`,
        found.map(({ descriptions }) => descriptions),
      );
    }
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
  index.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const [i, { name }] of index.entries()) {
    if (name === index[i + 1]?.name) {
      throw new Error(`${name} is defined by ${index[i].product} and by ${index[i + 1].product}`);
    }
  }
  write(dir, 'crds.json', { format: 2, crds: index });
  write(dir, 'versions.json', {
    kubernetes: Object.fromEntries(kubernetesReleases.map((r) => [r.minor, r.release])),
    products: Object.fromEntries(products.map((p) => [p.product, p.version])),
  });
  fs.writeFileSync(
    path.join(dir, 'LICENSES'),
    [...licences].map(([text, names]) => `${names.join('\n')}\n${'='.repeat(72)}\n${text}\n`).join('\n\n'),
  );
  say(`schemas: ${packed.bodies.length} definitions, ${packed.kubernetes.kinds.length} kinds, ${index.length} CRDs`);
}

function write(dir, name, value) {
  const file = path.join(dir, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, JSON.stringify(value));
}

/** One value per line, so that one can be parsed without the others. */
function writeLines(dir, name, values) {
  const file = path.join(dir, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, values.map((value) => JSON.stringify(value)).join('\n'));
}

/** Adds the licence that came with a module; products with the same text share it. */
function addLicence(licences, name, folder) {
  const file = ['LICENSE', 'LICENSE.md'].map((f) => path.join(folder, f)).find((f) => fs.existsSync(f));
  if (file === undefined) {
    throw new Error(`${name} comes without a licence`);
  }
  const text = fs.readFileSync(file, 'utf8').trimEnd();
  licences.set(text, [...(licences.get(text) ?? []), name]);
}

function link(dir) {
  if (fs.existsSync(linked) && fs.realpathSync(linked) === fs.realpathSync(dir)) {
    return;
  }
  fs.mkdirSync(path.dirname(linked), { recursive: true });
  fs.rmSync(linked, { recursive: true, force: true });
  fs.symlinkSync(dir, linked, 'junction');
}

/** Writes the pack as the packaged extension carries it: every JSON file as brotli. Returns the total size. */
export async function writePackage(target, say = () => {}) {
  const dir = await ensure(say);
  fs.rmSync(target, { recursive: true, force: true });
  let total = 0;
  for (const name of listFiles(dir, (n) => n !== '.ready')) {
    const content = fs.readFileSync(path.join(dir, name));
    const compress = /\.jsonl?$/.test(name);
    const bytes = compress
      ? brotliCompressSync(content, {
          params: {
            [constants.BROTLI_PARAM_QUALITY]: 11,
            [constants.BROTLI_PARAM_LGWIN]: 24,
            [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
          },
        })
      : content;
    const file = path.join(target, compress ? `${name}.br` : name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, bytes);
    total += bytes.length;
  }
  return total;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const at = process.argv.indexOf('--package');
  if (at > 0) {
    const target = path.resolve(process.argv[at + 1] ?? 'dist/package/schemas');
    const total = await writePackage(target, console.log);
    console.log(`${target}: ${Math.round(total / 1024)} KB`);
  } else {
    console.log(await ensure(console.log));
  }
}
