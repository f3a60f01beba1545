// Random edits of the public manifests: read back, each is the old value with that one change, and nothing else is another text.
import assert from 'node:assert/strict';
import { documentsOf, editHolds } from '../support/editMutations';
import { pick, seeded } from '../support/mutations';
import { folders, pieces } from './material';
import { record } from './report';

describe('edits', () => {
  it('sixty thousand change what they are about and nothing else', async () => {
    const texts = pieces(await folders())
      .filter(({ text }) => text.length < 8000)
      .flatMap(({ text }) => documentsOf(text));
    const first = Number(process.env['PLUMBLINE_SEED'] ?? Date.now() % 1_000_000_000);
    const broken: string[] = [];
    let edits = 0;
    for (let seed = first; edits < 60_000; seed++) {
      const random = seeded(seed);
      try {
        edits += editHolds(pick(random, texts), random) ? 1 : 0;
      } catch (error) {
        edits++;
        broken.push(`PLUMBLINE_SEED=${seed}: ${(error as Error).message}`);
      }
    }
    record('edits', { seed: first, edits, broken });
    assert.deepEqual(broken.slice(0, 5), []);
  });
});
