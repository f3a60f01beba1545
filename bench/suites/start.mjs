// From the start of the language server's process until the first diagnostics of an open file, and the size of what every window loads.
import fs from 'node:fs';
import path from 'node:path';
import { manifests, write } from '../generate.mjs';
import { percentile } from '../lib/figures.mjs';
import { startOurs } from '../lib/servers.mjs';

export const start = {
  what: 'start of the language server',
  parts: ['types', 'engines', 'schemas'],

  async run(context) {
    const { dir, rounds, say } = context;
    const rows = [];
    for (const count of [100, 2000]) {
      say(`start: ${count} files`);
      const folder = path.join(dir, `start-${count}`);
      const files = manifests(count);
      write(folder, files);
      const file = path.join(folder, files[0].path);
      const text = fs.readFileSync(file, 'utf8').replace('replicas: ', 'replicas: x');
      const times = [];
      for (let round = 0; round < Math.max(5, rounds); round++) {
        const started = performance.now();
        const server = await startOurs(context, folder);
        const uri = server.open(file, text);
        const published = server.publications(uri);
        times.push((await published.next((diagnostics) => diagnostics.length > 0)).at - started);
        await server.stop();
      }
      rows.push({
        what: `server start → first diagnostics, ${count} files`,
        unit: 'ms',
        ours: percentile(times, 0.5),
        samples: times,
        target: '≤ 150 ms',
        met: percentile(times, 0.5) <= 150,
      });
    }
    const kilobytes = fs.statSync(context.extension).size / 1024;
    rows.push({
      what: 'client bundle before the language client',
      unit: 'KB',
      ours: kilobytes,
      target: '≤ 40 KB',
      met: kilobytes <= 40,
    });
    return rows;
  },
};
