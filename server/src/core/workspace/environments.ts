// Environments: found in cluster folders of Flux, in the destinations of Argo CD, in overlays named like environments; then
// `.plumbline.yaml` on top, which wins by name.
import type { ArgoSource } from './argo';
import type { FluxSource } from './flux';
import { folderOf, isWithin } from './paths';
import type { Environment, EnvironmentConfig, Source } from './source';

export interface FoundSources {
  sources: readonly Source[];
  flux: readonly FluxSource[];
  argo: readonly ArgoSource[];
  /** Manifest files that a source deploys, followed through kustomizations. */
  filesOf(source: Source): ReadonlySet<string>;
}

/** Folder names that stand for an environment, also with a suffix: `prod-eu`, `staging-2`. In the order in which changes travel. */
const stages: [rank: number, names: RegExp][] = [
  [0, /^(local|sandbox|dev|develop|development|preview|ephemeral|ci)$/],
  [1, /^(test|testing|int|integration|sit)$/],
  [2, /^(qa|quality|uat|acceptance|perf|demo|canary)$/],
  [3, /^(stage|staging|stg)$/],
  [4, /^(preprod|pre-prod|preproduction|pre-production)$/],
  [5, /^(prod|prd|production|live|dr)$/],
];

/** Parents whose sub-folders are environments, whatever their names. */
const parents = /^(overlays|environments|envs|env|clusters|cluster|stages)$/i;

export function looksLikeEnvironment(name: string): boolean {
  return rankOf(name) !== undefined;
}

/** Operations on these ask for the name unless `.plumbline.yaml` says otherwise. */
export function looksProtected(name: string): boolean {
  return rankOf(name) === 5;
}

function rankOf(name: string): number | undefined {
  const lower = name.toLowerCase();
  const exact = stages.find(([, names]) => names.test(lower));
  if (exact !== undefined) {
    return exact[0];
  }
  const first = /^([a-z]+)[-_.]?(?=[-_.\d])/.exec(lower)?.[1];
  return first === undefined ? undefined : stages.find(([, names]) => names.test(first))?.[0];
}

/** Environments without what the configuration adds. */
export function findEnvironments(found: FoundSources): Environment[] {
  const environments = new Map<string, Environment>();
  const add = (
    name: string,
    foundBy: Environment['foundBy'],
    ids: readonly string[],
    declared: Source | undefined,
  ): void => {
    let environment = environments.get(name);
    if (environment === undefined) {
      environment = { name, sources: [], target: undefined, protected: looksProtected(name), foundBy };
      if (declared !== undefined) {
        environment.declared = declared.declared;
      }
      environments.set(name, environment);
    }
    for (const id of ids) {
      if (!environment.sources.includes(id)) {
        environment.sources.push(id);
      }
    }
  };

  addFlux(found, add);
  addArgo(found, add);
  const taken = new Set([...environments.values()].flatMap((e) => e.sources));
  const owned = new Set(environments.keys());
  for (const source of found.sources) {
    if (source.root && !taken.has(source.id) && (source.kind === 'kustomization' || source.kind === 'folder')) {
      const name = environmentOfPath(source.path);
      // What a controller's environment does not deploy is not silently made part of it.
      if (name !== undefined && !owned.has(name)) {
        add(name, 'overlay', [source.id], source);
      }
    }
  }
  return [...environments.values()].sort(byStage);
}

/** The environment that a path names: the folder below `overlays`, `environments` …, else the innermost folder named like one. */
export function environmentOfPath(path: string): string | undefined {
  const parts = path === '' ? [] : path.split('/');
  for (let i = parts.length - 1; i > 0; i--) {
    if (parents.test(parts[i - 1] ?? '') && parts[i] !== 'base') {
      return parts[i];
    }
  }
  return parts.findLast((part) => looksLikeEnvironment(part));
}

/** `clusters/<name>` of a path, with the folder. */
function clusterOf(path: string): { name: string; folder: string } | undefined {
  const parts = folderOf(path).split('/');
  for (let i = parts.length - 1; i > 0; i--) {
    if (/^(clusters|cluster|environments|envs|env|fleet|fleets)$/i.test(parts[i - 1] ?? '')) {
      return { name: parts[i] ?? '', folder: parts.slice(0, i + 1).join('/') };
    }
  }
  for (let i = parts.length - 1; i >= 0; i--) {
    if (looksLikeEnvironment(parts[i] ?? '')) {
      return { name: parts[i] ?? '', folder: parts.slice(0, i + 1).join('/') };
    }
  }
  return undefined;
}

type Add = (
  name: string,
  foundBy: Environment['foundBy'],
  ids: readonly string[],
  declared: Source | undefined,
) => void;

