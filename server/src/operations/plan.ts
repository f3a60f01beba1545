// Plans an operation from a comparison, and runs a plan that was shown: the one way from here to `execute`.
import { isWritable } from '../adapters/targets';
import type { Abort, Answer, WritableTarget } from '../core/ports';
import type { ResourceKey } from '../core/resource';
import { execute, type Confirmation } from '../core/sync/execute';
import { makePlan } from '../core/sync/makePlan';
import type { Operation, OperationResult, Plan, StepResult } from '../core/sync/plan';
import type { Compared } from './compare';
import { digest, now, wait } from './ports';

export interface PlanRequest {
  operation: Operation;
  keys?: readonly ResourceKey[];
  /** A sync that deletes leftovers as well. */
  prune?: boolean;
  revision?: string;
}

export function planOperation(compared: Compared, request: PlanRequest): Answer<Plan> {
  const { comparison, environment, target, record } = compared;
  if (!isWritable(target)) {
    const message = `${environment.name} is compared with revision ${target.name}, which nothing can be written to.`;
    return { ok: false, failure: { reason: 'unsupported', message } };
  }
  const [failure] = comparison.live === undefined ? comparison.report.failures : [];
  if (failure !== undefined) {
    return { ok: false, failure };
  }
  const plan = makePlan(comparison, environment, {
    operation: request.operation,
    record,
    digest,
    canTakeOver: target.setManagedFields !== undefined,
    ...(request.keys === undefined ? {} : { keys: request.keys }),
    ...(request.prune === undefined ? {} : { prune: request.prune }),
    ...(request.revision === undefined ? {} : { revision: request.revision }),
  });
  return { ok: true, value: plan };
}

/** Runs a plan on the target that it was made for. */
export function runPlan(
  plan: Plan,
  confirmation: Confirmation,
  target: WritableTarget,
  abort?: Abort,
  onStep?: (result: StepResult, done: number, total: number) => void,
): Promise<Answer<OperationResult>> {
  return execute(plan, confirmation, target, { now, digest, wait }, abort, onStep);
}
