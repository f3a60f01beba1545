// Faults planted in real manifests: accepted or refused as the server does, the same fields named, findings where the edit was made.
import assert from 'node:assert/strict';
import { ApiServer } from './apiServer';
import { createCases } from './createCases';
import { figuresOf, line, type Figures } from './figures';
import { definitions, folders, pieces } from './material';
import { basesOf, isCustom } from './plan';
import { endProduct } from './product';
import { record } from './report';
import { seedOf } from './sets';
import { peerTable, tables } from './tables';
import { peerVerdicts } from './peers';

/** PLUMBLINE_SEED makes the same set again; PLUMBLINE_MUTANTS its size; with PLUMBLINE_STACKED each has so many faults. */
const seed = seedOf();
const size = Number(process.env['PLUMBLINE_MUTANTS'] ?? 8000);
const stacked = Number(process.env['PLUMBLINE_STACKED'] ?? 1);
/** PLUMBLINE_PEERS=no leaves the other validators out, which take longer than everything else. */
const withPeers = process.env['PLUMBLINE_PEERS'] !== 'no';

describe('create: mutants of valid manifests', () => {
  let server: ApiServer;
  let figures: Figures;

  before(async () => {
    console.log(`      seed ${seed}: PLUMBLINE_SEED=${seed} makes the same set again`);
    const all = await folders();
    const crds = definitions();
    server = await ApiServer.start(crds);
    const bases = await basesOf(server, pieces(all));
    const cases = await createCases(server, bases, { size, stacked, seed }, crds);
    figures = figuresOf(cases);
    // Items of lists are shown to the peers by themselves, which is what they say of lists, too.
    const peers = withPeers
      ? peerTable(
          cases,
          await peerVerdicts(
            cases.map(({ asked, kind }) => ({ text: asked, kind })),
            crds,
          ),
        )
      : undefined;
    const kinds = [...bases.byKind.keys()];
    record(`create${stacked > 1 ? '-stacked' : ''}-${seed}`, {
      seed,
      validManifests: bases.all.length,
      builtInKinds: kinds.filter((kind) => !isCustom(kind)).length,
      customKinds: kinds.filter(isCustom).length,
      ...(peers === undefined ? {} : { peers }),
      ...tables(figures),
    });
  });
  after(async () => {
    await server?.stop();
    await endProduct();
  });

  it('no valid manifest has an error', () => {
    assert.deepEqual(figures.falseAlarms.map(line), []);
  });

  // With several faults at once, two of them may take from a document all that says what it is.
  if (stacked > 1) {
    return;
  }

  it('99.9 % of what the server refuses and an engine can know is found', () => {
    const explained = figures.refused - figures.unexplained.length;
    assert.ok(explained / figures.refused >= 0.999, `${figures.unexplained.length} are missed: see out/parity`);
  });

  it('the same fields are named in 99.9 % of the answers that name any', () => {
    const { engineSame, engineAsked, answers, how } = figures.values;
    assert.ok(engineSame / engineAsked >= 0.999, `engine: ${engineSame} of ${engineAsked}`);
    assert.ok(how.different / answers <= 0.001 + 1 / answers, `${how.different} of ${answers} differ: see out/parity`);
  });
});
