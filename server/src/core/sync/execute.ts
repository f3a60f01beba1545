// The one place that writes to a target. It runs a plan that was shown, step by step: each live object is looked at again
// right before its step, and a step whose object is no longer the one that was shown is not run.
import type { Abort, Answer, Failure, WritableTarget } from '../ports';
import type { KubernetesObject, ResourceKey } from '../resource';
import { label } from '../resource';
import { isObject } from '../json';
import { contentText } from './content';
import { planView } from './makePlan';
import type { OperationResult, Plan, PlanStep, StepResult, StepState } from './plan';

export interface ExecutePorts {
  /** ISO 8601. */
  now(): string;
  /** The digest that the plan was made with. */
  digest(text: string): string;
  /** Waits before a new definition is asked about again. */
  wait(milliseconds: number): Promise<void>;
}

/** What the person confirmed. */
export interface Confirmation {
  /** Id of the plan that was shown. */
  plan: string;
  /** Name of the environment, typed where it is protected. */
  environment?: string;
}

export type ExecuteAnswer = Answer<OperationResult>;

/**
 * Fails without writing anything where the plan is not the one that was shown, or a protected environment was not confirmed
 * by name. Stops between two steps when aborted; what did not run is said.
 */
export async function execute(
  plan: Plan,
  confirmation: Confirmation,
  target: WritableTarget,
  ports: ExecutePorts,
  abort?: Abort,
  onStep?: (result: StepResult, done: number, total: number) => void,
): Promise<ExecuteAnswer> {
  const refusal = refusalOf(plan, confirmation, ports);
  if (refusal) {
    return { ok: false, failure: refusal };
  }
  const startedAt = ports.now();
  const results: StepResult[] = [];
  for (const step of plan.steps) {
    const result = await runStep(step, plan, results, target, ports, abort);
    results.push(result);
    onStep?.(result, results.length, plan.steps.length);
  }
  return {
    ok: true,
    value: {
      plan: plan.id,
      operation: plan.operation,
      environment: plan.environment,
      startedAt,
      finishedAt: ports.now(),
      steps: results,
      succeeded: results.every((r) => r.state === 'synced' || r.state === 'pruned'),
    },
  };
}

function refusalOf(plan: Plan, confirmation: Confirmation, ports: ExecutePorts): Failure | undefined {
  const shown = ports.digest(JSON.stringify({ ...planView(plan), id: '' }));
  if (confirmation.plan !== plan.id || shown !== plan.id) {
    return { reason: 'conflict', message: 'This is not the plan that was shown; make the plan again and look at it.' };
  }
  if (plan.protected && confirmation.environment !== plan.environment) {
    const message = `Environment ${plan.environment} is protected: confirm with its name.`;
    return { reason: 'forbidden', message };
  }
  return undefined;
}

async function runStep(
  step: PlanStep,
  plan: Plan,
  before: readonly StepResult[],
  target: WritableTarget,
  ports: ExecutePorts,
  abort: Abort | undefined,
): Promise<StepResult> {
  const result = (state: StepState, failure?: Failure): StepResult => ({
    key: step.key,
    action: step.action,
    state,
    ...(failure ? { failure } : {}),
  });
  if (abort?.aborted === true) {
    return result('notRun', { reason: 'error', message: 'The operation was stopped before this step.' });
  }
  const broken = before.find((r) => r.state !== 'synced' && r.state !== 'pruned' && needs(step.key, r.key));
  if (broken) {
    const message = `Not run, because ${label(broken.key)} did not succeed.`;
    return result('notRun', { reason: 'error', message });
  }
  const checked = await recheck(step, target, ports, abort);
  if (!checked.ok) {
    const isStale = checked.failure.reason === 'conflict';
    return result(isStale ? 'stale' : 'failed', checked.failure);
  }
  const answer =
    step.action === 'prune'
      ? await prune(step, checked.value, target, abort)
      : await apply(step, plan, checked.value, target, abort);
  if (!answer.ok) {
    // The server refuses a version that is no longer current: somebody was faster than the recheck.
    const isStale = answer.failure.reason === 'conflict' && (answer.failure.causes ?? []).length === 0;
    return result(isStale ? 'stale' : 'failed', answer.failure);
  }
  if (step.key.kind === 'CustomResourceDefinition' && step.action !== 'prune') {
    await untilEstablished(step, target, ports, abort);
  }
  return result(step.action === 'prune' ? 'pruned' : 'synced');
}

