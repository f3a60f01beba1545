// A small part of the parity runs (`npm run test:parity`) with a fresh seed: mutants of our own manifests, created and updated.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ApiServer } from '../parity/apiServer';
import { createCases } from '../parity/createCases';
import { figuresOf, line, stateOfMessage } from '../parity/figures';
import { definitions, documentsOf } from '../parity/material';
import { basesOf, isCustom, type Bases } from '../parity/plan';
import { endProduct } from '../parity/product';
import { seedOf } from '../parity/sets';
import { updateCases } from '../parity/updateCases';
import { checkout } from '../support/shared';

const seed = seedOf();
const again = `PLUMBLINE_SEED=${seed}`;

describe(`parity with the API server, seed ${seed}`, () => {
  let server: ApiServer;
  let bases: Bases;
  const crds = definitions();

  before(async () => {
    const dir = path.join(checkout, 'test/parity/manifests');
    const own = fs
      .readdirSync(dir)
      .flatMap((file) =>
        documentsOf(fs.readFileSync(path.join(dir, file), 'utf8')).map((text) => ({ name: file, text })),
      );
    server = await ApiServer.start(crds);
    bases = await basesOf(server, own);
    assert.equal(bases.all.length, own.length, 'the server accepts all of our manifests');
  });
  after(async () => {
    await server?.stop();
    await endProduct();
  });

  it('knows enough kinds', () => {
    const kinds = [...bases.byKind.keys()];
    const custom = kinds.filter(isCustom).length;
    assert.ok(custom >= 25 && kinds.length - custom >= 30, `${kinds.length} kinds, ${custom} custom`);
  });

  it('creates: no false alarm, nothing missed but what only the cluster knows', async () => {
    const figures = figuresOf(await createCases(server, bases, { size: 1200, seed }, crds));
    assert.deepEqual(figures.falseAlarms.map(line), [], again);
    assert.ok(figures.unexplained.length <= 1, `${again} ${JSON.stringify(figures.unexplained.map(line), null, 1)}`);
    const { different } = figures.values;
    assert.ok(different.length <= 2, `${again} ${JSON.stringify(different.map(line), null, 1)}`);
    assert.ok(figures.decode.elsewhere.length <= 4, `${again} ${JSON.stringify(figures.decode.elsewhere.map(line))}`);
    assert.ok(figures.caught > 700);
  });

  it('updates: no false alarm, nothing missed but what only the cluster knows', async () => {
    const { updates } = await updateCases(server, bases, { size: 600, seed }, crds);
    const wrong = updates.filter(({ judgement, verdict }) => {
      const isRefused = verdict.known && verdict.problems.some(({ assumed }) => assumed !== true);
      return judgement.accepted ? isRefused : !isRefused && stateOfMessage(judgement.message) === undefined;
    });
    const shown = wrong.map(({ stored, sort, judgement, verdict }) => ({
      kind: stored.kind,
      sort,
      server: judgement.message,
      ours: verdict.problems,
    }));
    assert.ok(updates.length > 500);
    assert.deepEqual(shown, [], again);
  });
});
