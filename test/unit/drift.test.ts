// The local decision against what a real API server did: never "in sync" where the server changes something, the same exact
// paths where no default or conversion is involved, and the texts that people see.
import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import { differences } from '../../server/src/core/drift/compare';
import { comparedObject } from '../../server/src/core/drift/comparison';
import { comparable, decideLocally, prepare } from '../../server/src/core/drift/decide';
import type { FieldDrift } from '../../server/src/core/drift/drift';
import { managedEntries, ownersFor } from '../../server/src/core/drift/owners';
import type { DriftCase } from '../support/driftFixtures';
import { driftCases, expectation, fixtureSchema, renderingOf } from '../support/driftFixtures';

const schema = fixtureSchema();

function decide(fixture: DriftCase): { verdict: string; fields: FieldDrift[]; paths: string[] } {
  const root = schema.root(fixture.desired.apiVersion, fixture.desired.kind);
  assert.ok(root, `no schema for ${fixture.desired.kind}`);
  const owners = ownersFor(managedEntries(fixture.live), 'argocd-controller');
  const prepared = prepare(root, fixture.desired);
  const decision = decideLocally(prepared, fixture.live, owners);
  if (decision.verdict !== 'differs') {
    return { verdict: decision.verdict, fields: [], paths: [] };
  }
  const found = differences(root, comparable(fixture.live), comparable(decision.merged));
  const rendering = renderingOf(fixture.desiredText);
  const [resource] = rendering.resources;
  assert.ok(resource);
  const { desired: object, live } = fixture;
  const desired = { key: resource.key, object, resource, rendering, kind: undefined, definedHere: false };
  const kind = { group: '', version: '', kind: object.kind, resource: '', namespaced: true };
  const compared = comparedObject({ desired, kind, live, root, owners }, found, decision.merged, [], 'exact', [], []);
  return { verdict: 'differs', fields: compared.drift.fields, paths: found.map((d) => elementText(d.path, d.order)) };
}

const elementText = (elements: readonly string[], order: boolean): string =>
  elements.map((e) => '/' + (e.startsWith('f:') ? e.slice(2) : e)).join('') + (order ? '#order' : '');

function fieldLine(field: FieldDrift): string {
  const by = field.blame ? ` (${field.blame.manager})` : '';
  const line = field.origin?.line ?? '?';
  return `${field.change} ${field.path} [${field.pointer}] line ${line}: desired ${field.desired ?? '-'}, live ${field.live ?? '-'}${by}`;
}

/** Cases in which defaults, conversions or the update strategy decide: without the engine they can only "differ". */
const needsEngine = new Set([
  'daemon-set-template-generation',
  'null-scalar-means-default',
  'quantity-spelling',
  'removed-from-git-default-comes-back',
  'service-becomes-node-port',
  'stateful-set-claim-templates',
  'network-policy-protocol-inside-atomic',
]);

describe('drift of one object, decided locally', () => {
  const cases = driftCases();

  it('has the fixtures', () => {
    assert.ok(cases.length >= 30, `only ${cases.length}`);
  });

  for (const fixture of cases) {
    it(fixture.name, () => {
      const { verdict, fields, paths } = decide(fixture);
      const [first = ''] = fixture.truth;
      if (first === 'inSync') {
        assert.notEqual(verdict, 'rejected');
      } else if (first === 'rejected 500') {
        assert.equal(verdict, 'rejected');
      } else {
        assert.equal(verdict, 'differs', 'the server changes or refuses it');
      }
      if (verdict === 'differs' && !first.startsWith('rejected') && !needsEngine.has(fixture.name)) {
        assert.deepEqual(paths.sort(), first === 'inSync' ? [] : fixture.truth);
      }
      const shown = [verdict, ...fields.map(fieldLine), ''].join('\n');
      assert.equal(shown, expectation(path.join(fixture.dir, 'expected.txt'), shown));
    });
  }
});
