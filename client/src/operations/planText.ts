// What a person reads of a plan before it runs, and of its result after. No editor types, so that tests read the words.
import type { OperationResult, PlanView } from '../../../server/src/core/protocol';
import { label } from '../../../server/src/core/protocol';
import { plural, shortRevision } from '../text';

/** More lines than this would push the buttons off the dialog. */
const mostLines = 12;

export interface PlanQuestion {
  message: string;
  detail: string;
  /** The word on the button that acts. */
  act: 'Sync' | 'Prune';
}

export function planQuestion(plan: PlanView): PlanQuestion {
  const count = plural(plan.steps.length, 'object');
  const prunes = plan.steps.filter((step) => step.action === 'prune').length;
  const onlyPrunes = prunes > 0 && prunes === plan.steps.length;
  const message = onlyPrunes ? `Delete ${count} from ${plan.environment}?` : `Sync ${count} to ${plan.environment}?`;
  const lines = plan.steps.map((step) => {
    const what =
      step.action === 'prune' ? 'delete' : step.action === 'create' ? 'create' : plural(step.fields.length, 'field');
    return `${label(step.key)}: ${what}`;
  });
  const skipped = plan.skipped.map(({ key, failure }) => `${label(key)} is left alone: ${failure.message}`);
  const what = plan.revision === undefined ? 'Working tree' : `Commit ${shortRevision(plan.revision)}`;
  const detail = [
    ...cut(lines),
    ...(skipped.length > 0 ? ['', ...cut(skipped, 4)] : []),
    '',
    onlyPrunes ? `Target: ${plan.target}` : `${what} → ${plan.target}`,
    onlyPrunes ? '' : prunes > 0 ? `Deletes: ${plural(prunes, 'object')}` : 'Deletes: nothing',
  ];
  return { message, detail: detail.join('\n').trimEnd(), act: onlyPrunes ? 'Prune' : 'Sync' };
}

/** Why a plan has no steps. */
export function emptyPlanText(plan: PlanView): string {
  const first = plan.skipped[0];
  if (first) {
    const more = plan.skipped.length > 1 ? ` (and ${plan.skipped.length - 1} more)` : '';
    return `Nothing can be done in ${plan.environment}. ${label(first.key)}: ${first.failure.message}${more}`;
  }
  return plan.operation === 'prune'
    ? `Nothing to prune: ${plan.environment} has no object that Git dropped.`
    : `Nothing to sync: ${plan.environment} is as Git says.`;
}

/** One line on how it went; the log has each object. */
export function resultText(result: OperationResult): string {
  const done = result.steps.filter((step) => step.state === 'synced' || step.state === 'pruned');
  const verb = result.steps.length > 0 && result.steps.every((step) => step.action === 'prune') ? 'Pruned' : 'Synced';
  if (result.succeeded) {
    return `${verb} ${plural(done.length, 'object')} in ${result.environment}.`;
  }
  const failed = result.steps.find((step) => step.failure !== undefined);
  const why = failed?.failure ? ` ${label(failed.key)}: ${failed.failure.message}` : '';
  return `${verb} ${done.length} of ${plural(result.steps.length, 'object')} in ${result.environment}.${why}`;
}

function cut(lines: string[], most = mostLines): string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), `… and ${lines.length - most + 1} more`];
}
