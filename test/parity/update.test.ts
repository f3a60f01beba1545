// Updates of objects that the server really has: a PUT in a dry run beside the engine's verdict on the new object with the stored one
// (`ValidateItem.old`), which is how drift and the rules of immutable fields ask it.
import assert from 'node:assert/strict';
import { isObject, writeJson, type JsonObject, type JsonValue } from '../../server/src/core/json';
import { identityOf } from '../../server/src/core/kinds/identity';
import type { EngineVerdict } from '../../server/src/core/ports';
import { addDefinitions } from '../../server/src/core/render/checkRendering';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { toExactJson } from '../../server/src/core/yaml/resolve';
import { ApiServer, type Judgement } from './apiServer';
import { stateOfMessage } from './figures';
import { definitions, folders, pieces } from './material';
import { mutate, sorts } from './mutate';
import { basesOf, kindOf } from './plan';
import { endProduct, storeOf, theEngines } from './product';
import { record } from './report';
import { inParallel, random, seedOf } from './sets';

const seed = seedOf();
const size = Number(process.env['PLUMBLINE_UPDATES'] ?? 5000);

interface Stored {
  kind: string;
  name: string;
  text: string;
  object: JsonObject;
}

interface Update {
  stored: Stored;
  sort: string;
  object: JsonObject;
  judgement: Judgement;
  verdict: EngineVerdict;
}

/** What a mutant says of itself must stay: another name is another object. Whole YAML faults are the business of creates. */
function updateOf(text: string, { object: stored }: Stored): JsonObject | undefined {
  const { documents } = parseYaml(text);
  const [document] = documents;
  const object = documents.length === 1 && document?.faults.length === 0 ? toExactJson(document.root) : undefined;
  if (!isObject(object) || !isObject(object['metadata']) || identityOf(document?.root) === undefined) {
    return undefined;
  }
  const metadata = stored['metadata'] as JsonObject;
  const own = object['metadata'];
  const isSame =
    object['apiVersion'] === stored['apiVersion'] &&
    object['kind'] === stored['kind'] &&
    own['name'] === metadata['name'] &&
    (own['namespace'] ?? 'default') === (metadata['namespace'] ?? own['namespace'] ?? 'default');
  // Custom resources cannot be written without it, and nobody keeps one in Git.
  return isSame
    ? { ...object, metadata: { ...own, resourceVersion: metadata['resourceVersion'] as JsonValue } }
    : undefined;
}

/** The engine takes a custom resource as a merge left it, where a null stands for itself; a PUT drops it. */
function holdsNull(value: JsonValue): boolean {
  return value === null || (typeof value === 'object' && Object.values(value).some(holdsNull));
}

describe('update: mutants of stored objects', () => {
  let server: ApiServer;
  let updates: Update[];

  before(async () => {
    console.log(`      seed ${seed}: PLUMBLINE_SEED=${seed} makes the same set again`);
    const all = await folders();
    const crds = definitions();
    server = await ApiServer.start(crds);
    const bases = await basesOf(server, pieces(all));
    const next = random(seed);
    const stored = await create(server, bases.byKind);
    const families = [
      ...new Map(stored.map((one) => [one.kind, stored.filter(({ kind }) => kind === one.kind)])).values(),
    ];
    const one = <T>(list: readonly T[]): T | undefined => list[Math.floor(next() * list.length)];
    const planned: Pick<Update, 'stored' | 'sort' | 'object'>[] = [];
    const seen = new Set<string>();
    for (let tries = 0; planned.length < size && tries < size * 20; tries++) {
      const base = next() < 0.7 ? one(one(families) ?? []) : one(stored);
      if (base === undefined) {
        break;
      }
      // As the author wrote it, or as the server gives it back: with defaults, addresses and all.
      const text = next() < 0.5 ? base.text : JSON.stringify(withoutOwners(base.object), null, 2);
      const sort = one(sorts) ?? '';
      const mutant = mutate(text, sort, next);
      const object = mutant === undefined ? undefined : updateOf(mutant.text, base);
      const written = object === undefined ? '' : writeJson(object);
      const isDropped = object !== undefined && isCustom(base) && holdsNull(object);
      if (object !== undefined && !seen.has(written) && !isDropped) {
        seen.add(written);
        planned.push({ stored: base, sort, object });
      }
    }
    const { validator } = theEngines();
    const store = storeOf(crds);
    await addDefinitions(
      stored.map(({ object }) => object),
      { store, validator },
    );
    const verdicts = await validator.validate(
      planned.map(({ object, stored: { object: old } }) => ({ object, old, namespace: 'default' })),
    );
    const judgements = await inParallel(planned, 12, ({ object, stored: { object: old } }) =>
      server.judgeUpdate(writeJson(object), old),
    );
    updates = planned.map((update, i) => ({
      ...update,
      judgement: judgements[i] as Judgement,
      verdict: verdicts[i] as EngineVerdict,
    }));
    report(stored.length, families.length);
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

/** Up to 25 objects of each kind, for good. */
async function create(
  server: ApiServer,
  byKind: ReadonlyMap<string, { name: string; text: string }[]>,
): Promise<Stored[]> {
  const wanted = [...byKind].flatMap(([kind, list]) =>
    /CustomResourceDefinition$/.test(kind) ? [] : list.slice(0, 25),
  );
  const made = await inParallel(wanted, 8, ({ text }) => server.create(text));
  return wanted.flatMap(({ name, text }, i) => {
    const object = made[i];
    return object === undefined ? [] : [{ kind: kindOf(text), name, text, object }];
  });
}

const isCustom = ({ kind }: Stored): boolean =>
  !/^(?:v1|apps\/|batch\/|autoscaling\/|policy\/)/.test(kind) && !/^(?!gateway\.)[a-z.]*k8s\.io\//.test(kind);

function withoutOwners(object: JsonObject): JsonObject {
  const { managedFields, ...metadata } = object['metadata'] as JsonObject;
  void managedFields;
  return { ...object, metadata };
}

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
