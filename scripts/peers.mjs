#!/usr/bin/env node
// Peers: the real tools that Plumbline is compared with, built from their Go modules at the versions that the engines contain.
//   node scripts/peers.mjs [name…]     prints where each is
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { keyOf, once } from './lib/cache.mjs';
import { goToolchain } from './lib/go.mjs';
import { run } from './lib/run.mjs';

/** Each peer: how it is built into a folder, and what its inputs are. */
const peers = {
  // 5.8.2 is the release that has the kustomize API 0.21.2.
  kustomize: goPeer('sigs.k8s.io/kustomize/kustomize/v5', 'v5.8.2', { usually: '1 min' }),
  helm: goPeer('helm.sh/helm/v4/cmd/helm', 'v4.3.1', {
    ldflags: '-X helm.sh/helm/v4/internal/version.version=v4.3.1',
    usually: '4 min',
  }),
};

function goPeer(command, version, { ldflags = '', usually }) {
  return {
    inputs: [command, version, ldflags],
    usually,
    async build(dir, { go, env }) {
      const threads = String(Math.min(3, os.availableParallelism()));
      const flags = ['-trimpath', '-p', threads, `-ldflags=-s -w ${ldflags}`.trim()];
      await run(go, ['install', ...flags, `${command}@${version}`], { env: { ...env, GOBIN: dir } });
    },
  };
}

/** The path of a peer's program; built when it is not there yet. */
export async function peer(name, say = () => {}) {
  const wanted = peers[name];
  if (wanted === undefined) {
    throw new Error(`There is no peer ${name}. Peers: ${Object.keys(peers).join(', ')}`);
  }
  const tools = await goToolchain(say);
  const key = keyOf([...wanted.inputs, tools.version]);
  const dir = await once(`peer-${name}`, key, (target) => wanted.build(target, tools), {
    say,
    usually: wanted.usually,
  });
  const program = [name, `${name}.exe`].map((file) => path.join(dir, file)).find((file) => fs.existsSync(file));
  if (program === undefined) {
    throw new Error(`${name} was built but left no program in ${dir}`);
  }
  return program;
}

/** All peers by name. They are built one after the other: each keeps every core busy. */
export async function ensure(say = () => {}) {
  const programs = {};
  for (const name of Object.keys(peers)) {
    programs[name] = await peer(name, say);
  }
  return programs;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const names = process.argv.slice(2);
  try {
    for (const name of names.length > 0 ? names : Object.keys(peers)) {
      console.log(`${name}: ${await peer(name, console.error)}`);
    }
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
