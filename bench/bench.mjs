#!/usr/bin/env node
// The benchmarks: our figures beside those of the tools that people use today, measured in turns in one run on one machine.
//   npm run bench                      everything
//   npm run bench -- check typing      some of them
//   options: --rounds N (whole processes, default 3), --keystrokes N (default 60), --peer-keystrokes N (default 20),
//            --markdown (the table as the README has it), --keep (leaves the generated files)
// Figures go to bench/results.json. They are measurements, never tests: nothing fails because a machine is slow.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensure as bundle } from '../scripts/bundle.mjs';
import { root } from '../scripts/lib/cache.mjs';
import { sayTo, setup } from '../scripts/setup.mjs';
import { markdownTable, textTable, written } from './lib/figures.mjs';
import { check } from './suites/check.mjs';
import { drift } from './suites/drift.mjs';
import { index } from './suites/index.mjs';
import { preview } from './suites/preview.mjs';
import { start } from './suites/start.mjs';
import { typing } from './suites/typing.mjs';
import { typingDocument } from './suites/typingDocument.mjs';

const suites = { check, typing, 'typing-document': typingDocument, index, preview, start, drift };

const number = (text, least) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) {
    throw new Error(`${text} is not a whole number of at least ${least}.`);
  }
  return value;
};

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    keystrokes: { type: 'string', default: '60' },
    'peer-keystrokes': { type: 'string', default: '20' },
    markdown: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});

const say = sayTo(process.stderr);
const names = positionals.length > 0 ? positionals : Object.keys(suites);
const unknown = names.filter((name) => !Object.hasOwn(suites, name));
if (unknown.length > 0) {
  console.error(`No such benchmark: ${unknown.join(', ')}. There are: ${Object.keys(suites).join(', ')}.`);
  process.exit(2);
}

await setup([...new Set(names.flatMap((name) => suites[name].parts))], say);
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-bench-'));
await bundleAsShipped();
const context = {
  root,
  dir,
  say,
  cli: path.join(dir, 'dist/cli.js'),
  server: path.join(dir, 'dist/server.js'),
  extension: path.join(dir, 'dist/extension.js'),
  rounds: number(options.rounds, 1),
  keystrokes: number(options.keystrokes, 10),
  peerKeystrokes: number(options['peer-keystrokes'], 5),
};

/** What is measured is what ships: minified bundles beside the engines and schemas. */
async function bundleAsShipped() {
  const to = path.join(dir, 'dist');
  await bundle(() => {}, { minify: true, to });
  for (const part of ['engines', 'schemas']) {
    fs.symlinkSync(fs.realpathSync(path.join(root, 'dist', part)), path.join(to, part), 'junction');
  }
}

const rows = [];
const failures = [];
const loads = {};
try {
  for (const name of names) {
    say(`${name}: ${suites[name].what}`);
    const before = os.loadavg()[0];
    try {
      rows.push(...(await suites[name].run(context)).map((row) => ({ suite: name, ...row })));
    } catch (error) {
      failures.push({ suite: name, error: error.stack ?? String(error) });
    }
    loads[name] = { before, after: os.loadavg()[0] };
  }
} finally {
  if (options.keep) {
    say(`generated files: ${dir}`);
  } else {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

const machine = {
  cpu: os.cpus()[0]?.model,
  cores: os.availableParallelism(),
  memoryGB: Math.round(os.totalmem() / 2 ** 30),
  system: `${os.type()} ${os.release()} ${os.arch()}`,
  node: process.version,
  /** One-minute load at the start and end of each benchmark: figures from a busy machine compare, but do not boast. */
  load: loads,
};
const results = rows.map((row) => ({
  ...row,
  ...(row.peer?.value === undefined || row.ours === undefined ? {} : { ratio: row.peer.value / row.ours }),
}));
fs.writeFileSync(
  path.join(root, 'bench/results.json'),
  JSON.stringify({ schemaVersion: 1, date: new Date().toISOString(), machine, results, failures }, null, 2) + '\n',
);

const head = ['', 'Plumbline', 'peer', 'ratio', 'target'];
const cells = results.map((row) => [
  row.what,
  written(row.ours, row.unit),
  row.peer === undefined ? '' : `${row.peer.name} ${written(row.peer.value, row.unit)}`,
  row.ratio === undefined ? '' : `${row.ratio.toFixed(row.ratio >= 10 ? 0 : 1)} ×`,
  row.target === undefined ? '' : `${row.target}: ${{ true: 'met', false: 'NOT met' }[row.met] ?? 'not known'}`,
]);
const busiest = Math.max(...Object.values(loads).flatMap(({ before, after }) => [before, after]));
console.log((options.markdown ? markdownTable : textTable)(head, cells));
console.log(
  `\n${machine.cores} cores (${machine.cpu}), ${machine.memoryGB} GB, Node ${machine.node}; load while measuring up to ${busiest.toFixed(1)}. ` +
    "The ratio is the peer's figure divided by ours.",
);
for (const { suite, error } of failures) {
  console.error(`\n${suite} could not be measured:\n${error}`);
}
process.exitCode = failures.length > 0 ? 1 : 0;
