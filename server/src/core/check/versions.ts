// The Kubernetes versions that a file is checked for: those of every environment that deploys it, by whatever way it gets there. A
// finding that does not hold in all of them says where it does.
import type { Problem } from '../problem';
import { compareMinors, minorText } from '../schema/minors';
import type { Environment, Workspace } from '../workspace/source';

/** A version, and who runs it. */
export interface CheckedVersion {
  /** For example `1.35`; undefined: the newest one known. */
  minor: string | undefined;
  /** Names of the environments; empty for what no environment deploys. */
  environments: readonly string[];
  /** Context of the cluster that was asked about its schemas; absent: those of the version count. */
  cluster?: string;
}

export interface VersionOptions {
  /** Only this environment counts. */
  environment?: Environment;
  /** Version for environments that name none, and for files in no environment. */
  kubernetesVersion?: string;
  /** What clusters said of themselves, by environment; `.plumbline.yaml` wins. */
  known?: ReadonlyMap<string, string>;
  /** Clusters whose schemas were captured, by context (`SchemaStore.clusters`). */
  clusters?: ReadonlyMap<string, { version: string }>;
}

/** The versions that a file of these sources is checked for, oldest first; never empty. */
export function versionsOf(
  workspace: Workspace,
  sources: readonly string[],
  options: VersionOptions = {},
): CheckedVersion[] {
  const environments =
    options.environment === undefined ? environmentsOf(workspace, sources) : new Set([options.environment]);
  if (environments.size === 0) {
    return [{ minor: minorText(options.kubernetesVersion), environments: [] }];
  }
  const checked = new Map<string, { minor: string | undefined; environments: string[]; cluster?: string }>();
  for (const environment of environments) {
    const minor = versionOf(environment, options);
    const cluster = clusterOf(environment, options);
    const key = `${minor ?? ''} ${cluster ?? ''}`;
    const known = checked.get(key) ?? { minor, environments: [], ...(cluster === undefined ? {} : { cluster }) };
    known.environments.push(environment.name);
    checked.set(key, known);
  }
  return [...checked.values()].sort((a, b) => compareMinors(a.minor, b.minor));
}

/** The version of one environment. */
export function versionOf(environment: Environment | undefined, options: VersionOptions = {}): string | undefined {
  const said = environment === undefined ? undefined : options.known?.get(environment.name);
  const context = clusterOf(environment, options);
  const captured = context === undefined ? undefined : options.clusters?.get(context)?.version;
  return minorText(environment?.kubernetesVersion ?? said ?? captured ?? options.kubernetesVersion);
}

/** The context of an environment whose cluster's schemas were captured. */
export function clusterOf(
  environment: Environment | undefined,
  { clusters }: Pick<VersionOptions, 'clusters'>,
): string | undefined {
  const target = environment?.target;
  return target?.type === 'context' && clusters?.has(target.context) === true ? target.context : undefined;
}

/** Environments whose version is none of the known ones: what stands in for it is said where the version is. */
export function unknownVersions(
  { environments }: Workspace,
  known: readonly string[],
  nearest: (version: string) => string,
): Problem[] {
  return environments.flatMap(({ name, kubernetesVersion, declared }) => {
    const minor = minorText(kubernetesVersion);
    if (minor === undefined || declared === undefined || known.includes(minor)) {
      return [];
    }
    const range = `${known[0] ?? ''} to ${known.at(-1) ?? ''}`;
    return [
      {
        ...declared,
        rule: 'plumbline/unknown-version',
        severity: 'info' as const,
        message: `The schemas of Kubernetes ${minor} are not known here (${range} are): ${name} is checked with those of ${nearest(minor)}.`,
      },
    ];
  });
}

const deploying = new WeakMap<Workspace, ReadonlyMap<string, ReadonlySet<Environment>>>();

/** The environments that deploy any of these sources, themselves or through what includes them. */
export function environmentsOf(workspace: Workspace, sources: readonly string[]): Set<Environment> {
  let bySource = deploying.get(workspace);
  if (bySource === undefined) {
    bySource = deployments(workspace);
    deploying.set(workspace, bySource);
  }
  const found = new Set<Environment>();
  for (const id of sources) {
    bySource.get(id)?.forEach((environment) => found.add(environment));
  }
  // In the order in which changes travel, which is the workspace's.
  return found.size < 2 ? found : new Set(workspace.environments.filter((environment) => found.has(environment)));
}

function deployments({ sources, environments }: Workspace): Map<string, Set<Environment>> {
  const children = new Map(sources.map((source) => [source.id, source.children]));
  const bySource = new Map<string, Set<Environment>>();
  for (const environment of environments) {
    const waiting = [...environment.sources];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const known = bySource.get(id) ?? new Set<Environment>();
      if (!known.has(environment)) {
        bySource.set(id, known.add(environment));
        waiting.push(...(children.get(id) ?? []));
      }
    }
  }
  return bySource;
}

/** Findings for one version. */
export interface VersionFindings {
  version: CheckedVersion;
  problems: readonly Problem[];
}

/** One list of several: what all versions agree on once, and what only some say with their names. Not sorted. */
export function agree(findings: readonly VersionFindings[]): Problem[] {
  const [only] = findings;
  if (only === undefined || findings.length === 1) {
    return [...(only?.problems ?? [])];
  }
  const merged = new Map<string, { problem: Problem; versions: CheckedVersion[] }>();
  for (const { version, problems } of findings) {
    for (const problem of problems) {
      const key = findingKey(problem);
      const known = merged.get(key);
      if (known === undefined) {
        merged.set(key, { problem, versions: [version] });
      } else if (!known.versions.includes(version)) {
        known.versions.push(version);
      }
    }
  }
  return [...merged.values()].map(({ problem, versions }) =>
    versions.length === findings.length ? problem : onlyIn(problem, versions),
  );
}

/** The finding with the names of the environments that it holds in. */
export function onlyIn(problem: Problem, versions: readonly CheckedVersion[]): Problem {
  const environments = versions.flatMap((version) => [...version.environments]);
  if (environments.length === 0) {
    return problem;
  }
  const named = versions.map(({ minor, environments: names }) =>
    minor === undefined || problem.message.startsWith(`Kubernetes ${minor} `)
      ? listed(names)
      : `${listed(names)} (Kubernetes ${minor})`,
  );
  return { ...problem, environments, message: `In ${listed(named)}: ${problem.message}` };
}

/** `staging`, `staging and production`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

function findingKey({ rule, range: { start, end }, field, severity }: Problem): string {
  return [rule, severity, start.line, start.character, end.line, end.character, field].join('|');
}
