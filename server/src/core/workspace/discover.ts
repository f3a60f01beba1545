// Discovery: what a repository deploys, found from its own files. Nothing is rendered and nothing outside the tree is asked. What
// was read of a file is kept by its text, so that a second run over a repository of which one file changed reads one file.
import picomatch from 'picomatch';
import { readSopsConfig } from '../secrets/sopsRules';
import { Cancelled, type Abort, type FileTree } from '../ports';
import type { PatchSelector } from '../patch/patchSelector';
import type { Outcome, Problem } from '../problem';
import { didYouMean } from '../suggest';
import { argoApplications, type ArgoSource } from './argo';
import type { Catalogue } from './catalogue';
import { chartOf, chartRole, readCharts, type Chart } from './charts';
import { readBaseline } from '../check/baseline';
import { baselineReference, configFile, emptyConfiguration, readConfiguration, sourceReferences } from './config';
import { configured, findEnvironments } from './environments';
import { isDeployable, readFacts, type FileFacts } from './facts';
import { fluxHelmReleases, fluxKustomizations, type FluxSource } from './flux';
import { generatedResources } from './generated';
import { closureOf, closureOfRender, type Closure, type Graph } from './graph';
import {
  fileSet,
  kustomizationIn,
  missingReferences,
  readKustomization,
  type FileSet,
  type Kustomization,
  type ReferenceRole,
} from './kustomization';
import { isPartialDefinition, patchesOfTransformers } from './partialFiles';
import { changeOfRelease } from './patchedReleases';
import { missingPatchTargets } from './patchTargets';
import { baseName, folderLabel, folderOf, isKustomizationFile, isWithin, isYamlFile, joinPath } from './paths';
import { problemAt } from './read';
import type { Remote } from './repositoryMatch';
import type { Configuration, Environment, FileRole, Source, Workspace, WorkspaceFile } from './source';
import { declaresTheSame } from './sameDeclarations';
import type { ParsedYaml } from '../yaml/tree';
import { createSourceIgnore } from './sourceIgnore';

export interface DiscoverOptions {
  /** Git remotes, by which GitOps objects mean this repository; none are asked for here. */
  remotes?: readonly Remote[];
  abort?: Abort;
}

export interface Discovery {
  discover(tree: FileTree, options?: DiscoverOptions): Promise<Workspace>;
  /** True where this text of a file surely changes nothing of what was found last; a quick look at one file, whose tree may be at hand. */
  isSame(path: string, text: string, parsed?: ParsedYaml): boolean;
  /** Text of a file as the last discovery read it; undefined for files that it does not read. */
  textOf(path: string): string | undefined;
}

/** A discovery that remembers what it read; one per repository. */
export function createDiscovery(): Discovery {
  let memory = new Map<string, FileFacts>();
  const kustomizationOf = new WeakMap<FileFacts, Kustomization>();
  let last: Workspace | undefined;
  /** Discoveries may overlap; only the one that started last is remembered. */
  let started = 0;
  return {
    isSame(path, text, parsed) {
      const before = memory.get(path);
      return (
        before !== undefined &&
        last !== undefined &&
        declaresTheSame(last, before, readFacts(path, text, before, parsed))
      );
    },

    textOf: (path) => memory.get(path)?.text,

    async discover(tree, options = {}) {
      const run = ++started;
      const listed = await tree.list('', options.abort);
      const configText = await tree.read(configFile);
      const read =
        configText === undefined ? { result: emptyConfiguration, problems: [] } : readConfiguration(configText);
      const baseline = await readBaselineFile(tree, read.result, configText ?? '');
      const configuration = baseline.result;
      const hidden = hiddenPaths(configuration, await snapshotFolders(tree, listed));
      const paths = listed.filter((path) => !hidden(path));
      const facts = await readAll(tree, paths, memory, options.abort);
      const ignore = createSourceIgnore(await ignoreFiles(tree, paths));
      const found = new Builder(paths, facts, configuration, options.remotes ?? [], ignore, (f) => {
        let kustomization = kustomizationOf.get(f);
        if (kustomization === undefined) {
          kustomization = readKustomization(f);
          kustomizationOf.set(f, kustomization);
        }
        return kustomization;
      }).build();
      const troubles = troublesOf(tree, hidden);
      const workspace = {
        ...found,
        problems: [...read.problems, ...baseline.problems, ...troubles, ...found.problems],
      };
      if (run === started) {
        memory = facts;
        last = workspace;
      }
      return workspace;
    },
  };
}

