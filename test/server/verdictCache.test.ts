// Verdicts that are remembered, and batches over several workers: both must say exactly what one engine says when it is asked.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import type { Engines } from '../../server/src/adapters/engines';
import { createEngines } from '../../server/src/adapters/engines';
import { createVerdictCache, type VerdictCache } from '../../server/src/adapters/verdictCache';
import type { JsonObject } from '../../server/src/core/json';
import type { EngineVerdict, ValidateItem, Validator } from '../../server/src/core/ports';
import { checkout } from '../support/shared';

const widgets = (kind: string, color: string): string =>
  JSON.stringify({
    kind: 'CustomResourceDefinition',
    metadata: { name: color },
    spec: { group: 'shop.example', names: { kind } },
  });
const object = (kind: string, name: string, more: JsonObject = {}): JsonObject => ({
  apiVersion: kind === 'Widget' ? 'shop.example/v1' : 'v1',
  kind,
  metadata: { name },
  ...more,
});

describe('verdict cache', () => {
  let folder: string;
  let file: string;
  let asked: string[][];
  let told: string[];
  let build: string | undefined;
  let answer: (item: ValidateItem) => EngineVerdict;

  const clean: EngineVerdict = { known: true, problems: [], warnings: [] };
  const engine: Validator = {
    addCrds: (texts) => Promise.resolve(void told.push(...texts)),
    validate: (items) => {
      asked.push(items.map(({ object }) => (object.metadata as JsonObject).name as string));
      return Promise.resolve(items.map((item) => answer(item)));
    },
    apply: () => Promise.reject(new Error('not here')),
  };
  const open = (): VerdictCache => createVerdictCache({ validator: engine, engine: () => build, file });
  const validate = (cache: VerdictCache, ...objects: JsonObject[]): Promise<EngineVerdict[]> =>
    cache.validator.validate(objects.map((o) => ({ object: o, namespace: 'default' })));

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-verdicts-'));
    file = path.join(folder, 'verdicts', 'one.json');
    asked = [];
    told = [];
    build = 'engine 1';
    answer = ({ object: o }) =>
      (o.metadata as JsonObject).name === 'bad'
        ? {
            known: true,
            problems: [{ type: 'FieldValueInvalid', field: 'spec', message: 'is wrong' }],
            warnings: ['w'],
          }
        : clean;
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('asks only for what it has not seen, and answers in order', async () => {
    const cache = open();
    const first = await validate(cache, object('ConfigMap', 'a'), object('ConfigMap', 'bad'));
    const second = await validate(
      cache,
      object('ConfigMap', 'bad'),
      object('ConfigMap', 'c'),
      object('ConfigMap', 'a'),
    );
    assert.deepEqual(asked, [['a', 'bad'], ['c']]);
    assert.deepEqual(second, [first[1], clean, clean]);
  });

  it('remembers from run to run, hashes and findings only', async () => {
    const first = open();
    await validate(first, object('ConfigMap', 'a', { data: { word: 'planted-value' } }), object('ConfigMap', 'bad'));
    await first.save();
    assert.doesNotMatch(fs.readFileSync(file, 'utf8'), /planted-value|ConfigMap/);
    const again = open();
    assert.equal(again.isFilled(), true);
    const [a, bad] = await validate(
      again,
      object('ConfigMap', 'a', { data: { word: 'planted-value' } }),
      object('ConfigMap', 'bad'),
    );
    assert.deepEqual([a, bad?.problems[0]?.message], [clean, 'is wrong']);
    assert.equal(asked.length, 1);
  });

  it('takes an object of other content or another namespace for another one', async () => {
    const cache = open();
    await validate(cache, object('ConfigMap', 'a'));
    await validate(cache, object('ConfigMap', 'a', { data: { b: 'c' } }));
    await cache.validator.validate([{ object: object('ConfigMap', 'a'), namespace: 'other' }]);
    assert.equal(asked.length, 3);
  });

  it('never keeps Secrets, updates, defaulted objects and failures of the engine', async () => {
    const cache = open();
    const items: ValidateItem[] = [
      { object: object('Secret', 's') },
      { object: object('ConfigMap', 'u'), old: object('ConfigMap', 'u') },
      { object: object('ConfigMap', 'd'), return: true },
      { object: object('ConfigMap', 'broken') },
    ];
    answer = ({ object: o }) =>
      (o.metadata as JsonObject).name === 'broken'
        ? { known: false, problems: [{ type: 'EngineFailure', field: '', message: 'stopped' }], warnings: [] }
        : clean;
    await cache.validator.validate(items);
    await cache.validator.validate(items);
    assert.deepEqual(asked[1], ['s', 'u', 'd', 'broken']);
    await cache.save();
    assert.equal(fs.existsSync(file), false);
  });

  it('forgets what another engine said', async () => {
    const first = open();
    await validate(first, object('ConfigMap', 'a'));
    await first.save();
    build = 'engine 2';
    await validate(first, object('ConfigMap', 'a'));
    await validate(open(), object('ConfigMap', 'a'));
    assert.equal(asked.length, 3);
  });

  it('judges a custom resource again when its definition changed, and hands the definition over before', async () => {
    const cache = open();
    const ask = async (color: string): Promise<void> => {
      await cache.validator.addCrds([widgets('Widget', color)]);
      await validate(cache, object('Widget', 'w'));
    };
    await ask('red');
    await ask('red');
    await ask('blue');
    await ask('red');
    assert.equal(asked.length, 2, 'the red verdict is still known');
    assert.deepEqual(told, [widgets('Widget', 'red'), widgets('Widget', 'blue')]);
    await validate(cache, object('ConfigMap', 'a'));
    assert.equal(told.length, 2, 'built-in kinds need none');
  });

  it('starts anew from a file that is damaged', async () => {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, '{"version":1,"engine":"engine 1","clean":[');
    const cache = open();
    assert.equal(cache.isFilled(), false);
    assert.deepEqual(await validate(cache, object('ConfigMap', 'a')), [clean]);
  });

  it('works without an engine to remember for', async () => {
    build = undefined;
    const cache = open();
    await validate(cache, object('ConfigMap', 'a'));
    await validate(cache, object('ConfigMap', 'a'));
    assert.equal(asked.length, 2);
  });
});

