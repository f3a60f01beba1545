// The validate engine as callers see it, through its worker: verdicts with the server's own fields, custom resources,
// server-side apply. What the engine's rules are is tested in engines/validate; here, that they arrive.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { JsonObject } from '../../server/src/core/json';
import type { EngineVerdict, ValidateItem } from '../../server/src/core/ports';
import { Cancelled } from '../../server/src/core/ports';
import type { Engines } from '../../server/src/adapters/engines';
import { createEngines } from '../../server/src/adapters/engines';

const root = path.resolve(__dirname, '../../..');
const fixture = (name: string): string => fs.readFileSync(path.join(root, 'test/fixtures/validate', name), 'utf8');

interface Case {
  object: JsonObject;
  kind: string;
  title: string;
  /** The `#:` lines above it. */
  expected: string;
}

function cases(file: string): Case[] {
  return fixture(file)
    .split(/^---\n/m)
    .map((text) => {
      const object = parse(text, { version: '1.1' }) as JsonObject;
      const { name, generateName } = object.metadata as { name?: string; generateName?: string };
      const expected = [...text.matchAll(/^#: (.*)$/gm)].map((match) => match[1]).join('\n');
      const kind = object.kind as string;
      return { object, kind, title: `${kind} ${name ?? generateName}`, expected };
    });
}

function summary(verdict: EngineVerdict | undefined): string {
  assert.ok(verdict);
  return verdict.problems.map((p) => `${p.type} ${p.field}${p.assumed === true ? ' (assumed)' : ''}`.trim()).join('\n');
}

describe('validate engine', () => {
  let engines: Engines;
  const validateOne = async (item: ValidateItem): Promise<EngineVerdict> => {
    const [verdict] = await engines.validator.validate([item]);
    assert.ok(verdict);
    return verdict;
  };

  before(async () => {
    const log = { info: () => undefined, warn: console.warn, error: console.error };
    engines = createEngines({ folder: path.join(root, 'dist/engines'), log });
    await engines.validator.addCrds([fixture('widgets.yaml')]);
  });
  after(() => engines.dispose());

  it('says which Kubernetes it is', async () => {
    const { validate } = await engines.versions();
    assert.match(validate?.kubernetes as string, /^1\.36\./);
  });

  describe('finds nothing wrong with', () => {
    for (const { object, title } of cases('valid.yaml')) {
      it(title, async () => {
        const verdict = await validateOne({ object, namespace: 'ns' });
        assert.equal(summary(verdict), '');
        assert.equal(verdict.known, true);
      });
    }
  });

  describe('refuses', () => {
    for (const { object, kind, expected } of cases('invalid.yaml')) {
      it(`${kind}: ${expected.replaceAll('\n', ', ')}`, async () => {
        const verdict = await validateOne({ object, namespace: 'ns' });
        assert.equal(summary(verdict), expected);
        assert.equal(verdict.known, true);
        assert.ok(verdict.problems.every((p) => p.message.length > 5));
      });
    }
  });

  it('answers many objects at once, in their order', async () => {
    const all = [...cases('valid.yaml'), ...cases('invalid.yaml')];
    const verdicts = await engines.validator.validate(all.map(({ object }) => ({ object, namespace: 'ns' })));
    assert.deepEqual(
      verdicts.map(summary),
      all.map(({ expected }) => expected),
    );
  });

  it('never calls valid what it has no rules for', async () => {
    for (const [apiVersion, kind] of [
      ['example.org/v1', 'Nothing'],
      ['authentication.k8s.io/v1', 'TokenReview'],
    ] as const) {
      const verdict = await validateOne({ object: { apiVersion, kind, metadata: { name: 'x' } } });
      assert.deepEqual([verdict.known, verdict.problems], [false, []], kind);
    }
    assert.equal((await validateOne({ object: { kind: 'ConfigMap' } })).known, false);
  });

  it('judges an update by the stored object, and gives the defaulted one back', async () => {
    const [widget] = cases('valid.yaml').filter(({ title }) => title === 'Widget w');
    assert.ok(widget);
    const object = structuredClone(widget.object);
    (object.spec as JsonObject).color = 'blue';
    const verdict = await validateOne({ object, old: widget.object, return: true });
    assert.equal(summary(verdict), 'FieldValueInvalid spec.color');
    const unchanged = await validateOne({ object: widget.object, old: widget.object, return: true });
    assert.equal(summary(unchanged), '');
    assert.deepEqual(unchanged.object?.spec, {
      size: 5,
      color: 'red',
      parts: [
        { name: 'a', count: 1 },
        { name: 'b', count: 2 },
      ],
    });
  });

  it('applies as the server does: owners, conflicts, force', async () => {
    const desired = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'ns' }, data: { a: '1' } };
    const created = await engines.validator.apply({ desired, manager: 'one', force: false });
    assert.ok(created.object, summary(created));
    created.object.metadata.resourceVersion = '1';
    const other = { ...desired, data: { a: '2' } };
    const refused = await engines.validator.apply({
      live: created.object,
      desired: other,
      manager: 'two',
      force: false,
    });
    assert.equal(summary(refused), 'FieldManagerConflict data.a');
    assert.match(refused.problems[0]?.message ?? '', /"one"/);
    const forced = await engines.validator.apply({ live: created.object, desired: other, manager: 'two', force: true });
    assert.deepEqual(forced.object?.data, { a: '2' });
    const again = await engines.validator.apply({ live: created.object, desired, manager: 'one', force: false });
    assert.deepEqual(again.object, created.object);
  });

  it('keeps custom kinds when its instance is renewed', async () => {
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const small = createEngines({
      folder: path.join(root, 'dist/engines'),
      log,
      // Every instance is above this: each is given back as soon as nothing waits.
      limits: { validate: { memoryBytes: 1 } },
    });
    try {
      await small.validator.addCrds([fixture('widgets.yaml')]);
      const object = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { size: 0 } };
      for (let i = 0; i < 2; i++) {
        const [verdict] = await small.validator.validate([{ object, namespace: 'ns' }]);
        assert.equal(summary(verdict), 'FieldValueInvalid spec.size');
      }
      assert.ok(small.status().validate.instances >= 2);
    } finally {
      await small.dispose();
    }
  });

  it('takes the definition that was added last', async () => {
    const definition = (pattern: string) => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.net}
spec:
  group: example.net
  scope: Cluster
  names: {plural: things, kind: Thing}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {a: {type: string, pattern: ${pattern}}}}}}]
`;
    const object = { apiVersion: 'example.net/v1', kind: 'Thing', metadata: { name: 't' }, a: 'x' };
    for (const [pattern, expected] of [
      ['x', ''],
      ['y', 'FieldValueInvalid a'],
      ['x', ''],
    ] as const) {
      await engines.validator.addCrds([definition(pattern)]);
      assert.equal(summary(await validateOne({ object })), expected, pattern);
    }
  });

  it('drops a request that a newer one of its slot overtakes', async () => {
    const items = cases('valid.yaml').map(({ object }) => ({ object, namespace: 'ns' }));
    const many = Array.from({ length: 20 }, () => items).flat();
    const first = engines.validator.validate(many, { slot: 'open-file' });
    const second = engines.validator.validate(items, { slot: 'open-file' });
    await assert.rejects(first, Cancelled);
    assert.equal((await second).length, items.length);
  });
});