function addFlux(found: FoundSources, add: Add): void {
  const byFile = new Map<string, FluxSource[]>();
  for (const flux of found.flux) {
    byFile.set(flux.fact.path, [...(byFile.get(flux.fact.path) ?? []), flux]);
  }
  /** All Flux objects that the given ones deploy, themselves included. */
  const reach = (start: readonly FluxSource[]): Set<FluxSource> => {
    const reached = new Set(start);
    for (const flux of reached) {
      for (const file of found.filesOf(flux.source)) {
        byFile.get(file)?.forEach((next) => reached.add(next));
      }
    }
    return reached;
  };

  const clusters = new Map<string, { folder: string; seeds: FluxSource[] }>();
  for (const flux of found.flux) {
    const cluster = flux.source.kind === 'fluxKustomization' ? clusterOf(flux.fact.path) : undefined;
    if (cluster !== undefined) {
      const entry = clusters.get(cluster.name) ?? { folder: cluster.folder, seeds: [] };
      entry.seeds.push(flux);
      clusters.set(cluster.name, entry);
    }
  }
  if (clusters.size === 0) {
    const reachable = new Set(
      found.flux.filter((f) => f.source.kind === 'fluxKustomization').flatMap((f) => [...reach([f])]),
    );
    if (reachable.size > 0) {
      add(
        'default',
        'flux',
        ordered([...reachable]).map((f) => f.source.id),
        undefined,
      );
    }
    return;
  }
  for (const [name, { folder, seeds }] of clusters) {
    const inFolder = found.flux.filter((flux) => isWithin(folder, flux.fact.path));
    const reached = reach([...new Set([...seeds, ...inFolder])]);
    const covered = new Set([...reached].flatMap((flux) => flux.source.children));
    // The cluster's own folder, where no Flux Kustomization points at it: somebody has to apply it first.
    const first = found.sources.filter(
      (source) =>
        source.root &&
        (source.kind === 'kustomization' || source.kind === 'folder') &&
        isWithin(folder, source.path) &&
        !covered.has(source.id),
    );
    add(name, 'flux', [...first.map((s) => s.id), ...ordered([...reached]).map((f) => f.source.id)], seeds[0]?.source);
  }
}

/** What others depend on comes first; Kustomizations before HelmReleases; else in the order of the files. */
function ordered(sources: readonly FluxSource[]): FluxSource[] {
  const kinds = ['fluxKustomization', 'fluxHelmRelease'];
  return kinds.flatMap((kind) => {
    const all = sources.filter((flux) => flux.source.kind === kind);
    const byName = new Map(all.map((flux) => [`${flux.fact.namespace}/${flux.fact.name}`, flux]));
    const done = new Set<FluxSource>();
    const visit = (flux: FluxSource, above: readonly FluxSource[]): void => {
      if (done.has(flux) || above.includes(flux)) {
        return;
      }
      for (const name of flux.dependsOn) {
        const before = byName.get(name);
        if (before !== undefined) {
          visit(before, [...above, flux]);
        }
      }
      done.add(flux);
    };
    all.forEach((flux) => visit(flux, []));
    return [...done];
  });
}

function addArgo(found: FoundSources, add: Add): void {
  for (const argo of found.argo) {
    const { server, name, namespace } = argo.destination;
    const inCluster = server === 'https://kubernetes.default.svc' || name === 'in-cluster';
    const named =
      (name !== undefined && !inCluster ? name : undefined) ??
      (argo.folder === undefined ? undefined : environmentOfPath(argo.folder)) ??
      environmentOfPath(folderOf(argo.fact.path)) ??
      (namespace !== undefined && looksLikeEnvironment(namespace) ? namespace : undefined) ??
      (inCluster || server === undefined ? 'in-cluster' : hostOf(server));
    add(named, 'argocd', [argo.source.id], argo.source);
  }
}

const hostOf = (url: string): string => /^[a-z]+:\/\/([^/:]+)/i.exec(url)?.[1] ?? url;

function byStage(a: Environment, b: Environment): number {
  return (rankOf(a.name) ?? 9) - (rankOf(b.name) ?? 9) || (a.name < b.name ? -1 : 1);
}

/** Puts one entry of the configuration on top of what was found. `sources` are the entry's own, resolved; undefined: as found. */
export function configured(
  environments: readonly Environment[],
  config: EnvironmentConfig,
  sources: readonly string[] | undefined,
): Environment[] {
  const before = environments.find((e) => e.name === config.name);
  const environment: Environment = {
    ...(before ?? {
      name: config.name,
      sources: [],
      target: undefined,
      protected: looksProtected(config.name),
      foundBy: 'configuration',
    }),
    declared: config.at,
  };
  if (sources !== undefined) {
    environment.sources = [...sources];
    environment.foundBy = 'configuration';
  }
  if (config.target !== undefined) {
    environment.target = config.target;
  }
  if (config.kubernetesVersion !== undefined) {
    environment.kubernetesVersion = config.kubernetesVersion;
  }
  if (config.protected !== undefined) {
    environment.protected = config.protected;
  }
  if (config.namespace !== undefined) {
    environment.namespace = config.namespace;
  }
  return before === undefined
    ? [...environments, environment]
    : environments.map((e) => (e === before ? environment : e));
}
