// Rolling a source back through Git: what it would change, then a commit on a new branch that restores the source's files, and
// the plan that syncs what that branch says. The person's working tree is never touched.
import { revisionsOf, rollbackBranch, rollbackMessage, sourcePaths, undoneCommits } from '../core/history/history';
import type { RenderedChange } from '../core/history/renderedChanges';
import { renderedChanges } from '../core/history/renderedChanges';
import type { Abort, Answer, Failure, FileTree, Revision } from '../core/ports';
import type { Rendering } from '../core/render/rendering';
import { renderSource } from '../core/render/renderSource';
import type { Plan } from '../core/sync/plan';
import type { Environment, Source, Workspace } from '../core/workspace/source';
import type { Services } from '../services';
import { compareEnvironment, type Compared, type CompareOptions } from './compare';
import { planOperation } from './plan';
import { digest } from './ports';

export interface RollbackPlan {
  /** Digest of what the preview shows. */
  id: string;
  source: Source;
  revision: Revision;
  branch: string;
  message: string;
  /** Files that would be restored, added back or removed. */
  files: string[];
  /** Commits that would be taken back, newest first. */
  undone: Revision[];
  /** Rendered at HEAD and at the revision, masked. */
  objects: RenderedChange[];
}

const fails = (reason: 'invalid' | 'not-found' | 'error', message: string): Answer<never> => ({
  ok: false,
  failure: { reason, message },
});

/** Commits that touched a source, newest first. */
export async function sourceHistory(
  services: Services,
  source: Source,
  environment: Environment | undefined,
  limit: number,
  abort?: Abort,
): Promise<Answer<Revision[]>> {
  if (!services.git) {
    return fails('invalid', `${services.root} is not in a Git repository, so there is no history.`);
  }
  const rendering = await render(services, source, services.tree, environment, abort);
  // A source that does not render has a history all the same: of the files that were read until it failed.
  return revisionsOf(services.repository(), rendering, { limit }, abort);
}

const render = (
  services: Services,
  source: Source,
  tree: FileTree,
  environment: Environment | undefined,
  abort: Abort | undefined,
): Promise<Rendering> =>
  renderSource(source, tree, environment, services.renderPorts(), {
    origins: false,
    ...(abort === undefined ? {} : { abort }),
  });

/** What a rollback of the source to the revision would do. Nothing is written. */
export async function previewRollback(
  services: Services,
  source: Source,
  environment: Environment | undefined,
  revision: string,
  abort?: Abort,
): Promise<Answer<RollbackPlan>> {
  if (!services.git) {
    return fails('invalid', `${services.root} is not in a Git repository, so there is nothing to go back to.`);
  }
  const repository = services.repository();
  const to = await repository.resolve(revision);
  const head = await repository.head();
  if (!to.ok || !head) {
    return to.ok ? fails('invalid', `${services.root} has no commit yet.`) : to;
  }
  const now = await renderAt(services, source, environment, head.id, abort);
  const then = await renderAt(services, source, environment, to.value.id, abort);
  for (const side of [now, then]) {
    if (!side.ok) {
      return side;
    }
  }
  if (!now.ok || !then.ok) {
    return fails('error', 'The source could not be rendered.');
  }
  const paths = sourcePaths(now.value, then.value);
  const changed = await repository.changed(to.value.id, head.id);
  const undone = await undoneCommits(repository, paths, to.value.id, abort);
  if (!changed.ok || !undone.ok) {
    return changed.ok ? (undone as Answer<never>) : changed;
  }
  const files = changed.value.filter((path) => paths.includes(path)).sort();
  if (files.length === 0) {
    return fails('invalid', `${source.name} is the same at ${revision} as it is now; there is nothing to roll back.`);
  }
  const plan: RollbackPlan = {
    id: '',
    source,
    revision: to.value,
    branch: rollbackBranch(source.name, to.value.id),
    message: rollbackMessage(source.name, to.value, undone.value),
    files,
    undone: undone.value,
    objects: renderedChanges(now.value, then.value),
  };
  plan.id = digest(JSON.stringify({ ...plan, source: source.id, head: head.id }));
  return { ok: true, value: plan };
}

