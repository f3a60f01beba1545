#!/usr/bin/env node
// Builds the engines (Go, engines/) as WebAssembly modules into the cache and places them in dist/engines.
//   node scripts/engines.mjs                 build what is missing
//   node scripts/engines.mjs --test          go vet and go test of all Go code
//   node scripts/engines.mjs --sources       patched modules into engines/third_party, for go commands and editors in the checkout
//   node scripts/engines.mjs --package DIR   brotli files, checksums and licences, as the extension carries them
//   node scripts/engines.mjs --generate      the list of API versions that charts see, as the real helm prints it
//   node scripts/engines.mjs --verify        build each module twice, in different folders, and compare
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { keyOf, once, root } from './lib/cache.mjs';
import { copySources, enginesDir, prepareSources, sourceParts } from './lib/engineSources.mjs';
import { goToolchain } from './lib/go.mjs';
import { run } from './lib/run.mjs';
import { peer } from './peers.mjs';
import { limitMemory } from './lib/wasmMemory.mjs';
import { snapshot } from './lib/wasmSnapshot.mjs';

const placed = path.join(root, 'dist', 'engines');
const megabyte = 1024 * 1024;
/** What the packaged extension may carry of each module, compressed. */
const packageLimits = { render: 6 * megabyte, validate: 13 * megabyte };
/** What a module may take at run time: several times what the largest real repositories need. */
const memoryLimits = { render: 1024 * megabyte, validate: 1536 * megabyte };
const usually = { render: '40 s', validate: '2 min' };
const wasm = { GOOS: 'wasip1', GOARCH: 'wasm' };
/** What changes a module after its compilation. */
const rewriters = ['wasmMemory.mjs', 'wasmSections.mjs', 'wasmSnapshot.mjs'];
/** Modules whose versions people see. */
const shown = { kustomize: 'sigs.k8s.io/kustomize/api', helm: 'helm.sh/helm/v4', kubernetes: 'k8s.io/kubernetes' };

/** The engines that are in the repository: folders with a Go module that is compiled for WebAssembly. */
const engineNames = () =>
  Object.keys(packageLimits).filter((name) => fs.existsSync(path.join(enginesDir, name, 'go.mod')));

const threads = () => String(Math.min(3, os.availableParallelism()));

/** Flags that make a build the same on every machine. */
async function buildFlags(engine, dir, { go, env }) {
  const text = await run(go, ['mod', 'edit', '-json'], { cwd: path.join(dir, engine), env });
  const helm = JSON.parse(text).Require.find((r) => r.Path === shown.helm);
  // Helm's releases are stamped with their version; charts can print it.
  const stamp = helm === undefined ? '' : ` -X helm.sh/helm/v4/internal/version.version=${helm.Version}`;
  return ['-mod=readonly', '-trimpath', '-buildvcs=false', `-ldflags=-s -w${stamp}`];
}

/** Compiles one engine in `dir`, which is filled for it and emptied afterwards; gives the module's path. */
async function compile(engine, dir, target, tools) {
  await copySources(engine, dir, tools);
  const flags = await buildFlags(engine, dir, tools);
  const out = path.join(target, `${engine}.wasm`);
  await run(tools.go, ['build', ...flags, '-buildmode=c-shared', '-p', threads(), '-o', out, '.'], {
    cwd: path.join(dir, engine),
    env: { ...tools.env, ...wasm },
  });
  limitMemory(out, memoryLimits[engine]);
  await snapshot(out);
  return out;
}

/** The licence of what every Go program contains. Packaged distributions of Go may lack the file. */
async function goLicence({ go, env }) {
  const file = path.join((await run(go, ['env', 'GOROOT'], { env })).trim(), 'LICENSE');
  return fs.existsSync(file)
    ? fs.readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trimEnd()
    : 'Copyright The Go Authors. BSD 3-Clause licence: https://go.dev/LICENSE';
}

