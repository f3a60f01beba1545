// What sync, prune and rollback share on the command line: print the plan, act only when told to, run it, compare again.
import { planView } from '../core/sync/makePlan';
import type { Plan } from '../core/sync/plan';
import type { Workspace } from '../core/workspace/source';
import { compareEnvironment, isWritable, type Compared, type CompareOptions } from '../operations/compare';
import { runPlan } from '../operations/plan';
import type { Services } from '../services';
import { CliError, exit, type Cli, type CommonOptions } from './cli';
import { statusOf } from './drift';
import { driftFormatters } from './format/drift';
import { planText, resultText } from './format/plan';

export interface ActOptions extends CommonOptions {
  yes?: boolean;
  confirm?: string;
}

/**
 * Prints the plan; with `--yes` runs it and compares again. The status is that of the plan (1: there is something to do) or of the
 * comparison afterwards.
 */
export async function showAndRun(
  cli: Cli,
  services: Services,
  workspace: Workspace,
  compared: Compared,
  plan: Plan,
  options: ActOptions,
  compareAgain: CompareOptions = {},
): Promise<number> {
  const paint = cli.paint(options);
  const view = planView(plan);
  const isJson = options.format === 'json';
  // A source that does not render or a kind that may not be listed: the plan says nothing of those objects, so it must say so.
  const { failures } = compared.comparison.report;
  const undecided = plan.skipped.length > 0 || failures.length > 0;
  const shown = isJson ? json({ plan: view, failures }) : planText(view, { paint }, failures);
  if (options.yes !== true || plan.steps.length === 0) {
    cli.io.out(shown);
    if (!isJson && plan.steps.length > 0) {
      const name = plan.protected ? ` --confirm ${plan.environment}` : '';
      cli.io.err(`Nothing was changed. Run it again with --yes${name} to do this.\n`);
    }
    return undecided ? exit.undecided : plan.steps.length > 0 ? exit.findings : exit.clean;
  }
  if (plan.protected && options.confirm !== plan.environment) {
    cli.io.out(shown);
    throw new CliError(
      `${plan.environment} is protected.`,
      `Confirm its name as well: --yes --confirm ${plan.environment}`,
    );
  }
  const { target } = compared;
  if (!isWritable(target)) {
    throw new CliError(`${target.name} cannot be written to.`);
  }
  if (!isJson) {
    cli.io.out(shown);
  }
  const progress = cli.progress(options);
  const ran = await runPlan(
    plan,
    { plan: view.id, ...(options.confirm === undefined ? {} : { environment: options.confirm }) },
    target,
    cli.io.signal,
    (_result, done, total) => progress.show(`${done}/${total}`),
  ).finally(() => progress.done());
  if (!ran.ok) {
    throw new CliError(ran.failure.message);
  }
  const after = await compareEnvironment(services, workspace, compared.environment, {
    ...compareAgain,
    target,
    abort: cli.io.signal,
  });
  const report = after.ok ? after.value.comparison.report : undefined;
  if (isJson) {
    cli.io.out(json({ plan: view, failures, result: ran.value, ...(report === undefined ? {} : { drift: report }) }));
  } else {
    cli.io.out(resultText(ran.value, { paint }));
    if (report !== undefined) {
      cli.io.out(driftFormatters.text?.([report], { paint, quiet: options.quiet === true }) ?? '');
    }
  }
  if (!ran.value.succeeded || report === undefined) {
    return exit.undecided;
  }
  return statusOf([report]);
}

const json = (value: object): string => JSON.stringify({ schemaVersion: 1, ...value }, null, 2) + '\n';
