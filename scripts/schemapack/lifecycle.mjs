// When each API version of Kubernetes was introduced, deprecated and removed, and what replaces it: from the tags that Kubernetes itself
// puts on its types, as its generator wrote them into the modules.
import fs from 'node:fs';
import path from 'node:path';

/**
 * Modules with such types, oldest first: a later one corrects what an earlier one foretold. The old ones hold versions whose types are
 * gone today; the newest says what becomes of today's.
 */
export const lifecycleModules = [
  'k8s.io/api@v0.20.15',
  'k8s.io/api@v0.22.17',
  'k8s.io/api@v0.25.16',
  'k8s.io/api@v0.31.14',
  'k8s.io/apiextensions-apiserver@v0.36.3',
  'k8s.io/kube-aggregator@v0.36.3',
  'k8s.io/api@v0.36.3',
];

/** `[{ apiVersion, kind, introduced, deprecated?, removed?, replacement? }]`, sorted, of the folders of these modules. */
export function readLifecycles(folders) {
  const apis = new Map();
  for (const folder of folders) {
    for (const name of fs.readdirSync(folder, { recursive: true })) {
      if (path.basename(name) === 'zz_generated.prerelease-lifecycle.go') {
        for (const api of readFile(path.join(folder, name))) {
          apis.set(`${api.apiVersion} ${api.kind}`, api);
        }
      }
    }
  }
  return [...apis].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, api]) => api);
}

function readFile(file) {
  const folder = path.dirname(file);
  const register = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.go') && !name.endsWith('_test.go'))
    .map((name) => fs.readFileSync(path.join(folder, name), 'utf8'))
    .find((text) => /SchemeGroupVersion\s*=/.test(text));
  const group = /GroupName\s*=\s*"([^"]*)"/.exec(register ?? '')?.[1];
  const version = /SchemeGroupVersion\s*=\s*schema\.GroupVersion\{Group: GroupName, Version: "([^"]+)"\}/.exec(
    register ?? '',
  )?.[1];
  if (group === undefined || version === undefined) {
    return [];
  }
  const kinds = new Map();
  // What is deprecated without an end in sight is written by hand, beside it.
  const byHand = path.join(folder, 'lifecycle.go');
  const text = fs.readFileSync(file, 'utf8') + (fs.existsSync(byHand) ? '\n' + fs.readFileSync(byHand, 'utf8') : '');
  for (const [, kind, what, body] of text.matchAll(
    /^func \(in \*(\w+)\) APILifecycle(\w+)\(\)[^{]*\{\n([\s\S]*?)^\}/gm,
  )) {
    const api = kinds.get(kind) ?? { apiVersion: group === '' ? version : `${group}/${version}`, kind };
    kinds.set(kind, api);
    const release = /return (\d+), (\d+)/.exec(body);
    if (release !== null && Number(release[1]) > 0) {
      api[what.toLowerCase()] = `${release[1]}.${release[2]}`;
    }
    const next = /Group: "([^"]*)", Version: "([^"]*)", Kind: "([^"]*)"/.exec(body);
    if (next !== null) {
      // One tag names the list in place of the kind.
      const named = next[3] === `${kind}List` ? kind : next[3];
      api.replacement = { apiVersion: next[1] === '' ? next[2] : `${next[1]}/${next[2]}`, kind: named };
    }
  }
  // Lists are answers, never written.
  return [...kinds.values()].filter(({ kind }) => !kind.endsWith('List') || kinds.get(kind.slice(0, -4)) === undefined);
}
