// Updates of objects that the server really has: a PUT in a dry run beside the engine's verdict on the new object with the stored one
// (`ValidateItem.old`), which is how drift and the rules of immutable fields ask it.
import assert from 'node:assert/strict';
import { writeJson } from '../../server/src/core/json';
import type { EngineVerdict } from '../../server/src/core/ports';
import { ApiServer, type Judgement } from './apiServer';
import { stateOfMessage } from './figures';
import { definitions, folders, pieces } from './material';
import { basesOf } from './plan';
import { endProduct } from './product';
import { record } from './report';
import { seedOf } from './sets';
import { updateCases, type Update } from './updateCases';

const seed = seedOf();
const size = Number(process.env['PLUMBLINE_UPDATES'] ?? 5000);

describe('update: mutants of stored objects', () => {
  let server: ApiServer;
  let updates: Update[];

  before(async () => {
    console.log(`      seed ${seed}: PLUMBLINE_SEED=${seed} makes the same set again`);
    const all = await folders();
    const crds = definitions();
    server = await ApiServer.start(crds);
    const bases = await basesOf(server, pieces(all));
    const cases = await updateCases(server, bases, { size, seed }, crds);
    updates = cases.updates;
    report(cases.stored.length, new Set(cases.stored.map(({ kind }) => kind)).size);
  });
  after(async () => {
    await server?.stop();
    await endProduct();
  });

  const problems = ({ verdict }: Update): EngineVerdict['problems'] =>
    verdict.known ? verdict.problems.filter(({ assumed }) => assumed !== true) : [];
  const refused = (): Update[] => updates.filter(({ judgement }) => !judgement.accepted);
  const alarms = (): Update[] => updates.filter((u) => u.judgement.accepted && problems(u).length > 0);
  const missed = (): Update[] => refused().filter((u) => problems(u).length === 0);
  const unexplained = (): Update[] =>
    missed().filter((u) => u.verdict.known && stateOfMessage(u.judgement.message) === undefined);

  function report(objects: number, kinds: number): void {
    const valued = refused().filter((u) => u.judgement.causes.length > 0 && problems(u).length > 0);
    const other = valued.filter((u) => !hasSameFields(u.judgement, problems(u)));
    const state: Record<string, number> = {};
    for (const u of missed()) {
      const name = stateOfMessage(u.judgement.message) ?? (u.verdict.known ? 'unexplained' : 'kind without rules');
      state[name] = (state[name] ?? 0) + 1;
    }
    const table = (keyOf: (u: Update) => string): Record<string, object> => {
      const rows: Record<string, { documents: number; refused: number; caught: number; falseAlarms: number }> = {};
      for (const u of updates) {
        const row = (rows[keyOf(u)] ??= { documents: 0, refused: 0, caught: 0, falseAlarms: 0 });
        row.documents++;
        row.refused += u.judgement.accepted ? 0 : 1;
        row.caught += !u.judgement.accepted && problems(u).length > 0 ? 1 : 0;
        row.falseAlarms += u.judgement.accepted && problems(u).length > 0 ? 1 : 0;
      }
      return Object.fromEntries(Object.entries(rows).sort(([a], [b]) => (a < b ? -1 : 1)));
    };
    const caught = refused().length - missed().length;
    record(`update-${seed}`, {
      seed,
      storedObjects: objects,
      kinds,
      documents: updates.length,
      serverRefuses: refused().length,
      immutable: refused().filter(({ judgement }) =>
        /immutable|may not change|cannot be changed/.test(judgement.message),
      ).length,
      parity: `${(100 * (1 - (alarms().length + missed().length) / updates.length)).toFixed(2)} %`,
      falseAlarms: alarms().map(shown),
      caught: `${caught} of ${refused().length}, ${((100 * caught) / refused().length).toFixed(2)} %`,
      missed: state,
      unexplained: unexplained().map(shown),
      sameFields422: `${valued.length - other.length} of ${valued.length}`,
      otherFields422: other.map(shown),
      byKind: table(({ stored }) => stored.kind),
      bySort: table(({ sort }) => sort),
    });
  }

  it('no valid update is refused', () => {
    assert.equal(alarms().length, 0, JSON.stringify(alarms().slice(0, 5).map(shown), null, 1));
  });

  it('99.9 % of what the server refuses and an engine can know is found', () => {
    const share = 1 - unexplained().length / refused().length;
    assert.ok(share >= 0.999, JSON.stringify(unexplained().slice(0, 5).map(shown), null, 1));
  });
});

function hasSameFields({ causes }: Judgement, problems: EngineVerdict['problems']): boolean {
  const plain = (field: string): string => (field === '<nil>' ? '' : field.replace(/^\./, ''));
  const theirs = new Set(
    causes
      .filter(({ message }) => !message.includes('some validation rules were not checked'))
      .map((c) => plain(c.field)),
  );
  const ours = new Set(problems.map(({ field }) => field));
  return theirs.size === ours.size && [...theirs].every((field) => ours.has(field));
}

function shown({ stored, sort, object, judgement, verdict }: Update): object {
  return {
    kind: stored.kind,
    name: stored.name,
    sort,
    server: `${judgement.reason} ${judgement.message.slice(0, 400)}`,
    causes: judgement.causes.map(({ field, message }) => `${field}: ${message.slice(0, 160)}`),
    ours: verdict.problems.map(
      ({ type, field, message, assumed }) => `${type} ${field}: ${message.slice(0, 160)} ${assumed ? 'assumed' : ''}`,
    ),
    known: verdict.known,
    object: writeJson(object).slice(0, 3000),
  };
}
