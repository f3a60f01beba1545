// Random edits of manifests that nobody wrote for the purpose. Other edits in every run: a failure names its seed, and PLUMBLINE_SEED
// repeats it. test:parity does thirty times as many on public manifests.
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { documentsOf, editHolds } from '../support/editMutations';
import { pick, seeded } from '../support/mutations';
import { fixtures, sharedDir } from '../support/shared';

const odd = [
  'a: b', 'a: |\n  x\n  y', 'a: |+\n  x\n\nb: c\n', 'a: >-\n  x\n\n# end', 'a:\n- b\n-\n- c: d # x\n  # y\n  e: f\n# t\n', 'a: {b, c: , d: e}\n',
  '{"a": 1, "b": [1, 2, {"c": null}], "d": {}}\n', 'a: "b\n  c"\nd: \'e\n\n  f\'\n', '- a\n- - b\n  - c\n- d: e\n  f:\n  - g\n',
  'a:   # c\n  b: c   # d\n\n\n  # e\n  f: g\n', 'a:\r\n  - b: |\r\n      c\r\n    d: e\r\n  - f\r\n', 'a: [b, c,]\nd: {e: f,}\n',
  'a: [\n  b, # x\n  c\n]\nd: {\n  e: f,\n  g: h # y\n}\n', 'a:\n  - b\n  # between\n\n  - c\nd:\n  # lead\n  e: f\n', 'a: {}\n\n  # deep\n  # deeper\nb: c \n',
]; // prettier-ignore

describe('random edits', () => {
  it('change what they are about and nothing else', () => {
    const shared = sharedDir();
    const folders = [
      path.join(fixtures, 'diagnostics'),
      ...(shared === undefined ? [] : [path.join(shared, 'corpus')]),
    ];
    const files = folders.flatMap((folder) =>
      (fs.readdirSync(folder, { recursive: true }) as string[])
        .filter((name) => /\.ya?ml$/.test(name))
        .sort()
        .map((name) => fs.readFileSync(path.join(folder, name), 'utf8')),
    );
    const texts = [...odd, ...files.filter((text) => text.length < 6000 && !text.includes('{{')).flatMap(documentsOf)];
    const first = Number(process.env['PLUMBLINE_SEED'] ?? Date.now() % 1_000_000_000);
    let edits = 0;
    for (let seed = first; edits < 2000; seed++) {
      const random = seeded(seed);
      try {
        edits += editHolds(pick(random, texts), random) ? 1 : 0;
      } catch (error) {
        throw new Error(`PLUMBLINE_SEED=${seed}: ${(error as Error).message}`, { cause: error });
      }
    }
    assert.ok(texts.length > 50);
  });
});
