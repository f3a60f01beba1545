// The Go sources of an engine as they are compiled: ours, beside patched copies of the modules that go.mod replaces by
// `../third_party/<name>` (patches/<name>.patch), and the files that are taken out of other modules (patches/extracts.json).
import fs from 'node:fs';
import path from 'node:path';
import { filesOf, listFiles, root } from './cache.mjs';
import { applyPatch } from './patch.mjs';
import { run } from './run.mjs';

export const enginesDir = path.join(root, 'engines');
const patches = path.join(enginesDir, 'patches');

/** What is compiled of a folder of ours; tests and their data are not. */
const compiled = (name) => !name.endsWith('_test.go') && !/(^|\/)testdata\//.test(name);
/** What is taken of a module that gets patched. */
const taken = (name) => compiled(name) && !/(^|\/)(\.github|docs?|examples?)\//.test(name);

/** Modules that go.mod of an engine replaces by a patched copy: `{ path, version, name }`, and those it takes files from. */
async function replacedModules(engine, { go, env }) {
  const text = await run(go, ['mod', 'edit', '-json'], { cwd: path.join(enginesDir, engine), env });
  const mod = JSON.parse(text);
  const replaced = new Map((mod.Replace ?? []).map((r) => [r.Old.Path, r.New]));
  /** The version that is built: the required one, unless go.mod pins another. */
  const versionOf = (module) => {
    const pinned = replaced.get(module)?.Version;
    return pinned ?? mod.Require.find((r) => r.Path === module)?.Version;
  };
  const prefix = '../third_party/';
  const copies = (mod.Replace ?? [])
    .filter((r) => r.New.Path.startsWith(prefix))
    .map((r) => ({
      path: r.Old.Path,
      version: mod.Require.find((q) => q.Path === r.Old.Path)?.Version,
      name: r.New.Path.slice(prefix.length),
    }));
  for (const { path: module, version, name } of copies) {
    if (version === undefined) {
      throw new Error(`engines/${engine}/go.mod replaces ${module} but does not require a version of it`);
    }
    if (!fs.existsSync(path.join(patches, `${name}.patch`))) {
      throw new Error(
        `engines/${engine}/go.mod replaces ${module} by a copy, but engines/patches/${name}.patch is missing`,
      );
    }
  }
  return { copies, versionOf };
}

/** Files taken from a pinned module into a folder of ours, under another package name: see patches/README.md. */
function extractsOf(engine) {
  const file = path.join(patches, 'extracts.json');
  const all = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : [];
  return all.filter((extract) => extract.into.startsWith(`${engine}/`));
}

/** Everything that the compiled module depends on, as parts of a cache key. */
export async function sourceParts(engine, tools) {
  const { copies, versionOf } = await replacedModules(engine, tools);
  const extracts = extractsOf(engine).map((extract) => ({ ...extract, version: versionOf(extract.module) }));
  const ignored = new Set(extracts.flatMap((e) => e.files.map((f) => path.posix.join(e.into, path.posix.basename(f)))));
  const scripts = ['engineSources.mjs', 'patch.mjs'];
  return [
    ...filesOf(path.join(enginesDir, 'abi'), compiled),
    ...filesOf(path.join(enginesDir, engine), (name) => compiled(name) && !ignored.has(`${engine}/${name}`)),
    ...filesOf(patches, (name) => copies.some((copy) => `${copy.name}.patch` === name)),
    JSON.stringify(extracts),
    ...filesOf(import.meta.dirname, (name) => scripts.includes(name)),
    tools.version,
  ];
}

/** Copies the sources of an engine into `dir` (as `abi`, `<engine>`, `third_party`), tests included where asked for. */
export async function copySources(engine, dir, tools, { tests = false } = {}) {
  for (const name of ['abi', engine]) {
    copyFiles(path.join(enginesDir, name), path.join(dir, name), tests ? () => true : compiled);
  }
  await prepareSources(engine, dir, tools);
}

/** Adds to the sources in `dir` what does not lie in the repository: patched modules and extracted files. */
export async function prepareSources(engine, dir, tools) {
  const { copies, versionOf } = await replacedModules(engine, tools);
  for (const { path: module, version, name } of copies) {
    const target = path.join(dir, 'third_party', name);
    fs.rmSync(target, { recursive: true, force: true });
    copyFiles(await moduleDir(module, version, tools), target, taken);
    applyPatch(target, fs.readFileSync(path.join(patches, `${name}.patch`), 'utf8'), `engines/patches/${name}.patch`);
  }
  for (const extract of extractsOf(engine)) {
    const from = await moduleDir(extract.module, versionOf(extract.module), tools);
    for (const file of extract.files) {
      const text = fs.readFileSync(path.join(from, file), 'utf8');
      const renamed = text.replace(/^package \w+$/m, `package ${extract.package}`);
      fs.mkdirSync(path.join(dir, extract.into), { recursive: true });
      fs.writeFileSync(path.join(dir, extract.into, path.basename(file)), renamed);
    }
  }
}

/** Where the module cache has a module; downloads it when it is not there. */
export async function moduleDir(module, version, { go, env }) {
  const text = await run(go, ['mod', 'download', '-json', `${module}@${version}`], { env });
  return JSON.parse(text).Dir;
}

function copyFiles(from, to, keep) {
  for (const name of listFiles(from, keep)) {
    const target = path.join(to, name);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.copyFileSync(path.join(from, name), target);
    fs.chmodSync(target, 0o644);
  }
}