/** Versions of the modules that are linked, and their licences, side by side with the module. */
async function describe(engine, dir, target, { go, env }) {
  const format =
    '{{with .Module}}{{.Path}}\t{{.Version}}\t{{with .Replace}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{else}}\t\t{{.Dir}}{{end}}{{end}}';
  const text = await run(go, ['list', '-mod=readonly', '-deps', '-f', format, '.'], {
    cwd: path.join(dir, engine),
    env: { ...env, ...wasm },
  });
  const modules = [...new Set(text.split('\n').filter(Boolean))].sort().map((line) => {
    const [module, version, replacement, replacedVersion, folder] = line.split('\t');
    const changed = replacement.startsWith('../third_party/');
    return { module, version: changed ? version : replacedVersion || version, changed, folder };
  });
  const licences = new Map([[await goLicence({ go, env }), ['The Go standard library']]]);
  for (const { module, version, changed, folder } of modules) {
    if (module.startsWith('plumbline.dev/')) {
      continue;
    }
    const texts = fs
      .readdirSync(folder)
      .filter(
        (name) => /^(licen[cs]e|notice|copying|patents)/i.test(name) && fs.statSync(path.join(folder, name)).isFile(),
      )
      .sort()
      .map((name) => fs.readFileSync(path.join(folder, name), 'utf8').replaceAll('\r\n', '\n').trimEnd());
    if (texts.length === 0) {
      throw new Error(`${module} ${version} is linked into the ${engine} engine but carries no licence`);
    }
    const label = `${module} ${version}${changed ? ' (changed for Plumbline: engines/patches)' : ''}`;
    const all = texts.join('\n\n');
    licences.set(all, [...(licences.get(all) ?? []), label]);
  }
  const versions = Object.fromEntries(
    Object.entries(shown).flatMap(([name, module]) => {
      const found = modules.find((m) => m.module === module);
      return found === undefined ? [] : [[name, found.version.replace(/^v/, '')]];
    }),
  );
  fs.writeFileSync(path.join(target, 'versions.json'), JSON.stringify(versions) + '\n');
  fs.writeFileSync(
    path.join(target, 'LICENSES'),
    [...licences].map(([all, names]) => `${names.join('\n')}\n${'='.repeat(72)}\n${all}\n`).join('\n\n'),
  );
}

/** The cache folder with `<engine>.wasm`, `versions.json` and `LICENSES`. A change of one engine leaves the other alone. */
async function built(engine, tools, say) {
  const key = keyOf([
    ...(await sourceParts(engine, tools)),
    `memory ${memoryLimits[engine]}`,
    ...rewriters.map((file) => fs.readFileSync(path.join(root, 'scripts/lib', file), 'utf8').replaceAll('\r\n', '\n')),
  ]);
  return once(
    `engine-${engine}`,
    key,
    async (target) => {
      const sources = path.join(target, 'sources');
      try {
        await compile(engine, sources, target, tools);
        await describe(engine, sources, target, tools);
      } finally {
        fs.rmSync(sources, { recursive: true, force: true });
      }
    },
    { say, usually: usually[engine] },
  );
}

/** Builds the engines that are missing and places them. Resolves with the folder that holds them. */
export async function ensure(say = () => {}) {
  const tools = await goToolchain(say);
  const versions = { go: tools.version.replace(/^go version (\S+).*$/, '$1') };
  // One after the other: a compiler per core is busy with each.
  for (const engine of engineNames()) {
    const dir = await built(engine, tools, say);
    place(path.join(dir, `${engine}.wasm`), path.join(placed, `${engine}.wasm`));
    versions[engine] = JSON.parse(fs.readFileSync(path.join(dir, 'versions.json'), 'utf8'));
  }
  const text = JSON.stringify(versions, undefined, 2) + '\n';
  const file = path.join(placed, 'versions.json');
  if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text) {
    fs.writeFileSync(file, text);
  }
  return placed;
}

/** A hard link where the file system allows it, else a copy; nothing where it is the same file already. */
function place(from, to) {
  const [wanted, there] = [fs.statSync(from), fs.statSync(to, { throwIfNoEntry: false })];
  if (there !== undefined && there.size === wanted.size && there.mtimeMs === wanted.mtimeMs) {
    return;
  }
  fs.mkdirSync(path.dirname(to), { recursive: true });
  const fresh = `${to}.${process.pid}`;
  try {
    fs.linkSync(from, fresh);
  } catch {
    fs.copyFileSync(from, fresh);
    fs.utimesSync(fresh, wanted.atime, wanted.mtime);
  }
  fs.renameSync(fresh, to);
}

/** As `-exec` reads it: words, quoted because paths may hold spaces. */
const wasiRun = [process.execPath, '--no-warnings', path.join(root, 'scripts', 'lib', 'wasiRun.mjs')]
  .map((word) => `'${word}'`)
  .join(' ');

