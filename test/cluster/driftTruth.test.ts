// The local verdict against the truth: random changes of live objects and of manifests, each decided by merge and engine, and
// each dry-run by a real API server. "In sync" may never be wrong; every verdict and every set of paths has to agree.
import * as assert from 'node:assert/strict';
import { createClusterTarget, type ClusterTarget } from '../../server/src/adapters/clusterTarget';
import { createEngines, type Engines } from '../../server/src/adapters/engines';
import { differences } from '../../server/src/core/drift/compare';
import { comparable, decideExactly, decideLocally, prepare, updateItem } from '../../server/src/core/drift/decide';
import { MergeSchema } from '../../server/src/core/drift/mergeSchema';
import { managedEntries, ownersFor } from '../../server/src/core/drift/owners';
import { inParallel } from '../../server/src/core/drift/pool';
import type { KindInfo } from '../../server/src/core/ports';
import type { KubernetesObject } from '../../server/src/core/resource';
import { groupOf, keyOf, versionOf } from '../../server/src/core/resource';
import { productFolder } from '../../server/src/productFolder';
import { startCluster, type Cluster } from '../support/cluster';
import { driftCases } from '../support/driftFixtures';
import { mutate, pick, seeded } from '../support/mutations';

const manager = 'argocd-controller';
const pairsPerKind = 30;
const seed = Number(process.env.PLUMBLINE_SEED ?? 1);

/** One manifest of each kind of the fixtures, by the first case that has it. */
function manifests(): KubernetesObject[] {
  const found = new Map<string, KubernetesObject>();
  for (const { desired, truth } of driftCases()) {
    if (truth[0] !== 'rejected 500' && groupOf(desired.apiVersion) !== 'lab.example.com' && !found.has(desired.kind)) {
      found.set(desired.kind, desired);
    }
  }
  return [...found.values()];
}

describe('drift of one object against a real API server', () => {
  let cluster: Cluster;
  let target: ClusterTarget;
  let engines: Engines;
  let kinds: KindInfo[];
  const schema = new MergeSchema();

  before(async function () {
    this.timeout(600_000);
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    cluster = await startCluster();
    target = createClusterTarget({ context: cluster.context('root'), kubeconfig: cluster.kubeconfig('root'), log });
    engines = createEngines({ folder: productFolder('engines'), log });
    const served = await target.kinds();
    assert.ok(served.ok);
    kinds = served.value;
    const documents = await target.openApi([...new Set(manifests().map((m) => m.apiVersion))]);
    assert.ok(documents.ok);
    documents.value.forEach((document) => schema.add(document));
  });
  after(async () => {
    target?.close();
    await engines?.dispose();
    await cluster?.stop();
  });

  it(`agrees in verdict and paths (seed ${seed})`, async function () {
    this.timeout(600_000);
    const namespace = await cluster.namespace('truth');
    const counts = { pairs: 0, inSync: 0, changed: 0, rejected: 0, withoutEngine: 0 };
    const wrong: string[] = [];
    const jobs = manifests().flatMap((manifest) => Array.from({ length: pairsPerKind }, (_, i) => ({ manifest, i })));
    await inParallel(jobs, 6, async ({ manifest, i }, job) => {
      const random = seeded(seed * 100_000 + job);
      const name = `${manifest.kind.toLowerCase()}-${i}`;
      const base = { ...manifest, metadata: { ...manifest.metadata, name, namespace } };
      const kind = kinds.find(
        (k) => k.kind === base.kind && k.group === groupOf(base.apiVersion) && k.version === versionOf(base.apiVersion),
      );
      assert.ok(kind);
      const made = await target.apply(base, kind, { manager, force: true });
      assert.ok(made.ok, made.ok ? '' : made.failure.message);
      const story: string[] = [];
      for (let n = Math.floor(random() * 3); n > 0; n--) {
        const { object, what } = mutate(random, base);
        const part = pick(
          random,
          Object.keys(object).filter((k) => !['apiVersion', 'kind', 'metadata', 'type'].includes(k)),
        );
        const own: KubernetesObject = {
          apiVersion: base.apiVersion,
          kind: base.kind,
          metadata: { name, namespace },
          [part]: object[part] ?? null,
        };
        const answer = await target.apply(own, kind, { manager: 'somebody', force: true });
        story.push(`live ${what} ${answer.ok}`);
      }
      let desired: KubernetesObject = base;
      for (let n = Math.floor(random() * 3.3); n > 0; n--) {
        const { object, what } = mutate(random, desired);
        desired = { ...object, metadata: { ...object.metadata, name, namespace } };
        story.push(`git ${what}`);
      }
      const live = await target.get(kind, keyOf(base));
      const truth = await target.dryRun(desired, kind, manager);
      assert.ok(live.ok && live.value);
      const root = schema.root(base.apiVersion, base.kind);
      assert.ok(root);
      const text = (list: ReturnType<typeof differences>): string =>
        list
          .map((d) => d.path.join('/') + (d.order ? '#order' : ''))
          .sort()
          .join(' ');
      const expected = truth.ok
        ? text(differences(root, comparable(live.value), comparable(truth.value))) || 'inSync'
        : 'invalid';
      const prepared = prepare(root, desired);
      const local = decideLocally(prepared, live.value, ownersFor(managedEntries(live.value), manager));
      let actual: string = local.verdict === 'rejected' ? 'invalid' : 'inSync';
      if (local.verdict === 'differs') {
        const [verdict] = await engines.validator.validate([updateItem(local.merged, live.value)]);
        assert.ok(verdict);
        const exact = decideExactly(prepared, live.value, local.merged, verdict);
        actual =
          exact.verdict === 'drifted'
            ? text(exact.differences)
            : exact.verdict === 'rejected'
              ? 'invalid'
              : exact.verdict;
      } else if (local.verdict === 'inSync') {
        counts.withoutEngine++;
      }
      counts.pairs++;
      counts[expected === 'inSync' ? 'inSync' : expected === 'invalid' ? 'rejected' : 'changed']++;
      if (actual !== expected) {
        wrong.push(`${base.kind} ${story.join('; ')}\n    server: ${expected}\n    local:  ${actual}`);
      }
    });
    console.log(`      ${JSON.stringify(counts)}`);
    assert.deepEqual(wrong, []);
    assert.ok(counts.inSync > 20 && counts.changed > 20 && counts.rejected > 20, JSON.stringify(counts));
  });
});
