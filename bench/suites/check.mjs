// Cold `check` of 5,000 generated manifests, beside kubeconform with the same definitions: whole processes, each run anew.
import fs from 'node:fs';
import path from 'node:path';
import { manifests, write } from '../generate.mjs';
import { median } from '../lib/figures.mjs';
import { measured } from '../lib/processes.mjs';
import { jsonSchemas, kubeconform } from '../peers.mjs';

const count = 5000;

export const check = {
  what: `cold check of ${count} manifests, beside kubeconform`,
  parts: ['types', 'engines', 'schemas'],

  async run({ dir, cli, rounds, say }) {
    const folder = path.join(dir, 'manifests');
    write(folder, manifests(count));
    const [program, schemas] = [await kubeconform(say), await jsonSchemas(say)];
    const location = `${schemas}/{{if .Group}}{{.Group}}{{else}}{{.ResourceAPIVersion}}{{end}}/{{.ResourceAPIVersion}}/{{.ResourceKind}}.json`;

    const peer = async () => {
      const run = await measured(program, ['-strict', '-summary', '-schema-location', location, '.'], { cwd: folder });
      expect(run, `Valid: ${count}, Invalid: 0`);
      return run;
    };
    const ours = async (args, cache) => {
      const run = await measured(process.execPath, [cli, 'check', ...args], {
        cwd: folder,
        env: { XDG_CACHE_HOME: cache },
      });
      expect(run, `No problems in ${count} files`);
      return run;
    };

    const runs = { peer: [], structure: [], full: [], again: [] };
    for (let round = 1; round <= rounds; round++) {
      say(`check: round ${round} of ${rounds}`);
      // A cache of its own for each round: nothing is left from the round before.
      const cache = path.join(dir, `cache-${round}`);
      runs.peer.push(await peer());
      runs.structure.push(await ours(['--structure-only'], cache));
      runs.full.push(await ours([], cache));
      runs.again.push(await ours([], cache));
      fs.rmSync(cache, { recursive: true, force: true });
    }

    const seconds = (name) => median(runs[name].map((run) => run.seconds));
    const memory = (name) => {
      const known = runs[name].flatMap(({ megabytes }) => (megabytes === undefined ? [] : [megabytes]));
      return known.length === 0 ? undefined : Math.max(...known);
    };
    const kubeconformTime = { name: 'kubeconform', value: seconds('peer') };
    const row = (name, what, target, met) => ({
      what: `check, ${count} manifests: ${what}`,
      unit: 's',
      ours: seconds(name),
      peer: kubeconformTime,
      samples: runs[name].map((run) => run.seconds),
      peerSamples: runs.peer.map((run) => run.seconds),
      target,
      met,
    });
    const memoryRow = (name, what, limit) => ({
      what: `memory of check, ${count} manifests: ${what}`,
      unit: 'MB',
      ours: memory(name),
      peer: { name: 'kubeconform', value: memory('peer') },
      target: `≤ ${limit} MB`,
      met: memory(name) === undefined ? undefined : memory(name) <= limit,
    });
    return [
      row('structure', 'structure only, cold', 'faster than kubeconform', seconds('structure') < seconds('peer')),
      row('full', 'full verdict, cold', "≤ 2.5 × kubeconform's time", seconds('full') <= 2.5 * seconds('peer')),
      row('again', 'full verdict, again unchanged', '≤ 1 s', seconds('again') <= 1),
      memoryRow('structure', 'structure only', 300),
      memoryRow('full', 'full verdict', 800),
    ];
  },
};

function expect(run, text) {
  if (run.status !== 0 || !run.out.includes(text)) {
    throw new Error(
      `Expected "${text}" and status 0, got ${run.status}:\n${run.out.slice(-1000)}\n${run.err.slice(-1000)}`,
    );
  }
}
