// What is known of the repository's sources and environments, as values, and what the views need to work out from them.
import type { EnvironmentView, SourceView, WorkspaceView } from '../../../server/src/core/protocol';

/** One environment of one repository. */
export interface EnvironmentRef {
  folder: string;
  environment: string;
}

export const environmentKey = (ref: EnvironmentRef): string => `${ref.folder}#${ref.environment}`;

export function findEnvironment(views: readonly WorkspaceView[], ref: EnvironmentRef): EnvironmentView | undefined {
  return views.find((v) => v.folder === ref.folder)?.environments.find((e) => e.name === ref.environment);
}

export function findSource(views: readonly WorkspaceView[], folder: string, id: string): SourceView | undefined {
  return views.find((v) => v.folder === folder)?.sources.find((s) => s.id === id);
}

/** The repository that a file's URI lies in: the innermost one. */
export function folderOf(views: readonly WorkspaceView[], uri: string): WorkspaceView | undefined {
  return views
    .filter((v) => uri === v.folder || uri.startsWith(v.folder.replace(/\/?$/, '/')))
    .sort((a, b) => b.folder.length - a.folder.length)[0];
}

/** True where a file stands in a folder that some source renders. */
export function isInSource(views: readonly WorkspaceView[], uri: string): boolean {
  const view = folderOf(views, uri);
  if (view === undefined) {
    return false;
  }
  const path = decodeURIComponent(uri.slice(view.folder.replace(/\/?$/, '/').length));
  return view.sources.some((source) => source.path === '' || path.startsWith(source.path + '/') || source.uri === uri);
}

/** What the target of an environment is called: `context staging`, `snapshot snapshots/staging`. */
export function targetText(environment: EnvironmentView | undefined): string {
  const target = environment?.target;
  return target === undefined ? 'no target' : `${target.type} ${target.name}`;
}

const kindTexts: Record<SourceView['kind'], string> = {
  folder: 'Manifests',
  kustomization: 'Kustomization',
  chart: 'Helm chart',
  fluxKustomization: 'Flux Kustomization',
  fluxHelmRelease: 'Flux HelmRelease',
  argoApplication: 'Argo CD Application',
};
/** The kind of a source in the field's own words. */
export const kindText = (kind: SourceView['kind']): string => kindTexts[kind];

/** Codicon of a kind of source. */
export const kindIcon: Record<SourceView['kind'], string> = {
  folder: 'folder',
  kustomization: 'layers',
  chart: 'package',
  fluxKustomization: 'layers-active',
  fluxHelmRelease: 'package',
  argoApplication: 'rocket',
};

const foundByTexts: Record<string, string> = {
  configuration: 'described in .plumbline.yaml',
  flux: 'found by its Flux objects',
  argocd: 'found by its Argo CD objects',
  overlay: 'found by its overlays',
};
/** How an environment came to be known. */
export const foundByText = (foundBy: string): string => foundByTexts[foundBy] ?? `found by ${foundBy}`;

/** Where the views stand: each state has its own welcome text. */
export type WorkspaceState =
  'loading' | 'failed' | 'noSources' | 'noEnvironment' | 'noTarget' | 'notCompared' | 'compared';

export function stateOf(
  views: readonly WorkspaceView[] | undefined,
  chosen: EnvironmentRef | undefined,
  compared: boolean,
): WorkspaceState {
  if (views === undefined) {
    return 'loading';
  }
  if (compared) {
    return 'compared';
  }
  if (views.every((v) => v.sources.length === 0)) {
    return 'noSources';
  }
  if (chosen === undefined) {
    return 'noEnvironment';
  }
  return findEnvironment(views, chosen)?.target === undefined ? 'noTarget' : 'notCompared';
}
