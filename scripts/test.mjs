#!/usr/bin/env node
// npm test: all set-up, then every stage, each in its own process; ends with "N passed, N failed" alone on a line.
//   node scripts/test.mjs [stage…]
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from './lib/cache.mjs';
import { sayTo, setup } from './setup.mjs';

const say = sayTo(process.stdout);
const node = process.execPath;
const bin = (name) => path.join(root, 'node_modules', name);
const mocha = (glob, ...options) => [
  node,
  [bin('mocha/bin/mocha.js'), '--forbid-only', '--forbid-pending', '--exit', ...options, glob],
];

/** In order: the cheap ones first, so that a mistake shows early. `parts` are set up before the first stage that names them. */
const stages = {
  lint: { parts: ['dependencies', 'types'], command: [node, [bin('eslint/bin/eslint.js'), '.']] },
  format: {
    parts: ['dependencies'],
    command: [node, [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']],
  },
  unit: { parts: ['types', 'schemas'], command: mocha('out/test/unit/**/*.test.js', '--timeout', '30000') },
  go: { parts: ['engines'], command: [node, ['scripts/engines.mjs', '--test']] },
  server: {
    parts: ['types', 'bundle', 'engines', 'schemas', 'peers'],
    command: mocha('out/test/server/**/*.test.js', '--timeout', '120000'),
  },
  cluster: {
    parts: ['types', 'engines', 'schemas', 'testcluster'],
    command: mocha('out/test/cluster/**/*.test.js', '--timeout', '180000'),
  },
  grammar: { parts: ['vscode'], command: [node, ['test/e2e/grammar.mjs']] },
  editor: { parts: ['bundle', 'vscode'], command: [node, ['test/e2e/runTests.mjs']] },
  journeys: { parts: ['bundle', 'vscode'], command: [node, ['test/e2e/journeys.mjs']] },
};

const wanted = process.argv.slice(2);
const names = wanted.length > 0 ? wanted : Object.keys(stages);
let passed = 0;
let failed = 0;
const summary = [];

// Everything that a stage needs is set up side by side from the start; a stage waits for its own parts only.
const ready = new Map();
const needs = (part) => {
  if (!ready.has(part)) {
    ready.set(
      part,
      setup([part], say).then(
        () => undefined,
        (error) => error,
      ),
    );
  }
  return ready.get(part);
};
await needs('dependencies');
for (const name of names) {
  stages[name].parts.forEach(needs);
}

for (const name of names) {
  const stage = stages[name];
  const problems = (await Promise.all(stage.parts.map(needs))).filter(Boolean);
  if (problems.length > 0) {
    console.log(problems.map((e) => e.message).join('\n'));
    failed += 1;
    summary.push(`${name}: set-up failed`);
    continue;
  }
  say(`${name}: running`);
  const started = Date.now();
  const { code, text } = await stream(...stage.command);
  const count = (word) =>
    [...text.matchAll(new RegExp(`^\\s*(\\d+) ${word}`, 'gm'))].reduce((n, m) => n + Number(m[1]), 0);
  const ok = count('passing');
  const bad = count('failing') + count('pending');
  const counted = ok + bad > 0;
  passed += counted ? ok : code === 0 ? 1 : 0;
  failed += counted ? Math.max(bad, code === 0 ? 0 : 1) : code === 0 ? 0 : 1;
  summary.push(
    `${name}: ${code === 0 ? 'passed' : 'FAILED'}${counted ? ` (${ok} passed, ${bad} failed)` : ''} in ${Math.round((Date.now() - started) / 1000)} s`,
  );
}

console.log(`\n${summary.join('\n')}\n`);
const line = `${passed} passed, ${failed} failed`;
if (process.env.PLUMBLINE_TEST_RESULT) {
  fs.writeFileSync(process.env.PLUMBLINE_TEST_RESULT, line + '\n');
}
console.log(line);
process.exitCode = failed > 0 ? 1 : 0;

function stream(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    let text = '';
    for (const from of [child.stdout, child.stderr]) {
      from.on('data', (d) => {
        text += d;
        process.stdout.write(d);
      });
    }
    child.on('error', (error) => resolve({ code: 1, text: String(error) }));
    child.on('close', (code) => resolve({ code: code ?? 1, text: stripVTControlCharacters(text) }));
  });
}
