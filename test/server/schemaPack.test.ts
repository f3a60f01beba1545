// Every bundled definition in the engine that judges with it: accepted, compiled with its rules, and known for each served version.
import assert from 'node:assert/strict';
import path from 'node:path';
import type { JsonObject } from '../../server/src/core/json';
import { createEngines, type Engines } from '../../server/src/adapters/engines';
import { newSchemaStore, repositoryRoot, schemaPack } from '../support/schemas';

describe('bundled custom resource definitions', () => {
  let engines: Engines;
  before(() => {
    const log = { info: () => undefined, warn: console.warn, error: console.error };
    engines = createEngines({ folder: path.join(repositoryRoot, 'dist/engines'), log });
  });
  after(() => engines.dispose());

  it('are accepted by the validate engine, each served version with a schema that compiles', async function () {
    this.timeout(120_000);
    const store = newSchemaStore();
    const pack = schemaPack();
    const refused: string[] = [];
    for (const crd of pack.crds) {
      await engines.validator.addCrds([pack.crdText(crd)]);
      const served = crd.versions.filter((version) => version.served);
      const verdicts = await engines.validator.validate(
        served.map(({ name }) => ({
          object: { apiVersion: `${crd.group}/${name}`, kind: crd.kind, metadata: { name: 'x', namespace: 'default' } },
        })),
      );
      served.forEach(({ name }, i) => {
        const verdict = verdicts[i];
        const faults =
          verdict?.problems.filter(({ type }) => type === 'EngineFailure' || type === 'InternalError') ?? [];
        if (verdict?.known !== true || faults.length > 0) {
          refused.push(`${crd.product}: ${crd.name} ${name}: ${faults.map(({ message }) => message).join('; ')}`);
        }
        const found = store.lookup({ apiVersion: `${crd.group}/${name}`, kind: crd.kind });
        assert.ok(found && found.schema.properties.size >= 3, `${crd.name} ${name}`);
      });
    }
    assert.deepEqual(refused, []);
    assert.ok(pack.crds.length >= 200, `${pack.crds.length} definitions`);
  });

  it('say nothing about the conversion or the columns of a cluster, and keep their documentation', () => {
    const store = newSchemaStore();
    const pack = schemaPack();
    for (const crd of pack.crds) {
      const { spec } = JSON.parse(pack.crdText(crd)) as { spec: { versions: JsonObject[] } & JsonObject };
      assert.equal(spec['conversion'], undefined, crd.name);
      assert.ok(
        spec.versions.every((version) => version['additionalPrinterColumns'] === undefined),
        crd.name,
      );
    }
    const monitor = store.lookup({ apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor' });
    const endpoint = monitor?.schema.properties.get('spec')?.properties.get('endpoints')?.items;
    assert.match(endpoint?.docs?.of('interval') ?? '', /scrape/i);
  });
});
