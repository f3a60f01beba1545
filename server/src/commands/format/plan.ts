// Plans and their results in a terminal.
import type { Failure } from '../../core/ports';
import { label } from '../../core/resource';
import type { OperationResult, PlanView, StepAction, StepState } from '../../core/sync/plan';
import type { FormatOptions } from './formats';
import { count } from './text';

const actions: Record<StepAction, string> = { create: 'create', update: 'update', prune: 'delete' };
const states: Record<StepState, string> = {
  synced: 'synced',
  pruned: 'deleted',
  failed: 'failed',
  stale: 'changed since the plan was shown',
  notRun: 'not run',
};

/** `failures`: what the comparison could not know, which the plan therefore leaves out. */
export function planText(
  plan: PlanView,
  { paint }: Pick<FormatOptions, 'paint'>,
  failures: readonly Failure[] = [],
): string {
  const from = plan.revision === undefined ? 'the working tree' : `commit ${plan.revision.slice(0, 7)}`;
  const lines = [
    `${paint('bold', plan.operation)} of ${plan.environment} to ${plan.target}, from ${from}${plan.protected ? paint('warning', ' (protected)') : ''}`,
  ];
  for (const { action, key, fields, manager } of plan.steps) {
    const style = action === 'prune' ? 'error' : action === 'create' ? 'good' : 'warning';
    const as = manager === undefined ? '' : paint('dim', ` as ${manager}`);
    lines.push(`  ${paint(style, actions[action])} ${label(key)}${as}`);
    for (const field of fields) {
      const live = field.live ?? 'nothing';
      const desired = field.desired ?? 'nothing';
      lines.push(`    ${field.path}: ${field.change === 'order' ? 'order' : `${live} → ${desired}`}`);
    }
  }
  for (const { key, failure } of plan.skipped) {
    lines.push(`  ${paint('info', 'leave')} ${label(key)}: ${failure.message}`);
  }
  lines.push(...failures.map((failure) => `  ${paint('info', 'not in the plan')}: ${failure.message}`));
  lines.push(
    plan.steps.length === 0
      ? '  Nothing to do.'
      : `  ${count(plan.steps.length, 'step', 'steps')}. Plan ${plan.id.slice(0, 12)}.`,
  );
  return lines.join('\n') + '\n';
}

export function resultText(result: OperationResult, { paint }: Pick<FormatOptions, 'paint'>): string {
  const lines = result.steps.map(({ key, state, failure }) => {
    const style = state === 'synced' || state === 'pruned' ? 'good' : 'error';
    return `  ${paint(style, states[state])} ${label(key)}${failure === undefined ? '' : `: ${failure.message}`}`;
  });
  const end = result.succeeded ? paint('good', 'Done.') : paint('error', 'Not everything was done.');
  return `${[...lines, end].join('\n')}\n`;
}