/** An object needs its namespace, and its definition, which the group and the plural's kind cannot tell; so all of a group. */
function needs(key: ResourceKey, other: ResourceKey): boolean {
  if (other.kind === 'Namespace' && other.group === '') {
    return key.namespace === other.name;
  }
  return other.kind === 'CustomResourceDefinition' && key.group !== '' && other.name.endsWith(`.${key.group}`);
}

/** The live object as it is now, if it still is the one that the plan was made from. */
async function recheck(
  step: PlanStep,
  target: WritableTarget,
  ports: ExecutePorts,
  abort: Abort | undefined,
): Promise<Answer<KubernetesObject | undefined>> {
  const now = await target.get(step.kind, step.key, abort);
  if (!now.ok) {
    return now;
  }
  const stale = (what: string): Answer<never> => ({
    ok: false,
    failure: {
      reason: 'conflict',
      message: `${label(step.key)} ${what} since the plan was made; make the plan again to see how.`,
    },
  });
  const live = now.value;
  if (!step.seen) {
    return live ? stale('was created') : { ok: true, value: undefined };
  }
  if (!live) {
    return stale('was deleted');
  }
  if (live.metadata.uid !== step.seen.uid) {
    return stale('was replaced');
  }
  const sameVersion = live.metadata.resourceVersion === step.seen.resourceVersion;
  const sameContent = step.seen.content !== undefined && ports.digest(contentText(live)) === step.seen.content;
  return sameVersion || sameContent ? { ok: true, value: live } : stale('was changed');
}

const versionOf = (live: KubernetesObject | undefined): string =>
  typeof live?.metadata.resourceVersion === 'string' ? live.metadata.resourceVersion : '';

async function apply(
  step: PlanStep,
  plan: Plan,
  live: KubernetesObject | undefined,
  target: WritableTarget,
  abort: Abort | undefined,
): Promise<Answer<unknown>> {
  if (!step.desired) {
    return { ok: false, failure: { reason: 'invalid', message: `${label(step.key)}: the plan holds no object.` } };
  }
  let current = live;
  if (step.takeOver && target.setManagedFields && step.seen) {
    const seen = { uid: step.seen.uid, resourceVersion: versionOf(live) };
    const taken = await target.setManagedFields(step.kind, step.key, seen, step.takeOver, abort);
    if (!taken.ok) {
      return taken;
    }
    current = taken.value;
  }
  const version = versionOf(current);
  // With the version in it, the server refuses the apply if the object changes between the recheck and now.
  const object: KubernetesObject =
    version === ''
      ? step.desired
      : { ...step.desired, metadata: { ...step.desired.metadata, resourceVersion: version } };
  // Forced: every value that changes hands was shown with its owner, and values that agree conflict with nobody.
  return target.apply(object, step.kind, { manager: step.manager ?? plan.manager, force: true }, abort);
}

async function prune(
  step: PlanStep,
  live: KubernetesObject | undefined,
  target: WritableTarget,
  abort: Abort | undefined,
): Promise<Answer<unknown>> {
  const uid = step.seen?.uid ?? '';
  return target.delete(step.kind, step.key, { uid, resourceVersion: versionOf(live) }, abort);
}

/** Objects of a new kind are refused until its definition is established; a definition that never is shows in their steps. */
async function untilEstablished(
  step: PlanStep,
  target: WritableTarget,
  ports: ExecutePorts,
  abort: Abort | undefined,
): Promise<void> {
  if (target.type !== 'cluster') {
    return;
  }
  for (let attempt = 0; attempt < 50 && abort?.aborted !== true; attempt++) {
    const now = await target.get(step.kind, step.key, abort);
    const status = now.ok ? now.value?.status : undefined;
    const conditions = isObject(status) && Array.isArray(status.conditions) ? status.conditions : [];
    if (!now.ok || conditions.some((c) => isObject(c) && c.type === 'Established' && c.status === 'True')) {
      return;
    }
    await ports.wait(100);
  }
}
