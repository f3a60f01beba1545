// Plans show exactly what would be done, in order; execution runs only a plan that was shown, on objects that are still as shown.
import * as assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { load } from 'js-yaml';
import type { Comparison } from '../../server/src/core/drift/comparison';
import { drift } from '../../server/src/core/drift/environment';
import type { KubernetesObject } from '../../server/src/core/resource';
import { label } from '../../server/src/core/resource';
import type { Confirmation } from '../../server/src/core/sync/execute';
import { execute } from '../../server/src/core/sync/execute';
import type { PlanOptions } from '../../server/src/core/sync/makePlan';
import { makePlan, planView } from '../../server/src/core/sync/makePlan';
import type { OperationResult, Plan } from '../../server/src/core/sync/plan';
import type { Environment } from '../../server/src/core/workspace/source';
import { openApiDocuments, renderingOf, testEnvironment } from '../support/driftFixtures';
import type { MemoryTarget } from '../support/memoryTarget';
import { memoryTarget } from '../support/memoryTarget';
import { mergeValidator } from '../support/mergeValidator';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const ports = { now: () => '2026-01-01T00:00:00Z', digest, wait: async () => undefined };
const record = 'staging@r';

const object = (text: string): KubernetesObject => load(text) as KubernetesObject;
const meta = (name: string, more = ''): string => `metadata: {name: ${name}, namespace: shop${more}}`;
const configMap = (name: string, a = '1', more = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\n${meta(name, more)}\ndata: {a: "${a}"}\n`;
const owned = `, annotations: {plumbline.dev/owner: "${record} folder:apps"}, uid: u-old, resourceVersion: "7"`;
const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n';
const secret = (value: string): string => `apiVersion: v1\nkind: Secret\n${meta('s')}\nstringData: {p: ${value}}\n`;

interface Case {
  target: MemoryTarget;
  comparison: Comparison;
  environment: Environment;
  plan: (options?: Partial<PlanOptions>) => Plan;
}

async function planned(desired: string[], live: string[], changes: Partial<Environment> = {}): Promise<Case> {
  const environment = testEnvironment(changes);
  const target = memoryTarget({ objects: live.map(object), openApi: openApiDocuments() });
  const comparison = await drift(
    environment,
    [renderingOf(desired.join('---\n'))],
    target,
    { validator: mergeValidator, pause: async () => undefined, now: ports.now },
    { record },
  );
  const plan: Case['plan'] = (options = {}) =>
    makePlan(comparison, environment, { operation: 'sync', record, digest, ...options });
  return { target, comparison, environment, plan };
}

const steps = (plan: Plan): string[] => plan.steps.map((s) => `${s.action} ${label(s.key)}`);

async function run(
  plan: Plan,
  target: MemoryTarget,
  confirmation: Partial<Confirmation> = {},
): Promise<OperationResult> {
  const answer = await execute(plan, { plan: plan.id, ...confirmation }, target, ports);
  assert.ok(answer.ok, answer.ok ? '' : answer.failure.message);
  return answer.value;
}

describe('plans', () => {
  const live = [configMap('changed', '2', ', uid: u1, resourceVersion: "5"'), configMap('old', '1', owned)];
  const desired = [configMap('new'), configMap('changed'), namespace];

  it('orders creations, leaves out what is in sync, prunes only when asked', async () => {
    const { plan } = await planned(desired, live);
    assert.deepEqual(steps(plan()), [
      'create Namespace shop',
      'update ConfigMap shop/changed',
      'create ConfigMap shop/new',
    ]);
    assert.deepEqual(steps(plan({ prune: true })).at(-1), 'prune ConfigMap shop/old');
    assert.deepEqual(steps(plan({ operation: 'prune' })), ['prune ConfigMap shop/old']);
  });

  it('orders kinds as they need each other, and deletes backwards', async () => {
    const deployment = `apiVersion: apps/v1\nkind: Deployment\n${meta('w')}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}\n`;
    const service = `apiVersion: v1\nkind: Service\n${meta('w')}\nspec: {ports: [{port: 80}]}\n`;
    const all = [deployment, service, configMap('c'), secret('x')];
    const { plan } = await planned(all, []);
    assert.deepEqual(steps(plan()), [
      'create Secret shop/s',
      'create ConfigMap shop/c',
      'create Service shop/w',
      'create Deployment shop/w',
    ]);
    const left = all.map((text) => text.replace('namespace: shop', `namespace: shop${owned}`));
    const pruned = await planned([configMap('other')], left);
    assert.deepEqual(steps(pruned.plan({ operation: 'prune' })), [
      'prune Deployment shop/w',
      'prune Service shop/w',
      'prune ConfigMap shop/c',
      'prune Secret shop/s',
    ]);
  });

  it('changes its id with anything that it shows', async () => {
    const first = (await planned(desired, live)).plan();
    assert.equal((await planned(desired, live)).plan().id, first.id);
    assert.notEqual((await planned(desired, live)).plan({ prune: true }).id, first.id);
    const other = live.map((text) => text.replace('"2"', '"3"'));
    assert.notEqual((await planned(desired, other)).plan().id, first.id);
  });

  it('never prunes containers of other things, what says keep, or everything', async () => {
    const keep = configMap('keep', '1', owned.replace('{plumbline', '{helm.sh/resource-policy: keep, plumbline'));
    const space = namespace.replace('shop', `gone${owned}`);
    const { plan } = await planned([configMap('a'), namespace], [keep, space]);
    const shown = plan({ operation: 'prune' });
    assert.deepEqual(steps(shown), []);
    assert.deepEqual(shown.skipped.map((s) => label(s.key)).sort(), ['ConfigMap shop/keep', 'Namespace gone']);
    const nothing = await planned(['# nothing is desired\n'], [configMap('old', '1', owned)]);
    assert.deepEqual(steps(nothing.plan({ operation: 'prune' })), []);
  });

  it('shows no value of a Secret', async () => {
    const text = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\ndata: {p: bGl2ZS1zZWNyZXQ=}\n';
    const { plan } = await planned([secret('desired-secret')], [text]);
    const shown = JSON.stringify(planView(plan()));
    assert.ok(!/desired-secret|ZGVzaXJlZC1zZWNyZXQ|live-secret|bGl2ZS1zZWNyZXQ/.test(shown), shown);
    assert.match(shown, /<hidden \d>/);
  });

  it('keeps ignored differences as they are', async () => {
    const environment = testEnvironment();
    const target = memoryTarget({
      objects: [object(configMap('c', '2').replace('{a: "2"}', '{a: "2", b: "2"}'))],
      openApi: openApiDocuments(),
    });
    const rendering = renderingOf(configMap('c').replace('{a: "1"}', '{a: "1", b: "1"}'));
    const comparison = await drift(
      environment,
      [rendering],
      target,
      { validator: mergeValidator, pause: async () => undefined, now: ports.now },
      { ignoreDifferences: [{ jsonPointers: ['/data/a'] }] },
    );
    const plan = makePlan(comparison, environment, { operation: 'sync', digest });
    assert.deepEqual(plan.steps[0]?.desired?.data, { a: '2', b: '1' });
    assert.deepEqual(
      plan.steps[0]?.fields.map((f) => f.path),
      ['data.b'],
    );
  });
});

describe('execution of plans', () => {
  const desired = [configMap('a'), configMap('b')];
  const live = [
    configMap('a', '2', ', uid: u1, resourceVersion: "5"'),
    configMap('b', '2', ', uid: u2, resourceVersion: "6"'),
  ];

  it('does what the plan says and records the owner', async () => {
    const { plan, target } = await planned(desired, live);
    const shown = plan();
    const result = await run(shown, target);
    assert.ok(result.succeeded);
    assert.deepEqual(
      target.asked.filter((a) => a.startsWith('apply')),
      ['apply ConfigMap shop/a as plumbline', 'apply ConfigMap shop/b as plumbline'],
    );
    const written = [...target.stored.values()][0];
    assert.deepEqual(written?.metadata.annotations, { 'plumbline.dev/owner': `${record} folder:apps` });
  });

  it('refuses a plan that was not shown, and one that was altered after it was', async () => {
    const { plan, target } = await planned(desired, live);
    const shown = plan();
    const other = await execute(shown, { plan: 'another' }, target, ports);
    assert.equal(other.ok ? '' : other.failure.reason, 'conflict');
    shown.steps[0]?.fields.pop();
    const altered = await execute(shown, { plan: shown.id }, target, ports);
    assert.equal(altered.ok ? '' : altered.failure.reason, 'conflict');
    assert.deepEqual(
      target.asked.filter((a) => a.startsWith('apply')),
      [],
    );
  });

  it('asks for the name of a protected environment', async () => {
    const { plan, target } = await planned(desired, live, { protected: true });
    const shown = plan();
    for (const environment of [undefined, 'production']) {
      const answer = await execute(shown, { plan: shown.id, ...(environment ? { environment } : {}) }, target, ports);
      assert.equal(answer.ok ? '' : answer.failure.reason, 'forbidden');
    }
    assert.ok((await run(shown, target, { environment: 'staging' })).succeeded);
  });

  it('does not run a step whose object changed, and runs the others', async () => {
    const { plan, target } = await planned(desired, live);
    const shown = plan();
    target.stored.set('|ConfigMap|shop|a', object(configMap('a', '9', ', uid: u1, resourceVersion: "50"')));
    const result = await run(shown, target);
    assert.deepEqual(
      result.steps.map((s) => s.state),
      ['stale', 'synced'],
    );
    assert.equal(result.succeeded, false);
    assert.deepEqual(
      target.asked.filter((a) => a.startsWith('apply')),
      ['apply ConfigMap shop/b as plumbline'],
    );
  });

  it('runs a step whose object has only a new status', async () => {
    const { plan, target } = await planned(desired, live);
    const shown = plan();
    target.stored.set(
      '|ConfigMap|shop|a',
      object(`${configMap('a', '2', ', uid: u1, resourceVersion: "50"')}status: {x: 1}\n`),
    );
    assert.ok((await run(shown, target)).succeeded);
  });

  it('is stale where an object came, went or was replaced', async () => {
    const { plan, target } = await planned([...desired, configMap('c')], live);
    const shown = plan();
    target.stored.set('|ConfigMap|shop|a', object(configMap('a', '2', ', uid: other, resourceVersion: "5"')));
    target.stored.delete('|ConfigMap|shop|b');
    target.stored.set('|ConfigMap|shop|c', object(configMap('c')));
    assert.deepEqual(
      (await run(shown, target)).steps.map((s) => s.state),
      ['stale', 'stale', 'stale'],
    );
  });

  it('does not run what needs a step that failed', async () => {
    const { plan, target } = await planned([namespace, configMap('a')], []);
    const shown = plan();
    const failing: MemoryTarget = {
      ...target,
      apply: async () => ({ ok: false, failure: { reason: 'forbidden', message: 'no' } }),
    };
    assert.deepEqual(
      (await run(shown, failing)).steps.map((s) => s.state),
      ['failed', 'notRun'],
    );
  });

  it('stops between two steps and says what did not run', async () => {
    const { plan, target } = await planned(desired, live);
    const shown = plan();
    const abort = { aborted: false, addEventListener: () => undefined };
    const answer = await execute(shown, { plan: shown.id }, target, ports, abort, () => {
      abort.aborted = true;
    });
    assert.ok(answer.ok);
    assert.deepEqual(
      answer.value.steps.map((s) => s.state),
      ['synced', 'notRun'],
    );
    assert.equal(answer.value.succeeded, false);
  });
});
