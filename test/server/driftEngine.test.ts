// Every recorded case through the merge and the real engine: the same verdict and the same paths as the API server's own dry run.
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Engines } from '../../server/src/adapters/engines';
import { createEngines } from '../../server/src/adapters/engines';
import { decideExactly, decideLocally, prepare, updateItem } from '../../server/src/core/drift/decide';
import { managedEntries, ownersFor } from '../../server/src/core/drift/owners';
import { productFolder } from '../../server/src/productFolder';
import type { DriftCase } from '../support/driftFixtures';
import { driftCases, fixtureSchema, fixturesDir } from '../support/driftFixtures';

describe('drift of one object, decided by merge and engine', () => {
  const schema = fixtureSchema();
  let engines: Engines;

  before(async function () {
    this.timeout(120_000);
    const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
    engines = createEngines({ folder: productFolder('engines'), log: silent });
    await engines.validator.addCrds([fs.readFileSync(path.join(fixturesDir, 'drift/widgets.crd.json'), 'utf8')]);
  });
  after(() => engines.dispose());

  async function decide(fixture: DriftCase): Promise<string[]> {
    const { desired, live } = fixture;
    const root = schema.root(desired.apiVersion, desired.kind);
    assert.ok(root);
    const prepared = prepare(root, desired);
    const local = decideLocally(prepared, live, ownersFor(managedEntries(live), 'argocd-controller'));
    if (local.verdict !== 'differs') {
      return [local.verdict];
    }
    const [verdict] = await engines.validator.validate([updateItem(local.merged, live)]);
    assert.ok(verdict);
    const exact = decideExactly(prepared, live, local.merged, verdict);
    return exact.verdict === 'drifted'
      ? exact.differences
          .map(({ path: elements, order }) => {
            const names = elements.map((e) => '/' + (e.startsWith('f:') ? e.slice(2) : e));
            return names.join('') + (order ? '#order' : '');
          })
          .sort()
      : [exact.verdict];
  }

  for (const fixture of driftCases()) {
    it(fixture.name, async () => {
      assert.deepEqual(
        await decide(fixture),
        fixture.truth.map((line) => line.replace(/^rejected \d+$/, 'rejected')),
      );
    });
  }
});
