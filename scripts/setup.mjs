#!/usr/bin/env node
// Set-up: brings the named parts into place side by side, and says what it does. Safe to call again: what is there stays.
//   node scripts/setup.mjs [part…]
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './lib/cache.mjs';
import { run } from './lib/run.mjs';

/** Every part that set-up knows: what it is for, and how it is made. Parts are independent unless `after` names others. */
const parts = {
  dependencies: { what: 'npm packages', ensure: dependencies },
  types: {
    what: 'TypeScript',
    after: ['dependencies'],
    ensure: () => run(process.execPath, [bin('typescript/bin/tsc'), '-b'], { cwd: root }),
  },
  bundle: { what: 'bundles', after: ['types'], ensure: async (say) => (await import('./bundle.mjs')).ensure(say) },
  engines: {
    what: 'kustomize, Helm and API server code as WebAssembly',
    ensure: async (say) => (await import('./engines.mjs')).ensure(say),
  },
  schemas: {
    what: 'Kubernetes and CRD schemas',
    after: ['dependencies'],
    ensure: async (say) => (await import('./schemas.mjs')).ensure(say),
  },
  vscode: { what: 'VS Code for the browser', ensure: async (say) => (await import('./vscode.mjs')).ensure(say) },
  testcluster: {
    what: 'Kubernetes API server for tests',
    after: ['dependencies'],
    ensure: async (say) => (await import('./testcluster.mjs')).ensure(say),
  },
  peers: {
    what: 'kustomize, helm and other tools to compare with',
    after: ['dependencies'],
    ensure: async (say) => (await import('./peers.mjs')).ensure(say),
  },
};

const bin = (name) => path.join(root, 'node_modules', name);

/** Parts under way or in place in this process: several callers may want the same one. */
const running = new Map();

/**
 * Brings parts (and what they need) into place. `say` receives lines for people. Resolves with what each part's `ensure`
 * returned, by name; rejects with every failure named, after all have ended.
 */
export async function setup(names, say = sayTo(process.stderr)) {
  const wanted = new Set();
  const start = (name) => {
    wanted.add(name);
    const part = parts[name];
    if (!part) {
      throw new Error(`Unknown part ${name}. Parts: ${Object.keys(parts).join(', ')}`);
    }
    if (!running.has(name)) {
      running.set(
        name,
        Promise.all((part.after ?? []).map(start)).then(async () => {
          const started = Date.now();
          const result = await part.ensure(say);
          const seconds = Math.round((Date.now() - started) / 1000);
          if (seconds >= 2) {
            say(`${part.what}: done after ${seconds} s`);
          }
          return result;
        }),
      );
    }
    return running.get(name);
  };
  names.forEach(start);
  const started = [...wanted];
  const settled = await Promise.allSettled(started.map((name) => running.get(name)));
  const failures = started.flatMap((name, i) =>
    settled[i].status === 'rejected' ? [`${parts[name].what} (${name}): ${settled[i].reason.message}`] : [],
  );
  if (failures.length > 0) {
    throw new Error(`Set-up failed.\n\n${[...new Set(failures)].join('\n\n')}`);
  }
  return Object.fromEntries(started.map((name, i) => [name, settled[i].value]));
}

/** A `say` that stamps lines with the seconds since now. */
export function sayTo(stream) {
  const started = Date.now();
  return (line) => stream.write(`[${String(Math.round((Date.now() - started) / 1000)).padStart(3)} s] ${line}\n`);
}

/** `npm ci`, when the lock file is another than the one that node_modules was made from. */
async function dependencies(say) {
  const modules = path.join(root, 'node_modules');
  const digest = createHash('sha256')
    .update(fs.readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  const mark = path.join(modules, '.plumbline-lock');
  if (fs.existsSync(mark) && fs.readFileSync(mark, 'utf8') === digest) {
    return;
  }
  if (fs.existsSync(modules) && fs.lstatSync(modules).isSymbolicLink()) {
    return; // a worktree that shares its packages
  }
  say('npm packages: installing, usually 20 s');
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root });
  fs.writeFileSync(mark, digest);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const names = process.argv.slice(2);
  try {
    await setup(names.length > 0 ? names : ['bundle', 'engines', 'schemas']);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
