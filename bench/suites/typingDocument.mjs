// Typing in one single document of 10,000 lines, which no `---` parts: into a value, and a new key letter by letter. Only ours: beside
// a peer, the same work is measured in a file of many documents (typing.mjs).
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { largeDocument } from '../generate.mjs';
import { percentile } from '../lib/figures.mjs';
import { startOurs } from '../lib/servers.mjs';

const lines = 10_000;
const pace = 100;

export const typingDocument = {
  what: `typing in one document of ${lines} lines`,
  parts: ['types', 'engines', 'schemas'],

  async run({ dir, server, keystrokes, say }) {
    const folder = path.join(dir, 'typing-document');
    const text = largeDocument(lines);
    const file = path.join(folder, 'list.yaml');
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(file, text);
    const ours = await startOurs({ server, dir }, folder);
    try {
      say('typing-document: warming up');
      const typist = await openIn(ours, file, text);
      await typist.typeValue(20);
      await typist.typeKey(10);
      const values = await typist.typeValue(keystrokes);
      const keys = await typist.typeKey(keystrokes);
      const row = (what, samples, share, target) => ({
        what: `keystroke → first diagnostics, one document of ${lines} lines, ${what}, p${share * 100}`,
        unit: 'ms',
        ours: percentile(samples, share),
        samples,
        ...(target === undefined ? {} : { target: `≤ ${target} ms`, met: percentile(samples, share) <= target }),
      });
      return [
        row('a value', values, 0.5),
        row('a value', values, 0.95, 16),
        row('a new key', keys, 0.5),
        row('a new key', keys, 0.95, 16),
      ];
    } finally {
      await ours.stop();
    }
  },
};

/** Opens the file and gives the hands of somebody who edits its middle. */
export async function openIn(server, file, text) {
  const all = text.split('\n');
  const middle = Math.floor(all.length / 2);
  const replicas = all.findIndex((line, i) => i >= middle && /^ +replicas: /.test(line));
  const uri = server.open(file, text);
  const published = server.publications(uri);
  let version = 1;
  const edit = (line, start, end, newText) => {
    const range = { start: { line, character: start }, end: { line, character: end } };
    server.change(uri, ++version, [{ range, text: newText }]);
    return performance.now();
  };
  const at = (line) => (diagnostics) =>
    diagnostics.some(({ range }) => range.start.line <= line && line <= range.end.line);
  const notAt = (line) => (diagnostics) => !at(line)(diagnostics);
  await published.next(notAt(replicas));
  const timed = async (times, change, wanted) => {
    published.clear();
    const started = change();
    times.push((await published.next(wanted)).at - started);
    await sleep(Math.max(0, pace - (performance.now() - started)));
  };

  return {
    /** A letter behind a number, which is an error, and its removal. */
    async typeValue(keystrokes) {
      const times = [];
      const end = all[replicas].length;
      for (let i = 0; i < keystrokes; i += 2) {
        await timed(times, () => edit(replicas, end, end, 'x'), at(replicas));
        await timed(times, () => edit(replicas, end, end + 1, ''), notAt(replicas));
      }
      return times;
    },

    /** A key above the number on a line of its own, letter by letter: as long as it has no colon, the text is broken. */
    async typeKey(keystrokes) {
      const times = [];
      const indent = ' '.repeat(all[replicas].search(/\S/));
      const letters = 'paused';
      while (times.length < keystrokes) {
        edit(replicas, 0, 0, `${indent}\n`);
        for (let i = 0; i < letters.length; i++) {
          const column = indent.length + i;
          await timed(times, () => edit(replicas, column, column, letters[i]), at(replicas));
        }
        published.clear();
        edit(replicas, 0, indent.length + letters.length, '');
        server.change(uri, ++version, [
          { range: { start: { line: replicas, character: 0 }, end: { line: replicas + 1, character: 0 } }, text: '' },
        ]);
        await published.next(notAt(replicas));
        await sleep(pace);
      }
      return times;
    },
  };
}
