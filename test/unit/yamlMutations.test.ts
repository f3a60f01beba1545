// Whatever a document is damaged to, reading and checking answer, and the other documents of the file keep their findings. Other
// mutations in every run: a failure names its seed, and PLUMBLINE_SEED repeats it. test:parity runs ten times as many.
import fs from 'node:fs';
import path from 'node:path';
import { seeded } from '../support/mutations';
import { newSchemaStore } from '../support/schemas';
import { fixtures } from '../support/shared';
import { damaged, standsBetween } from '../support/yamlMutations';

describe('damaged yaml', () => {
  it('a thousand mutations cost their own document only', () => {
    const folder = path.join(fixtures, 'diagnostics');
    const texts = (fs.readdirSync(folder, { recursive: true }) as string[])
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => fs.readFileSync(path.join(folder, name), 'utf8'))
      .filter((text) => !/^(?:---|\.\.\.|%)/m.test(text));
    const store = newSchemaStore();
    const first = Number(process.env['PLUMBLINE_SEED'] ?? Date.now() % 1_000_000_000);
    for (let seed = first; seed < first + 1000; seed++) {
      const random = seeded(seed);
      const text = damaged(texts[Math.floor(random() * texts.length)] as string, random);
      try {
        standsBetween(text, store);
      } catch (error) {
        throw new Error(`PLUMBLINE_SEED=${seed}: ${(error as Error).message}\n${JSON.stringify(text)}`, {
          cause: error,
        });
      }
    }
  });
});