/** One discovery without memory. */
export function discover(tree: FileTree, options: DiscoverOptions = {}): Promise<Workspace> {
  return createDiscovery().discover(tree, options);
}

/** The configuration with the findings of the baseline that it names. */
async function readBaselineFile(
  tree: FileTree,
  configuration: Configuration,
  configText: string,
): Promise<Outcome<Configuration>> {
  const path = configuration.baseline?.path;
  if (path === undefined) {
    return { result: configuration, problems: [] };
  }
  const text = await tree.read(path);
  if (text === undefined) {
    const message = `There is no baseline ${path} yet. Write it with "plumbline check --write-baseline".`;
    const range = baselineReference(configText);
    return {
      result: configuration,
      problems: [{ rule: 'plumbline/configuration', severity: 'warning', path: configFile, range, message }],
    };
  }
  const { result, problems } = readBaseline(text, path);
  return { result: { ...configuration, baseline: result }, problems };
}

/** Folders of snapshots that lie in the repository, whether or not an environment is compared with them now. */
async function snapshotFolders(tree: FileTree, paths: readonly string[]): Promise<string[]> {
  const descriptions = paths.filter((path) => baseName(path) === 'snapshot.yaml' && folderOf(path) !== '');
  const texts = await Promise.all(descriptions.map((path) => tree.read(path)));
  const isSnapshot = (text: string): boolean => /^kind: *Snapshot\s*$/m.test(text) && !/^apiVersion:/m.test(text);
  return descriptions.filter((_path, i) => isSnapshot(texts[i] ?? '')).map(folderOf);
}

