// Typing in a file of 10,000 lines, beside yaml-language-server: the time from a keystroke until the diagnostics that belong to it are
// published. Both servers run side by side, over stdio, and get the same edits in turns.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { largeFile, manifests, write } from '../generate.mjs';
import { percentile } from '../lib/figures.mjs';
import { startOurs, startYamlLanguageServer } from '../lib/servers.mjs';
import { jsonSchemas, yamlLanguageServer } from '../peers.mjs';

const lines = 10_000;
/** A person who types fast: a key every 100 ms. */
const pace = 100;

export const typing = {
  what: `typing in a file of ${lines} lines, beside yaml-language-server`,
  parts: ['types', 'engines', 'schemas'],

  async run({ dir, server, keystrokes, peerKeystrokes, say }) {
    const folder = path.join(dir, 'typing');
    write(folder, manifests(2000));
    const text = largeFile(lines);
    const file = path.join(folder, 'large', 'all.yaml');
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
    const [program, schemas] = [await yamlLanguageServer(say), await jsonSchemas(say)];

    const ours = await startOurs({ server, dir }, folder);
    const peer = await startYamlLanguageServer(program, schemas, folder);
    try {
      say('typing: warming both servers up');
      const typist = await openIn(ours, file, text);
      const peerTypist = await openIn(peer, file, text);
      await typist.type(20, pace);
      await typist.typeForEngine(6);
      await peerTypist.type(4, 0);

      const turns = 5;
      const ourTimes = [];
      const engineTimes = [];
      const peerTimes = [];
      for (let turn = 1; turn <= turns; turn++) {
        say(`typing: turn ${turn} of ${turns}`);
        ourTimes.push(...(await typist.type(Math.ceil(keystrokes / turns), pace)));
        peerTimes.push(...(await peerTypist.type(Math.ceil(peerKeystrokes / turns), 0)));
        engineTimes.push(...(await typist.typeForEngine(Math.ceil(keystrokes / 2 / turns))));
      }
      say('typing: completion');
      const completionTimes = await typist.complete(keystrokes, pace);
      const peerCompletionTimes = await peerTypist.complete(peerKeystrokes, 0);
      const p95 = (times) => percentile(times, 0.95);
      const p50 = (times) => percentile(times, 0.5);
      const row = (part, name) => ({
        what: `keystroke → first diagnostics, ${lines} lines, ${name}`,
        unit: 'ms',
        ours: part(ourTimes),
        peer: { name: 'yaml-language-server', value: part(peerTimes) },
        samples: ourTimes,
        peerSamples: peerTimes,
        note: 'of the peer’s time 200 ms are its own rest after a keystroke',
      });
      const ratio = p95(peerTimes) / p95(ourTimes);
      return [
        row(p50, 'p50'),
        {
          ...row(p95, 'p95'),
          target: '≤ 16 ms, ≥ 20 × faster',
          met: p95(ourTimes) <= 16 && ratio >= 20,
        },
        {
          what: `keystroke → engine's verdict, ${lines} lines, p50`,
          unit: 'ms',
          ours: p50(engineTimes),
          samples: engineTimes,
        },
        {
          what: `keystroke → engine's verdict, ${lines} lines, p95`,
          unit: 'ms',
          ours: p95(engineTimes),
          samples: engineTimes,
          target: '≤ 150 ms',
          met: p95(engineTimes) <= 150,
        },
        {
          what: `keystroke → completion, ${lines} lines, p95`,
          unit: 'ms',
          ours: p95(completionTimes),
          peer: { name: 'yaml-language-server', value: p95(peerCompletionTimes) },
          samples: completionTimes,
          peerSamples: peerCompletionTimes,
          target: '≤ 30 ms',
          met: p95(completionTimes) <= 30,
        },
        {
          what: `memory of the language server after typing, ${lines} lines open, 2,000 files`,
          unit: 'MB',
          ours: ours.megabytes(),
          peer: { name: 'yaml-language-server', value: peer.megabytes() },
        },
      ];
    } finally {
      await Promise.all([ours.stop(), peer.stop()]);
    }
  },
};

/** Opens the file in a server and gives the hands of somebody who edits its middle. */
async function openIn(server, file, text) {
  const all = text.split('\n');
  const middle = Math.floor(all.length / 2);
  const find = (start) => all.findIndex((line, i) => i >= middle && line.startsWith(start));
  const replicas = find('  replicas: ');
  const port = find('            - name: http') + 1;
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

  return {
    /** Types a letter into a number, which is an error, and takes it away again; the times until either shows, in milliseconds. */
    async type(keystrokes, interval) {
      const times = [];
      const line = replicas;
      const end = all[line].length;
      for (let i = 0; i < keystrokes; i++) {
        const wrong = i % 2 === 0;
        published.clear();
        const started = edit(line, end, wrong ? end : end + 1, wrong ? 'x' : '');
        const shown = await published.next(wrong ? at(line) : notAt(line));
        times.push(shown.at - started);
        await sleep(Math.max(0, interval - (performance.now() - started)));
      }
      if (keystrokes % 2 === 1) {
        edit(line, end, end + 1, '');
        await published.next(notAt(line));
      }
      return times;
    },

    /** Types a letter of a new field and asks what it may become, as an editor does; the times until the list is there, in milliseconds. */
    async complete(keystrokes, interval) {
      const times = [];
      const line = replicas + 1;
      const indent = '  ';
      edit(line, 0, 0, `${indent}\n`);
      let column = indent.length;
      for (let i = 0; i < keystrokes; i++) {
        const letter = 'paus'[i % 4];
        const started = edit(line, column, column, letter);
        column++;
        const answer = await server.connection.sendRequest('textDocument/completion', {
          textDocument: { uri },
          position: { line, character: column },
        });
        times.push(performance.now() - started);
        const items = Array.isArray(answer) ? answer : answer.items;
        if (!items.some(({ label }) => label === 'paused')) {
          throw new Error(`completion has no "paused": ${items.map(({ label }) => label).join(', ')}`);
        }
        if (i % 4 === 3) {
          edit(line, indent.length, column, '');
          column = indent.length;
        }
        await sleep(Math.max(0, interval - (performance.now() - started)));
      }
      const rest = { line: line + 1, character: 0 };
      server.change(uri, ++version, [{ range: { start: { line, character: 0 }, end: rest }, text: '' }]);
      return times;
    },

    /** Makes a port too large, which only the API server's own rules say; the times until it shows, in milliseconds. */
    async typeForEngine(keystrokes) {
      const times = [];
      const end = all[port].length;
      for (let i = 0; i < keystrokes; i++) {
        published.clear();
        const started = edit(port, end, end, '0');
        times.push((await published.next(at(port))).at - started);
        edit(port, end, end + 1, '');
        await published.next(notAt(port));
        // The next keystroke comes when the server rests again.
        await sleep(600);
      }
      return times;
    },
  };
}
