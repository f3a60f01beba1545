// History and rollback in the editor: revisions of a source, what going back to one would change, and the branch that does it.
import type { Failure } from '../core/ports';
import { historyRequest, rollbackPreviewRequest, rollbackRequest, type RevisionView } from '../core/protocol';
import type { Revision } from '../core/ports';
import type { Environment, Source } from '../core/workspace/source';
import type { OpenRepository } from '../openRepository';
import { previewRollback, rollBack, sourceHistory, type RollbackPlan } from '../operations/rollback';
import { on } from '../requests';
import type { Session } from '../session';
import type { DriftHandler } from './drift';

type Failed = { failure: { reason: Failure['reason']; message: string } };
const failed = ({ reason, message }: Failure): Failed => ({ failure: { reason, message } });

/** Previews that were shown and may be confirmed; older ones are forgotten. */
const previewsKept = 20;
const usualLimit = 50;

export function registerHistory(session: Session, drift: DriftHandler): void {
  const previews = new Map<string, RollbackPlan>();

  /** The source, and the environment that a view of it is for. */
  const find = async (
    repository: OpenRepository,
    id: string,
  ): Promise<{ source: Source; environment: Environment | undefined } | Failed> => {
    const workspace = await repository.workspace();
    const source = workspace.sources.find((s) => s.id === id);
    return source === undefined
      ? failed({ reason: 'not-found', message: `There is no source ${id} in this repository any more.` })
      : { source, environment: repository.environmentOf(workspace, session.settings.environment) };
  };

  const untrusted = (repository: OpenRepository): Failed | undefined =>
    repository.services.trusted
      ? undefined
      : failed({ reason: 'forbidden', message: 'Git is not run in Restricted Mode. Trust the workspace first.' });

  on(session, historyRequest, async ({ folder, source: id, limit }, abort) => {
    const repository = await session.byFolder(folder);
    const found = untrusted(repository) ?? (await find(repository, id));
    if ('failure' in found) {
      return found;
    }
    const { source, environment } = found;
    const answer = await sourceHistory(repository.services, source, environment, limit ?? usualLimit, abort);
    return answer.ok ? { revisions: answer.value.map(viewOf) } : failed(answer.failure);
  });

  on(session, rollbackPreviewRequest, async ({ folder, source: id, revision }, abort) => {
    const repository = await session.byFolder(folder);
    const found = untrusted(repository) ?? (await find(repository, id));
    if ('failure' in found) {
      return found;
    }
    const answer = await previewRollback(repository.services, found.source, found.environment, revision, abort);
    if (!answer.ok) {
      return failed(answer.failure);
    }
    const plan = answer.value;
    previews.set(plan.id, plan);
    for (const old of [...previews.keys()].slice(0, -previewsKept)) {
      previews.delete(old);
    }
    const { id: digest, branch, message, files, objects } = plan;
    return {
      preview: { id: digest, source: id, revision: viewOf(plan.revision), branch, message, files, objects },
    };
  });

  on(session, rollbackRequest, async ({ folder, preview, environment: name }, abort) => {
    const repository = await session.byFolder(folder);
    const { services } = repository;
    const shown = previews.get(preview);
    if (shown === undefined) {
      return failed({ reason: 'conflict', message: 'This preview is no longer current. Look at the rollback again.' });
    }
    const workspace = await repository.workspace();
    const environment = workspace.environments.find((e) => e.name === name);
    const head = await services.repository().head();
    const { kubeconfig, kubernetesVersion } = session.settings;
    const done = await rollBack(services, shown, environment, { kubeconfig, kubernetesVersion, abort });
    if (!done.ok) {
      return failed(done.failure);
    }
    previews.delete(preview);
    const { branch, commit, next, failure } = done.value;
    const [remote] = await services.repository().remotes();
    return {
      branch,
      commit: commit.id,
      ...(remote === undefined ? {} : { remote: remote.url }),
      ...(head?.branch === undefined ? {} : { base: head.branch }),
      ...(next === undefined ? {} : { plan: drift.keep(next.plan, next.compared, repository) }),
      ...(failure === undefined ? {} : failed(failure)),
    };
  });
}

const viewOf = ({ id, subject, author, date }: Revision): RevisionView => ({ id, subject, author, date });
