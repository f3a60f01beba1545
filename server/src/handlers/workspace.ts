// What the repositories deploy, as the Sources view and the environment choice show it.
import {
  checkWorkspaceRequest,
  chooseEnvironmentRequest,
  workspaceRequest,
  type EnvironmentView,
  type SourceView,
  type WorkspaceView,
} from '../core/protocol';
import { versionOf } from '../core/check/versions';
import type { Environment, Source, TargetSpec } from '../core/workspace/source';
import type { OpenRepository } from '../openRepository';
import type { Session } from '../session';
import type { Diagnostics } from './diagnostics';
import { on } from '../requests';

export function registerWorkspace(session: Session, diagnostics: Diagnostics, environmentChosen: () => void): void {
  on(session, workspaceRequest, async () => {
    const folders = await Promise.all((await session.all()).map((repository) => workspaceView(session, repository)));
    return { folders };
  });
  on(session, chooseEnvironmentRequest, async ({ folder, environment }) => {
    const repository = await session.byFolder(folder);
    repository.choose(environment);
    environmentChosen();
    return workspaceView(session, repository);
  });
  on(session, checkWorkspaceRequest, async ({ folder }, abort) => {
    const repository = await session.byFolder(folder);
    return diagnostics.checkAll(repository, (text) => session.log.info(text), abort);
  });
}

export async function workspaceView(session: Session, repository: OpenRepository): Promise<WorkspaceView> {
  const workspace = await repository.workspace();
  const chosen = repository.environmentOf(workspace, session.settings.environment);
  const { clusters } = repository.services.schemas();
  const versions = { clusters, known: repository.clusterVersions };
  const fallback = session.settings.kubernetesVersion || repository.services.schemas().minorFor(undefined);
  return {
    folder: repository.folder,
    sources: workspace.sources.map((source) => sourceView(repository, source)),
    environments: workspace.environments.map((environment) =>
      environmentView(environment, versionOf(environment, versions) ?? fallback),
    ),
    ...(chosen === undefined ? {} : { environment: chosen.name }),
  };
}

function sourceView(repository: OpenRepository, source: Source): SourceView {
  return {
    id: source.id,
    kind: source.kind,
    name: source.name,
    path: source.path,
    uri: repository.uriOf(source.declared.path),
    range: source.declared.range,
    children: source.children,
    root: source.root,
    ...(source.render.tool === 'unsupported' ? { unsupported: source.render.reason } : {}),
  };
}

function environmentView(environment: Environment, kubernetesVersion: string): EnvironmentView {
  return {
    name: environment.name,
    sources: environment.sources,
    ...(environment.target === undefined ? {} : { target: targetView(environment.target) }),
    kubernetesVersion,
    protected: environment.protected,
    foundBy: environment.foundBy,
  };
}

function targetView(target: TargetSpec): NonNullable<EnvironmentView['target']> {
  switch (target.type) {
    case 'context':
      return { type: 'context', name: target.context };
    case 'snapshot':
      return { type: 'snapshot', name: target.path };
    case 'revision':
      return { type: 'revision', name: target.revision };
  }
}
