// The way of every write: the plan is shown, may be reviewed as a multi-file diff, is confirmed, and then runs as it was shown.
// The server executes a plan by its digest only, so nothing else than what was shown can run.
import * as vscode from 'vscode';
import { executeRequest, planRequest, type PlanParams, type PlanView } from '../../../server/src/core/protocol';
import { entryOf, openDiffs } from '../diff/open';
import type { Host } from '../host';
import { tellFailure, withNotification } from './command';
import { plural } from '../text';
import { emptyPlanText, planQuestion, resultText } from './planText';

const review = 'Review Plan';

/** Asks for a plan, shows it and, when confirmed, executes it. */
export async function planAndExecute(host: Host, params: PlanParams): Promise<void> {
  const verb = params.operation === 'prune' ? 'what to prune in' : 'the sync of';
  const answer = await withNotification(`Planning ${verb} ${params.environment}`, (token) =>
    host.server.request(planRequest, params, token),
  );
  if ('failure' in answer) {
    await tellFailure(host, answer.failure.message);
    return;
  }
  await confirmAndExecute(host, params.folder, answer.plan);
}

/** Shows a plan and, when confirmed, executes it. */
export async function confirmAndExecute(host: Host, folder: string, plan: PlanView): Promise<void> {
  if (plan.steps.length === 0) {
    void host.dialogs.tell('info', emptyPlanText(plan));
    return;
  }
  const { message, detail, act } = planQuestion(plan);
  const answer = await host.dialogs.ask({ message, detail, buttons: [act, review] });
  if (answer === review) {
    await reviewPlan(host, folder, plan, act);
    return;
  }
  if (answer !== act) {
    return;
  }
  let confirm: string | undefined;
  if (plan.protected) {
    const prompt = `${plan.environment} is protected. Type its name to go on.`;
    if (!(await host.dialogs.askExactly(plan.environment, prompt))) {
      return;
    }
    confirm = plan.environment;
  }
  await execute(host, folder, plan, confirm);
}

async function reviewPlan(host: Host, folder: string, plan: PlanView, act: string): Promise<void> {
  const title = `Plan for ${plan.environment}: now ↔ after ${act.toLowerCase()}`;
  const entries = plan.steps.map(({ key, action }) =>
    entryOf(
      { folder, environment: plan.environment, key },
      action === 'create' ? 'desired' : action === 'prune' ? 'live' : undefined,
    ),
  );
  if (await openDiffs(title, entries)) {
    host.review.begin(title, planQuestion(plan).message.replace('?', '…'), () => confirmAndExecute(host, folder, plan));
  }
}

async function execute(host: Host, folder: string, plan: PlanView, confirm: string | undefined): Promise<void> {
  host.log.info(
    `${plan.operation} of ${plan.environment} (${plan.target}): ${plural(plan.steps.length, 'object')}, plan ${plan.id}`,
  );
  const answer = await withNotification(`Writing to ${plan.environment} (${plan.target})`, (token) =>
    host.server.request(
      executeRequest,
      { folder, plan: plan.id, ...(confirm === undefined ? {} : { confirm }) },
      token,
    ),
  );
  if ('failure' in answer) {
    await tellFailure(host, answer.failure.message);
    return;
  }
  const { result } = answer;
  const text = resultText(result);
  if (result.succeeded) {
    host.log.info(text);
    void host.dialogs.tell('info', text);
  } else {
    void tellFailure(host, text);
  }
  // The proof: compare again.
  await vscode.window.withProgress({ location: { viewId: 'plumbline.drift' } }, () =>
    host.drift.refresh({ folder, environment: plan.environment }),
  );
}
