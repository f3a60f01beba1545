// Mutants of objects that the server really has, with its answer to a PUT and the engine's verdict on new and stored object.
import { isObject, writeJson, type JsonObject, type JsonValue } from '../../server/src/core/json';
import { identityOf } from '../../server/src/core/kinds/identity';
import type { EngineVerdict } from '../../server/src/core/ports';
import { addDefinitions } from '../../server/src/core/render/checkRendering';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { toExactJson } from '../../server/src/core/yaml/resolve';
import type { ApiServer, Judgement } from './apiServer';
import { mutate, sorts } from './mutate';
import { isCustom, kindOf, type Bases } from './plan';
import { storeOf, theEngines } from './product';
import { inParallel, random } from './sets';

export interface Stored {
  kind: string;
  name: string;
  text: string;
  object: JsonObject;
}

export interface Update {
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

/** Creates up to 25 objects of each kind, and asks about `size` changes of them. */
export async function updateCases(
  server: ApiServer,
  { byKind }: Bases,
  { size, seed }: { size: number; seed: number },
  definitions: readonly string[],
): Promise<{ stored: Stored[]; updates: Update[] }> {
  const next = random(seed);
  const stored = await create(server, byKind);
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
    const isDropped = object !== undefined && isCustom(base.kind) && holdsNull(object);
    if (object !== undefined && !seen.has(written) && !isDropped) {
      seen.add(written);
      planned.push({ stored: base, sort, object });
    }
  }
  const { validator } = theEngines();
  const store = storeOf(definitions);
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
  const updates = planned.map((update, i) => ({
    ...update,
    judgement: judgements[i] as Judgement,
    verdict: verdicts[i] as EngineVerdict,
  }));
  return { stored, updates };
}

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

function withoutOwners(object: JsonObject): JsonObject {
  const { managedFields, ...metadata } = object['metadata'] as JsonObject;
  void managedFields;
  return { ...object, metadata };
}