/** `go vet` and `go test` of everything in engines/. Rejects with what failed. */
export async function goTest(say = () => {}) {
  const tools = await goToolchain(say);
  const { go, env } = tools;
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-go-'));
  try {
    for (const engine of engineNames()) {
      await copySources(engine, dir, tools, { tests: true });
    }
    for (const module of ['abi', ...engineNames()]) {
      const cwd = path.join(dir, module);
      const started = Date.now();
      // Tested as it runs here, except for the engine that holds most of Kubernetes: compiling that for this machine as well would
      // take minutes, and its packages are there as they ship.
      await run(go, ['vet', '-mod=readonly', './...'], { cwd, env: { ...env, ...wasm } });
      const asShipped = module === 'validate';
      const out = await run(
        go,
        ['test', '-mod=readonly', '-trimpath', '-p', threads(), ...(asShipped ? ['-exec', wasiRun] : []), './...'],
        { cwd, env: asShipped ? { ...env, ...wasm } : env },
      );
      const packages = out.split('\n').filter((line) => line.startsWith('ok')).length;
      say(`engines/${module}: ${packages} tested packages, ${Math.round((Date.now() - started) / 1000)} s`);
    }
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

/** Fills engines/third_party (ignored by Git), so that go commands and editors work in the checkout. */
export async function sources(say = () => {}) {
  const tools = await goToolchain(say);
  for (const engine of engineNames()) {
    await prepareSources(engine, enginesDir, tools);
  }
  say(`patched modules are in ${path.join(enginesDir, 'third_party')}`);
}

/** Writes what the packaged extension carries: `<engine>.wasm.br`, `versions.json`, `SHA256SUMS`, `LICENSES`. */
export async function writePackage(target, say = () => {}) {
  const tools = await goToolchain(say);
  await ensure(say);
  fs.mkdirSync(target, { recursive: true });
  fs.copyFileSync(path.join(placed, 'versions.json'), path.join(target, 'versions.json'));
  const licences = [];
  const sums = [];
  for (const engine of engineNames()) {
    const dir = await built(engine, tools, say);
    const bytes = await compressed(path.join(dir, `${engine}.wasm`), say);
    if (bytes.length > packageLimits[engine]) {
      const sizes = [bytes.length, packageLimits[engine]].map((n) => (n / megabyte).toFixed(2));
      throw new Error(`${engine}.wasm.br has ${sizes[0]} MB; at most ${sizes[1]} are allowed`);
    }
    fs.writeFileSync(path.join(target, `${engine}.wasm.br`), bytes);
    sums.push(`${createHash('sha256').update(bytes).digest('hex')}  ${engine}.wasm.br\n`);
    licences.push(`Linked into ${engine}.wasm:\n\n${fs.readFileSync(path.join(dir, 'LICENSES'), 'utf8')}`);
    say(`${engine}.wasm.br: ${(bytes.length / megabyte).toFixed(2)} MB`);
  }
  fs.writeFileSync(path.join(target, 'SHA256SUMS'), sums.join(''));
  fs.writeFileSync(path.join(target, 'LICENSES'), licences.join('\n\n'));
}

async function compressed(file, say) {
  const content = fs.readFileSync(file);
  const key = createHash('sha256').update(content).digest('hex').slice(0, 16);
  const dir = await once(
    'engine-brotli',
    key,
    async (target) => {
      const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
      params[constants.BROTLI_PARAM_LGWIN] = constants.BROTLI_MAX_WINDOW_BITS;
      fs.writeFileSync(path.join(target, 'module.br'), await promisify(brotliCompress)(content, { params }));
    },
    { say, usually: '2 min' },
  );
  return fs.readFileSync(path.join(dir, 'module.br'));
}

/** Writes what the real helm knows of Kubernetes; the engine has it as data (see patches/helm.patch). */
async function generate(say) {
  const helm = await peer('helm', say);
  const text = await run(helm, ['template', 'x', path.join(enginesDir, 'render/testdata/charts/capabilities')]);
  const kube = /^kube: (\S+)$/m.exec(text)[1];
  const apis = JSON.parse(/^apis: (.+)$/m.exec(text)[1]);
  const file = path.join(enginesDir, 'render', 'internal', 'chart', 'apiversions_generated.go');
  const lines = [
    '// Code generated by scripts/engines.mjs --generate from what the real helm prints. DO NOT EDIT.',
    '',
    'package chart',
    '',
    `const defaultKubernetesVersion = "${kube}"`,
    '',
    'var defaultAPIVersions = []string{',
    ...apis.map((api) => `\t"${api}",`),
    '}',
    '',
  ];
  fs.writeFileSync(file, lines.join('\n'));
  say(`${file}: Kubernetes ${kube}, ${apis.length} API versions`);
}

/** Builds each module in two folders of different names; rejects where the results differ by a byte. */
export async function verify(say = () => {}) {
  const tools = await goToolchain(say);
  for (const engine of engineNames()) {
    const digests = [];
    for (const name of ['plumbline-first-', 'plumbline-second-build-']) {
      const dir = fs.mkdtempSync(path.join(os.tmpdir(), name));
      try {
        const file = await compile(engine, path.join(dir, 'sources'), dir, tools);
        digests.push(createHash('sha256').update(fs.readFileSync(file)).digest('hex'));
      } finally {
        fs.rmSync(dir, { recursive: true, force: true });
      }
    }
    if (digests[0] !== digests[1]) {
      throw new Error(`${engine}.wasm is not reproducible: ${digests.join(' and ')}`);
    }
    say(`${engine}.wasm: ${digests[0]} twice`);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [task, folder] = process.argv.slice(2);
  const tasks = {
    undefined: () => ensure(console.log),
    '--test': () => goTest(console.log),
    '--sources': () => sources(console.log),
    '--package': () => writePackage(path.resolve(folder ?? path.join(root, 'dist', 'package', 'engines')), console.log),
    '--generate': () => generate(console.log),
    '--verify': () => verify(console.log),
  };
  if (!(task in tasks)) {
    console.error(`Unknown option ${task}. Options: ${Object.keys(tasks).slice(1).join(', ')}`);
    process.exit(2);
  }
  try {
    await tasks[task]();
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
