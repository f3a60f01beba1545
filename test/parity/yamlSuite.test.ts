// How far our reading of YAML is that of others, as figures: the reference events of the public yaml-test-suite, and the reader of
// Kubernetes itself, asked about the suite's texts and about damaged manifests, other ones in every run.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { seeded } from '../support/mutations';
import { fixtures } from '../support/shared';
import { damaged } from '../support/yamlMutations';
import { ourEvents, ourManifest, sorted, suiteCases } from '../support/yamlSuite';
import { fromKubernetes, fromReference } from '../unit/yamlSuiteDifferences';
import { folders, pieces } from './material';
import { record } from './report';

interface Answer {
  text: string;
  value?: unknown;
  error?: string;
}

/** Asks the reader of Kubernetes (fixtures/yaml/record), which is built for it. */
function kubernetesReads(texts: readonly string[]): Answer[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-reader-'));
  try {
    const program = path.join(folder, process.platform === 'win32' ? 'reader.exe' : 'reader');
    execFileSync('go', ['build', '-p', '2', '-o', program, '.'], { cwd: path.join(fixtures, 'yaml/record') });
    const input = texts.map((text) => JSON.stringify(text)).join('\n');
    const output = execFileSync(program, { input, maxBuffer: 2 ** 30, encoding: 'utf8' });
    return output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Answer);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const verdictOf = ({ value, error }: Answer): string =>
  error === undefined ? JSON.stringify(sorted(value)) : 'refused';

describe('readings of yaml', () => {
  it('the public suite: reference events, and the reader of Kubernetes', async () => {
    const cases = await suiteCases();
    const answers = kubernetesReads(cases.map(({ text }) => text));
    const differing = (same: (index: number) => boolean): string[] =>
      cases.flatMap(({ id }, index) => (same(index) ? [] : [id]));
    const events = differing((index) => {
      const { text, fails, events: reference } = cases[index] as (typeof cases)[number];
      const ours = ourEvents(text);
      return ours === 'refused' ? fails : !fails && ours.join('\n') === reference.join('\n');
    });
    const manifests = differing(
      (index) => ourManifest((cases[index] as { text: string }).text) === verdictOf(answers[index] as Answer),
    );
    record('yamlSuite', {
      cases: cases.length,
      likeReference: cases.length - events.length,
      likeKubernetes: cases.length - manifests.length,
      differFromReference: Object.fromEntries(events.map((id) => [id, fromReference[id] ?? 'unnamed'])),
      differFromKubernetes: Object.fromEntries(manifests.map((id) => [id, fromKubernetes[id] ?? 'unnamed'])),
    });
    assert.deepEqual(events.sort(), Object.keys(fromReference).sort());
    assert.deepEqual(manifests.sort(), Object.keys(fromKubernetes).sort());
  });

  it('ten thousand damaged manifests: no false alarm, no other value', async () => {
    const found = pieces(await folders()).filter(({ text }) => text.length < 4000);
    const first = Number(process.env['PLUMBLINE_SEED'] ?? Date.now() % 1_000_000_000);
    const texts: string[] = [];
    for (let seed = first; texts.length < 10_000; seed++) {
      const random = seeded(seed);
      const text = damaged(found[Math.floor(random() * found.length)]?.text ?? '', random);
      // Streams, JSON and halves of characters are read otherwise by the tools around the reader.
      if (!/^(?:---|\.\.\.|%)/m.test(text.slice(1)) && !/^\s*[[{]/.test(text) && !/[\ud800-\udfff]/u.test(text)) {
        texts.push(text);
      }
    }
    const differences = { alarms: [] as string[], values: [] as string[], missed: [] as string[], merges: 0 };
    for (const answer of kubernetesReads(texts)) {
      const [theirs, ours] = [verdictOf(answer), ourManifest(answer.text)];
      const isMerge = /<<\s*:/.test(answer.text) && /already set in map/.test(answer.error ?? '');
      if (theirs === ours) {
        continue;
      } else if (theirs === 'refused') {
        // kubectl, kustomize and Flux read what a map overrides of its merges; only a strict server minds.
        differences.merges += isMerge ? 1 : 0;
        if (!isMerge) {
          differences.missed.push(`${answer.error ?? ''}\n${JSON.stringify(answer.text)}`);
        }
      } else {
        differences[ours === 'refused' ? 'alarms' : 'values'].push(JSON.stringify(answer.text));
      }
    }
    record('yamlDamaged', { seed: first, texts: texts.length, ...differences });
    assert.deepEqual(differences.alarms, [], `PLUMBLINE_SEED=${first}`);
    assert.deepEqual(differences.values, [], `PLUMBLINE_SEED=${first}`);
    assert.ok(
      differences.missed.length <= 10,
      `PLUMBLINE_SEED=${first}: ${differences.missed.slice(0, 20).join('\n')}`,
    );
  });
});