/** The source as a commit has it. */
async function renderAt(
  services: Services,
  source: Source,
  environment: Environment | undefined,
  revision: string,
  abort: Abort | undefined,
): Promise<Answer<Rendering>> {
  const tree = await services.repository().at(revision, abort);
  if (!tree.ok) {
    return tree;
  }
  const workspace = await services.discover(abort, tree.value);
  const found = workspace.sources.find((s) => s.id === source.id);
  if (!found) {
    return fails('not-found', `${source.id} does not exist at ${revision.slice(0, 8)}; choose a newer revision.`);
  }
  const rendering = await render(services, found, tree.value, environment, abort);
  return rendering.failure
    ? fails('invalid', `${source.id} does not render at ${revision.slice(0, 8)}: ${rendering.failure.message}`)
    : { ok: true, value: rendering };
}

export interface RolledBack {
  branch: string;
  commit: Revision;
  /** The sync of what the branch says; undefined where no environment was named or it could not be compared. */
  next?: { compared: Compared; plan: Plan };
  /** Why there is no plan. */
  failure?: Failure;
}

/** Makes the commit that was shown, then plans the sync of its branch. Fails with `conflict` where the preview is out of date. */
export async function rollBack(
  services: Services,
  shown: RollbackPlan,
  environment: Environment | undefined,
  options: CompareOptions = {},
): Promise<Answer<RolledBack>> {
  const { abort } = options;
  const current = await previewRollback(services, shown.source, environment, shown.revision.id, abort);
  if (!current.ok) {
    return current;
  }
  if (current.value.id !== shown.id) {
    const message = 'The repository has changed since the rollback was shown; look at it again.';
    return { ok: false, failure: { reason: 'conflict', message } };
  }
  const { branch, message, files, revision } = shown;
  const made = await services.repository().restore(revision.id, files, { branch, message }, abort);
  if (!made.ok) {
    return made;
  }
  const result: RolledBack = { branch: made.value.branch, commit: made.value.commit };
  if (!environment?.target) {
    return { ok: true, value: result };
  }
  const planned = await planAt(services, environment, made.value.commit.id, shown.source, options);
  return {
    ok: true,
    value: planned.ok ? { ...result, next: planned.value } : { ...result, failure: planned.failure },
  };
}

/** The plan that makes the target say what a commit says, for one source. */
export async function planAt(
  services: Services,
  environment: Environment,
  revision: string,
  source: Source,
  options: CompareOptions = {},
): Promise<Answer<{ compared: Compared; plan: Plan }>> {
  const tree = await services.repository().at(revision, options.abort);
  if (!tree.ok) {
    return tree;
  }
  const workspace = await services.discover(options.abort, tree.value);
  const then = workspace.environments.find((e) => e.name === environment.name);
  // Where to apply, and whether it is protected, is today's decision; what to apply is the commit's.
  const combined: Environment = { ...environment, sources: then?.sources ?? environment.sources };
  const compared = await compareEnvironment(services, workspace, combined, {
    ...options,
    tree: tree.value,
    revision,
  });
  if (!compared.ok) {
    return compared;
  }
  const keys = [...compared.value.comparison.objects.values()]
    .filter((o) => belongsTo(workspace, o.drift.source, source.id))
    .map((o) => o.drift.key);
  const plan = planOperation(compared.value, { operation: 'rollback', keys, revision });
  return plan.ok ? { ok: true, value: { compared: compared.value, plan: plan.value } } : plan;
}

/** Is the rolled back source what the environment deploys, or a part of it? */
function belongsTo(workspace: Workspace, deployed: string, rolledBack: string): boolean {
  const seen = new Set<string>();
  const open = [deployed];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === rolledBack) {
      return true;
    }
    if (!seen.has(id)) {
      seen.add(id);
      open.push(...(workspace.sources.find((s) => s.id === id)?.children ?? []));
    }
  }
  return false;
}
