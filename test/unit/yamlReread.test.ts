// Typing in one large document: the tree that is read in part is the tree of the whole text, whatever is typed, pasted or deleted.
// Other edits in every run: a failure names its seed, and PLUMBLINE_SEED repeats it.
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { readExactly } from '../../server/src/core/yaml/events';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { hasExplicitKeys, reread, type Reading } from '../../server/src/core/yaml/reread';
import type { Node, ParsedYaml } from '../../server/src/core/yaml/tree';
import { seeded, type Random } from '../support/mutations';
import { fixtures } from '../support/shared';
import { damaged } from '../support/yamlMutations';
import { suiteCases } from '../support/yamlSuite';

const typed = [
  'x', ' ', '\n', '"', "'", ':', ': ', '- ', '#', ' #', '|', '>', '[', ']', '{', '}', ',', '&a ', '*a', '? ', '\t', '!!str ', '%',
  '...\n', '\n  ', '\n    x: y', '\r\n', '\r', '|+\n',
]; // prettier-ignore

/** What a person does to a text, mostly at one place. */
function edited(text: string, random: Random): string {
  const below = (limit: number): number => Math.floor(random() * limit);
  const at = below(text.length + 1);
  const kind = random();
  if (kind < 0.5) {
    return text.slice(0, at) + (typed[below(typed.length)] as string) + text.slice(at);
  }
  if (kind < 0.75) {
    return text.slice(0, at) + text.slice(at + 1 + below(30));
  }
  if (kind < 0.9) {
    const from = below(text.length);
    return text.slice(0, at) + text.slice(from, from + below(60)) + text.slice(at);
  }
  return damaged(text, random);
}

function samples(): string[] {
  const folder = path.join(fixtures, 'diagnostics');
  return (fs.readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
}

function readWhole(text: string): Reading {
  try {
    return { root: readExactly(text, 0)[0]?.root as Node };
  } catch (error) {
    const { reason, mark } = error as { reason: string; mark: { position: number } };
    return { failure: { reason, mark: { position: mark.position } } };
  }
}

/** Without the order of properties: a copy may have another one. */
const shape = ({ documents }: ParsedYaml): string =>
  JSON.stringify(
    documents.map((d) => [d.index, d.start, d.end, d.root, d.comments, d.faults, d.recovered]),
    [
      'kind',
      'start',
      'end',
      'text',
      'style',
      'flow',
      'pairs',
      'key',
      'value',
      'items',
      'anchor',
      'tag',
      'rule',
      'message',
      'name',
    ],
  );

describe('yaml read in part', () => {
  const seed = Number(process.env['PLUMBLINE_SEED'] ?? Date.now() % 1_000_000_000);

  it('a part that is taken as certain gives the tree of the whole', async () => {
    const texts = [...samples(), ...(await suiteCases()).map(({ text }) => text)];
    const sound = texts.flatMap((text) => {
      try {
        const [document, ...others] = readExactly(text, 0);
        const { root, anchored = true, explicitEnd = true } = document ?? {};
        const isSound = root !== undefined && !anchored && !explicitEnd && others.length === 0;
        return isSound && !hasExplicitKeys(text) ? [{ text, base: 0, root }] : [];
      } catch {
        return [];
      }
    });
    let parts = 0;
    for (let i = 0; i < 4000; i++) {
      const random = seeded(seed + i);
      const old = sound[Math.floor(random() * sound.length)] as (typeof sound)[number];
      const text = edited(old.text, random);
      const part = /^---/m.test(text.slice(1)) ? undefined : reread(old, text);
      if (part !== undefined) {
        parts++;
        const message = `PLUMBLINE_SEED=${seed + i}\n${JSON.stringify(old.text)}\n${JSON.stringify(text)}`;
        assert.deepStrictEqual(part, readWhole(text), message);
      }
    }
    assert.ok(parts > 500, `${parts} parts`);
  });

  it('a long document after every keystroke', () => {
    const items = samples()
      .filter((text) => !/^(?:---|%|\.\.\.)|[&*?]/m.test(text) && parseYaml(text).documents[0]?.recovered === false)
      .slice(0, 25)
      .map((text) => text.trimEnd().replace(/^/gm, '    ').replace(/^ {3}/, '  -'));
    const whole = `apiVersion: v1\nkind: List\nitems:\n${items.join('\n')}\nmetadata:\n  name: a\n`;
    for (const start of [whole, whole.replace(/\n/g, '\r\n')]) {
      for (let round = 0; round < 10; round++) {
        let text = start;
        let parsed = parseYaml(text);
        for (let step = 0; step < 4; step++) {
          text = edited(text, seeded(seed + round * 10 + step));
          parsed = parseYaml(text, parsed);
          assert.ok(shape(parsed) === shape(parseYaml(text)), `PLUMBLINE_SEED=${seed}, ${round}, ${step}`);
        }
      }
    }
  });
});
