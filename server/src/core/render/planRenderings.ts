// What is rendered for a check: each source once for all environments that get the same text of it.
import { clusterOf, versionOf, type VersionOptions } from '../check/versions';
import { isWithin } from '../workspace/paths';
import type { Environment, Source, Workspace } from '../workspace/source';

/** A source as it is rendered for environments that get the same text. */
export interface Planned {
  source: Source;
  /** The first of them; undefined for what no environment deploys. */
  environment: Environment | undefined;
  environments: string[];
}

export interface PlanOptions {
  /** Only what is deployed to this environment. */
  environment?: Environment;
  /** Only sources that can have findings in these files and folders; empty: all. */
  paths?: readonly string[];
}

/** What is rendered, and as deployed to what. */
export function planRenderings(workspace: Workspace, options: PlanOptions, versions: VersionOptions): Planned[] {
  const byId = new Map(workspace.sources.map((source) => [source.id, source]));
  const environments = options.environment === undefined ? workspace.environments : [options.environment];
  const planned = new Map<string, Planned>();
  const add = (source: Source | undefined, environment: Environment | undefined): void => {
    if (source === undefined || !concerns(source, workspace, byId, options.paths)) {
      return;
    }
    // The same text comes out wherever version and namespace are the same.
    const cluster = clusterOf(environment, versions);
    const key = [source.id, versionOf(environment, versions), cluster, environment?.namespace].join('|');
    const known = planned.get(key);
    const names = [...(known?.environments ?? []), ...(environment === undefined ? [] : [environment.name])];
    planned.set(key, { source, environment: known?.environment ?? environment, environments: names });
  };
  for (const environment of environments) {
    environment.sources.forEach((id) => add(byId.get(id), environment));
  }
  if (options.environment === undefined) {
    const deployed = new Set(environments.flatMap((environment) => environment.sources));
    workspace.sources
      .filter((source) => source.root && !deployed.has(source.id))
      .forEach((source) => add(source, undefined));
  }
  return [...planned.values()];
}

/** Whether a source can have findings in the paths that were asked for. */
function concerns(
  source: Source,
  { files }: Workspace,
  byId: ReadonlyMap<string, Source>,
  paths: readonly string[] | undefined,
): boolean {
  if (paths === undefined || paths.length === 0) {
    return true;
  }
  const touches = (path: string): boolean => paths.some((wanted) => isWithin(wanted, path) || isWithin(path, wanted));
  const seen = new Set<string>();
  const visit = (at: Source): boolean => {
    if (seen.has(at.id)) {
      return false;
    }
    seen.add(at.id);
    const own = files.filter((file) => file.sources.includes(at.id)).map((file) => file.path);
    return (
      [...own, at.declared.path].some((path) => paths.some((wanted) => isWithin(wanted, path))) ||
      (at.path !== '' && touches(at.path)) ||
      at.children.some((id) => {
        const child = byId.get(id);
        return child !== undefined && visit(child);
      })
    );
  };
  return visit(source);
}