describe('batches over several workers', () => {
  const fixture = (name: string): string =>
    fs.readFileSync(path.join(checkout, 'test/fixtures/validate', name), 'utf8');
  const objects = ['valid.yaml', 'invalid.yaml'].flatMap((name) =>
    fixture(name)
      .split(/^---\n/m)
      .map((text) => parse(text, { version: '1.1' }) as JsonObject),
  );
  // Enough that every further worker is worth its start.
  const items = Array.from({ length: 1600 }, (_, i) => ({
    object: objects[i % objects.length] as JsonObject,
    namespace: 'ns',
  }));
  const made: Engines[] = [];
  const engines = (workers: number): Engines => {
    const log = { info: () => undefined, warn: console.warn, error: console.error };
    const created = createEngines({ folder: path.join(checkout, 'dist/engines'), log, workers });
    made.push(created);
    return created;
  };
  afterEach(() => Promise.all(made.splice(0).map((created) => created.dispose())));

  it('say the same as one worker, in the same order, also of custom resources', async () => {
    const [one, three] = [engines(1), engines(3)];
    await one.validator.addCrds([fixture('widgets.yaml')]);
    const expected = await one.validator.validate(items);
    const starting = three.validator.validate(items.slice(0, 800));
    await three.validator.addCrds([fixture('widgets.yaml')]);
    await starting;
    assert.deepEqual(await three.validator.validate(items), expected);
  });

  it('are cancelled as a whole', async () => {
    const three = engines(3);
    const abort = new AbortController();
    const running = three.validator.validate(items, { abort: abort.signal });
    abort.abort();
    await assert.rejects(running, { name: 'Cancelled' });
  });
});
