// "What breaks on Kubernetes 1.NN": the same check as ever, once for the versions that the clusters run and once for the one that is
// asked about. What is refused then and is not refused now breaks; what a server warns of then has to be changed some day.
import { environmentsOf, listed, versionOf } from '../check/versions';
import type { Problem } from '../problem';
import { checkWorkspace, type CheckWorkspaceOptions, type CheckWorkspacePorts } from '../render/checkWorkspace';
import type { FileTree } from '../ports';
import { compareMinors } from '../schema/minors';
import type { SchemaStore } from '../schema/schemaStore';
import type { Environment, Workspace } from '../workspace/source';

export interface EnvironmentUpgrade {
  /** Undefined: what no environment deploys, or the whole of a repository without environments. */
  name: string | undefined;
  /** The version that it runs, where that is known. */
  from: string | undefined;
  /** Errors that the new version brings, and what it no longer serves. */
  breaks: Problem[];
  /** What servers of the new version warn of. */
  deprecated: Problem[];
  /** Errors that are there today and stay: `plumbline check` shows them. */
  already: number;
}

export interface UpgradeReport {
  /** The minor that was asked about. */
  to: string;
  /** In the order in which changes travel. */
  environments: EnvironmentUpgrade[];
  /** What the answer rests on, where it is less than the version's own schemas. */
  note?: string;
  /** Why the verdict is not whole; empty where it is. */
  undecided: string[];
  files: number;
}

/** `options.environment`: only this one. `to` must be a minor, for example `1.36`. */
export async function upgradeReport(
  workspace: Workspace,
  tree: FileTree,
  ports: CheckWorkspacePorts,
  to: string,
  options: CheckWorkspaceOptions = {},
): Promise<UpgradeReport> {
  const now = await checkWorkspace(workspace, tree, ports, options);
  const { knownVersions: _known, environment, ...rest } = options;
  const later = environment === undefined ? {} : { environment: { ...environment, kubernetesVersion: to } };
  const then = await checkWorkspace(atVersion(workspace, to), tree, ports, {
    ...rest,
    ...later,
    kubernetesVersion: to,
  });

  const present = placed(now.problems, workspace);
  const groups = new Map<string | undefined, EnvironmentUpgrade>();
  const environments = environment === undefined ? workspace.environments : [environment];
  for (const one of environments) {
    groups.set(one.name, emptyFor(one, options, ports.store));
  }
  for (const [key, { problem, environments: names }] of placed(then.problems, workspace)) {
    for (const name of names) {
      if (environment !== undefined && name !== undefined && name !== environment.name) {
        continue;
      }
      const group = groups.get(name) ?? emptyFor(undefined, options, ports.store);
      const sort = sortOf(problem, to);
      const isOld = problem.severity === 'error' && present.get(key)?.environments.has(name) === true;
      if (sort !== undefined) {
        groups.set(name, group);
        if (isOld) {
          group.already++;
        } else {
          group[sort].push(withoutNames(problem, to));
        }
      }
    }
  }
  const newest = ports.store.minors.at(-1);
  return {
    to,
    environments: [...groups.values()],
    ...(compareMinors(to, newest) > 0
      ? {
          note: `The schemas of Kubernetes ${to} are not known here: removals are the announced ones, the rest is checked as ${newest ?? ''}.`,
        }
      : {}),
    undecided: [...new Set([...now.undecided, ...then.undecided])],
    files: then.files,
  };
}

/** The repository as it would be with every cluster upgraded. */
function atVersion(workspace: Workspace, to: string): Workspace {
  return {
    ...workspace,
    environments: workspace.environments.map((environment) => ({ ...environment, kubernetesVersion: to })),
  };
}

function emptyFor(
  environment: Environment | undefined,
  { kubernetesVersion, knownVersions }: CheckWorkspaceOptions,
  { clusters }: SchemaStore,
): EnvironmentUpgrade {
  const from = versionOf(environment, {
    clusters,
    ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
    ...(knownVersions === undefined ? {} : { known: knownVersions }),
  });
  return { name: environment?.name, from, breaks: [], deprecated: [], already: 0 };
}

function sortOf(problem: Problem, to: string): 'breaks' | 'deprecated' | undefined {
  const isDeprecation = /^kubernetes\/deprecated/.test(problem.rule);
  if (problem.removedIn !== undefined && compareMinors(problem.removedIn, to) <= 0) {
    return 'breaks';
  }
  return isDeprecation ? 'deprecated' : problem.severity === 'error' ? 'breaks' : undefined;
}

interface Placed {
  problem: Problem;
  /** Names of the environments that have it; undefined among them: what no environment deploys. */
  environments: Set<string | undefined>;
}

function placed(problems: readonly Problem[], workspace: Workspace): Map<string, Placed> {
  const files = new Map(workspace.files.map((file) => [file.path, file.sources]));
  const result = new Map<string, Placed>();
  for (const problem of problems) {
    const key = [
      problem.path,
      problem.rule,
      problem.range.start.line,
      problem.range.start.character,
      problem.field,
    ].join('|');
    const deploying =
      problem.environments ?? [...environmentsOf(workspace, files.get(problem.path) ?? [])].map(({ name }) => name);
    const known = result.get(key) ?? { problem, environments: new Set<string | undefined>() };
    (deploying.length === 0 ? [undefined] : deploying).forEach((name) => known.environments.add(name));
    result.set(key, known);
  }
  return result;
}

/** Below the heading of an environment its name would say it twice. */
function withoutNames(problem: Problem, to: string): Problem {
  const { environments, ...rest } = problem;
  if (environments === undefined) {
    return problem;
  }
  const names = listed(environments);
  const prefix = [`In ${names} (Kubernetes ${to}): `, `In ${names}: `].find((text) => problem.message.startsWith(text));
  return { ...rest, message: problem.message.slice(prefix?.length ?? 0) };
}