/** Paths that the configuration leaves out: its globs, and the snapshots, which are the other side of a comparison. */
function hiddenPaths(configuration: Configuration, taken: readonly string[]): (path: string) => boolean {
  const configured = configuration.environments.flatMap((e) => {
    const path = e.target?.type === 'snapshot' ? joinPath('', e.target.path) : undefined;
    return path === undefined || path === '' ? [] : [path];
  });
  const snapshots = [...configured, ...taken];
  const globs = configuration.exclude.flatMap((glob) => {
    const clean = glob.replace(/^\.?\//, '').replace(/\/(\*\*)?$/, '');
    return clean === '' ? [] : [clean, `${clean}/**`];
  });
  const excluded = globs.length === 0 ? () => false : picomatch(globs, { dot: true });
  return (path) => snapshots.some((folder) => isWithin(folder, path)) || excluded(path);
}

/** What cannot be read of the files that could hold manifests; of everything else, which may be a folder, what hides something. */
function troublesOf(tree: FileTree, hidden: (path: string) => boolean): Problem[] {
  return (tree.troubles?.() ?? [])
    .filter(
      ({ path, rule }) =>
        !hidden(path) &&
        (isYamlFile(path) || isKustomizationFile(path) || (rule === 'file/unreadable' && !/\.[^/]+$/.test(path))),
    )
    .map(({ path, rule, severity, message, line = 0, character = 0 }) => {
      const start = { line, character };
      return { path, rule, severity, message, range: { start, end: start } };
    });
}

const uninteresting = /(^|\/)(package(-lock)?|tsconfig[^/]*|composer|deno|jsconfig|angular|nx|turbo|renovate)\.json$/;

function isInteresting(path: string): boolean {
  return isYamlFile(path) || isKustomizationFile(path) || (path.endsWith('.json') && !uninteresting.test(path));
}

async function readAll(
  tree: FileTree,
  paths: readonly string[],
  memory: ReadonlyMap<string, FileFacts>,
  abort: Abort | undefined,
): Promise<Map<string, FileFacts>> {
  const facts = new Map<string, FileFacts>();
  const wanted = paths.filter(isInteresting);
  const readOne = async (path: string): Promise<void> => {
    const text = await tree.read(path);
    if (text !== undefined) {
      const known = memory.get(path);
      facts.set(path, known?.text === text ? known : readFacts(path, text));
    }
  };
  for (let i = 0; i < wanted.length; i += 64) {
    if (abort?.aborted === true) {
      throw new Cancelled();
    }
    await Promise.all(wanted.slice(i, i + 64).map(readOne));
  }
  // Reads end in any order; what is found must not depend on it.
  return new Map([...facts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function ignoreFiles(tree: FileTree, paths: readonly string[]): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const path of paths.filter((p) => baseName(p) === '.sourceignore')) {
    files.set(folderOf(path), (await tree.read(path)) ?? '');
  }
  return files;
}

const roleOfReference: Record<ReferenceRole, FileRole> = {
  resource: 'manifest',
  component: 'manifest',
  patch: 'patch',
  transformer: 'transformer',
  input: 'input',
  crd: 'crd',
  values: 'values',
};

/** One run: files in, workspace out. */
class Builder {
  private readonly files: FileSet;
  private readonly catalogue: Catalogue;
  private readonly charts: Chart[];
  private readonly kustomizations = new Map<string, Kustomization>();
  private readonly graph: Graph;
  private readonly sources: Source[] = [];
  private readonly problems: Problem[] = [];
  private readonly closures = new Map<string, Closure>();

  constructor(
    private readonly paths: readonly string[],
    private readonly facts: ReadonlyMap<string, FileFacts>,
    private readonly configuration: Configuration,
    remotes: readonly Remote[],
    ignore: (path: string) => boolean,
    kustomizationOf: (facts: FileFacts) => Kustomization,
  ) {
    this.files = fileSet(paths);
    this.charts = readCharts(paths, (path) => facts.get(path));
    for (const [path, read] of facts) {
      if (
        isKustomizationFile(path) &&
        !isOfFlux(read) &&
        kustomizationIn(this.files, folderOf(path)) === path &&
        this.chartAt(path) === undefined
      ) {
        this.kustomizations.set(folderOf(path), kustomizationOf(read));
      }
    }
    const generated = new Map<string, string[]>();
    this.graph = {
      kustomizations: this.kustomizations,
      generated: (dir) => {
        let resources = generated.get(dir);
        if (resources === undefined) {
          resources = generatedResources(paths, dir, ignore);
          generated.set(dir, resources);
        }
        return resources;
      },
    };
    this.catalogue = {
      files: this.files,
      remotes,
      facts: (path) => facts.get(path),
      objects: [...facts.values()].filter((f) => this.chartAt(f.path) === undefined).flatMap((f) => f.objects),
    };
  }

  build(): Workspace {
    const chartDirs = new Set(this.charts.map((chart) => chart.dir));
    const flux = [...fluxKustomizations(this.catalogue), ...fluxHelmReleases(this.catalogue, chartDirs)].filter(
      (f) => !this.isPartial(f.fact.path),
    );
    const argo = argoApplications(this.catalogue, chartDirs).filter((a) => !this.isPartial(a.fact.path));
    this.addKustomizations();
    this.addCharts();
    for (const { source, problems } of [...flux, ...argo]) {
      this.sources.push(source);
      this.problems.push(...problems);
    }
    this.addFolders();
    this.markUnsupported();
    this.markChangedReleases(flux);
    this.link(flux, argo);
    const sources = [...this.sources];
    const environments = this.environments(flux, argo);
    const encryption = [...this.facts.values()]
      .filter(({ path }) => baseName(path) === '.sops.yaml')
      .map(({ path, text }) => readSopsConfig(path, text));
    return {
      configuration: this.configuration,
      sources: [...sources, ...this.sources.slice(sources.length)].sort((a, b) => (a.id < b.id ? -1 : 1)),
      environments,
      files: this.roles(),
      problems: this.problems,
      ...(encryption.length === 0 ? {} : { encryption }),
    };
  }

  private chartAt(path: string): Chart | undefined {
    return this.charts.length === 0 ? undefined : chartOf(this.charts, path);
  }

  /** True for files that are only patches: what they declare is declared in full elsewhere. */
  private isPartial(path: string): boolean {
    return (
      (this.referenced().get(path) ?? []).length > 0 &&
      (this.referenced().get(path) ?? []).every((role) => role === 'patch')
    );
  }

  private referencedRoles: Map<string, ReferenceRole[]> | undefined;
  private referenced(): Map<string, ReferenceRole[]> {
    if (this.referencedRoles === undefined) {
      this.referencedRoles = new Map();
      for (const kustomization of this.kustomizations.values()) {
        for (const reference of kustomization.references) {
          if (reference.path !== undefined) {
            this.referencedRoles.set(reference.path, [
              ...(this.referencedRoles.get(reference.path) ?? []),
              reference.role,
            ]);
          }
        }
        for (const path of patchesOfTransformers(kustomization, (named) => this.facts.get(named))) {
          this.referencedRoles.set(path, [...(this.referencedRoles.get(path) ?? []), 'patch']);
        }
      }
    }
    return this.referencedRoles;
  }

  private addKustomizations(): void {
    for (const kustomization of this.kustomizations.values()) {
      const read = this.facts.get(kustomization.path);
      if (read !== undefined) {
        this.problems.push(...missingReferences(read, kustomization, this.files));
        this.problems.push(
          ...missingPatchTargets(read, {
            closure: closureOf(this.graph, kustomization.dir),
            facts: (path) => this.facts.get(path),
            kustomizations: this.kustomizations,
          }),
        );
      }
      if (kustomization.component) {
        continue;
      }
      this.sources.push({
        id: `kustomization:${kustomization.dir}`,
        kind: 'kustomization',
        name: kustomization.dir === '' ? '.' : kustomization.dir,
        path: kustomization.dir,
        declared: kustomization.at,
        render: { tool: 'kustomize', dir: kustomization.dir },
        ...(kustomization.namespace === undefined ? {} : { namespace: kustomization.namespace }),
        children: [],
        root: true,
      });
    }
  }

  private addCharts(): void {
    for (const chart of this.charts) {
      if (chart.library || chart.parent !== undefined) {
        continue;
      }
      const absent = chart.dependencies.filter((d) => !d.vendored).map((d) => d.name);
      this.sources.push({
        id: `chart:${chart.dir}`,
        kind: 'chart',
        name: chart.name,
        path: chart.dir,
        declared: chart.at,
        render:
          absent.length > 0
            ? {
                tool: 'unsupported',
                reason: `Its dependencies ${absent.join(', ')} are not in ${chart.dir}/charts: run helm dependency build.`,
              }
            : {
                tool: 'helm',
                chart: chart.dir,
                release: releaseName(chart.name),
                namespace: 'default',
                valuesFiles: [],
                includeCrds: false,
              },
        children: [],
        root: true,
      });
    }
  }

  /** Plain folders: manifests that nothing else takes in, one source per folder. */
  private addFolders(): void {
    const taken = new Set<string>(this.referenced().keys());
    for (const source of this.sources) {
      this.closure(source).files.forEach((path) => taken.add(path));
    }
    const folders = new Map<string, string[]>();
    for (const [path, read] of this.facts) {
      const folder = folderOf(path);
      if (
        read.objects.some(isDeployable) &&
        !taken.has(path) &&
        !isPartialDefinition(read) &&
        path !== configFile &&
        (!isKustomizationFile(path) || isOfFlux(read)) &&
        this.chartAt(path) === undefined &&
        // A manifest that the kustomization beside it does not name is not deployed.
        !this.kustomizations.has(folder)
      ) {
        folders.set(folder, [...(folders.get(folder) ?? []), path]);
      }
    }
    for (const [folder, files] of [...folders].sort()) {
      this.sources.push(folderSource(folder, files.sort()));
    }
  }

  private closure(source: Source): Closure {
    let closure = this.closures.get(source.id);
    if (closure === undefined) {
      closure = closureOfRender(this.graph, source.render);
      this.closures.set(source.id, closure);
    }
    return closure;
  }

  /** What needs something from elsewhere cannot be rendered, and says so; the graph below it stays. */
  private markUnsupported(): void {
    for (const source of this.sources) {
      const { obstacle, cycle } = this.closure(source);
      if (cycle !== undefined && source.kind === 'kustomization') {
        this.problems.push({
          ...source.declared,
          rule: 'kustomize/cycle',
          severity: 'error',
          message: `${folderLabel(cycle)} includes itself by way of others.`,
        });
      }
      if (obstacle !== undefined && source.render.tool !== 'unsupported') {
        source.render = { tool: 'unsupported', reason: obstacle.reason };
      }
    }
  }

  private markChangedReleases(flux: readonly FluxSource[]): void {
    const releases = flux.filter(({ source }) => source.kind === 'fluxHelmRelease' && source.render.tool === 'helm');
    for (const { source, fact } of releases) {
      const deployers = this.sources.flatMap((other) => {
        const { render } = other;
        return render.tool === 'kustomize' && this.closure(other).files.has(fact.path)
          ? [{ name: other.declared.path, closure: this.closure(other), overlay: render.flux }]
          : [];
      });
      const facts = (path: string): FileFacts | undefined => this.facts.get(path);
      const reason = changeOfRelease(fact, facts(fact.path)?.text ?? '', deployers, this.kustomizations, facts);
      if (reason !== undefined) {
        source.render = { tool: 'unsupported', reason };
      }
    }
  }

  private link(flux: readonly FluxSource[], argo: readonly ArgoSource[]): void {
    const byId = new Map(this.sources.map((source) => [source.id, source]));
    const owners = new Map<string, Source[]>();
    for (const declared of [...flux, ...argo]) {
      owners.set(declared.fact.path, [...(owners.get(declared.fact.path) ?? []), declared.source]);
    }
    const adopt = (parent: Source, child: Source | undefined, deployedBy: boolean): void => {
      if (child !== undefined && child !== parent && !parent.children.includes(child.id)) {
        parent.children.push(child.id);
        child.root = child.root && !deployedBy;
      }
    };
    for (const source of this.sources) {
      const closure = this.closure(source);
      for (const dir of closure.kustomizations) {
        adopt(source, byId.get(`kustomization:${dir}`), source.id !== `kustomization:${dir}`);
      }
      if (source.render.tool === 'helm' && source.kind !== 'chart') {
        adopt(source, byId.get(`chart:${source.render.chart}`), true);
      }
      for (const file of closure.files) {
        // A source that deploys the object which declares another one contains it, and that one is still deployed on its own.
        owners.get(file)?.forEach((declared) => adopt(source, declared, false));
      }
    }
    // A chart that another one depends on by path is not deployed on its own.
    for (const chart of this.charts) {
      const parent = byId.get(`chart:${chart.dir}`);
      for (const dependency of chart.dependencies) {
        if (parent !== undefined && dependency.dir !== undefined) {
          adopt(parent, byId.get(`chart:${dependency.dir}`), true);
        }
      }
    }
  }

  private environments(flux: readonly FluxSource[], argo: readonly ArgoSource[]): Environment[] {
    let environments = findEnvironments({
      sources: this.sources,
      flux,
      argo,
      filesOf: (source) => this.closure(source).files,
    });
    const config = this.facts.get(configFile);
    for (const entry of this.configuration.environments) {
      let ids: string[] | undefined;
      if (entry.sources !== undefined && config !== undefined) {
        const file = { path: configFile, parsed: config.parsed() };
        ids = [];
        for (const { text, node } of sourceReferences(file, entry.name)) {
          const source = findSource(this.sources, text) ?? this.addNamedFolder(text);
          if (source === undefined) {
            this.problems.push(
              problemAt(
                file,
                node,
                'plumbline/unknown-source',
                'error',
                `There is no source ${text}.${didYouMean(text, sourceNames(this.sources))}`,
              ),
            );
          } else {
            ids.push(source.id);
          }
        }
      }
      environments = configured(environments, entry, ids);
    }
    return environments;
  }

  /** A folder that the configuration names and that is no source by itself: all manifests below it. */
  private addNamedFolder(text: string): Source | undefined {
    const folder = joinPath('', text);
    if (folder === undefined || !this.files.folders.has(folder)) {
      return undefined;
    }
    const files = [...this.facts.values()]
      .filter((f) => isWithin(folder, f.path) && f.objects.some(isDeployable))
      .map((f) => f.path);
    if (files.length === 0) {
      return undefined;
    }
    const source = folderSource(folder, files.sort());
    this.sources.push(source);
    return source;
  }

  private roles(): WorkspaceFile[] {
    const roles = new Map<string, { role: FileRole; sources: Set<string> }>();
    const targets = new Map<string, PatchSelector[]>();
    const set = (path: string, role: FileRole, source?: string): void => {
      const entry = roles.get(path) ?? { role, sources: new Set<string>() };
      if (source !== undefined) {
        entry.sources.add(source);
      }
      // A file that is a whole object somewhere is checked as one, even where it is also used otherwise.
      if (roles.has(path) && role === 'manifest') {
        entry.role = role;
      }
      roles.set(path, entry);
    };
    set(configFile, 'configuration');
    for (const path of this.paths) {
      const chart = this.chartAt(path);
      if (chart !== undefined) {
        set(path, chartRole(chart, path), `chart:${chart.dir}`);
      }
    }
    for (const kustomization of this.kustomizations.values()) {
      const id = `kustomization:${kustomization.dir}`;
      set(kustomization.path, 'kustomization', id);
      for (const reference of kustomization.references) {
        if (reference.path !== undefined && this.files.files.has(reference.path)) {
          set(reference.path, roleOfReference[reference.role], id);
          if (reference.target !== undefined) {
            targets.set(reference.path, [...(targets.get(reference.path) ?? []), reference.target]);
          }
        }
      }
      patchesOfTransformers(kustomization, (path) => this.facts.get(path)).forEach((path) => set(path, 'patch', id));
    }
    for (const source of this.sources) {
      if (source.render.tool === 'folder') {
        source.render.files.forEach((path) => set(path, 'manifest', source.id));
      } else if (
        source.kind === 'fluxKustomization' &&
        source.render.tool === 'kustomize' &&
        !this.kustomizations.has(source.render.dir)
      ) {
        this.graph
          .generated(source.render.dir)
          .forEach((path) => this.files.files.has(path) && set(path, 'manifest', source.id));
      }
    }
    for (const [path, read] of this.facts) {
      if (!roles.has(path) && isPartialDefinition(read)) {
        set(path, 'patch');
      } else if (!roles.has(path)) {
        const isManifest = read.objects.some(isDeployable) || read.resemblesObject;
        set(path, isKustomizationFile(path) && !isOfFlux(read) ? 'kustomization' : isManifest ? 'manifest' : 'other');
      }
    }
    return [...roles]
      .filter(([path]) => this.files.files.has(path))
      .map(([path, { role, sources }]) => {
        const patchTargets = targets.get(path);
        return { path, role, sources: [...sources], ...(patchTargets === undefined ? {} : { patchTargets }) };
      })
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }
}

/** Flux's Kustomization objects often lie in a file that is called as kustomize's own. */
function isOfFlux({ objects }: FileFacts): boolean {
  return objects.some(({ apiVersion }) => apiVersion.startsWith('kustomize.toolkit.fluxcd.io/'));
}

/** Charts may have names that releases may not. */
function releaseName(chart: string): string {
  return (
    chart
      .toLowerCase()
      .replace(/[^a-z0-9.-]+/g, '-')
      .replace(/^[.-]+|[.-]+$/g, '')
      .slice(0, 53) || 'release'
  );
}

function folderSource(folder: string, files: string[]): Source {
  const start = { line: 0, character: 0 };
  return {
    id: `folder:${folder}`,
    kind: 'folder',
    name: folder === '' ? '.' : folder,
    path: folder,
    declared: { path: files[0] ?? folder, range: { start, end: start } },
    render: { tool: 'folder', files },
    children: [],
    root: true,
  };
}

/** The source that a person means by an id, a path or a name; undefined where nothing or more than one thing fits. */
export function findSource(sources: readonly Source[], text: string): Source | undefined {
  const byId = sources.find((source) => source.id === text);
  if (byId !== undefined) {
    return byId;
  }
  const path = joinPath('', text);
  const declaredThere = ['kustomization', 'chart', 'folder'];
  const byPath = sources.find((source) => source.path === path && declaredThere.includes(source.kind));
  if (byPath !== undefined) {
    return byPath;
  }
  const byFile = sources.filter((source) => source.declared.path === path && source.kind !== 'folder');
  if (byFile.length === 1) {
    return byFile[0];
  }
  const byName = sources.filter((source) => source.name === text);
  return byName.length === 1 ? byName[0] : undefined;
}

/** Everything that a person may call a source by, for "did you mean". */
export function sourceNames(sources: readonly Source[]): string[] {
  return [...new Set(sources.flatMap((source) => [source.name, source.path, source.id]))].filter((name) => name !== '');
}
