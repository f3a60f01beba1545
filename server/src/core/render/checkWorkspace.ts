// The whole check: every file by itself, every source as it is deployed, one list of findings. The editor and the command line call
// the same function, so they say the same.
import { neighboursOf } from '../check/neighbours';
import {
  clusterOf,
  environmentsOf,
  onlyIn,
  unknownVersions,
  versionOf,
  versionsOf,
  type VersionOptions,
} from '../check/versions';
import {
  checkFile,
  completeCheck,
  engineObjects,
  unjudged,
  type EngineObject,
  type FileCheck,
} from '../check/checkFile';
import { withoutConsequences } from '../check/consequences';
import { baselineText, staleEntries, withoutKnown } from '../check/baseline';
import { notValidatedRule } from '../check/engineProblems';
import { settle } from '../check/suppress';
import type { LiveGraph } from '../graph/liveGraph';
import type { JsonObject } from '../json';
import type { DetectedDocument } from '../kinds/kind';
import {
  Cancelled,
  EngineUnavailable,
  type JsonSchemaCompiler,
  type Abort,
  type EngineVerdict,
  type FileTree,
  type Renderer,
  type Validator,
} from '../ports';
import { compareProblems, type Problem } from '../problem';
import { readNamedSchemas } from '../schema/namedSchemas';
import type { SchemaStore } from '../schema/schemaStore';
import type { Environment, Source, Workspace, WorkspaceFile } from '../workspace/source';
import { withFieldFixes } from '../upgrade/fieldFixes';
import { isWithin } from '../workspace/paths';
import { parseYaml } from '../yaml/parse';
import type { ParsedYaml } from '../yaml/tree';
import { addDefinitions, checkRendering, type CheckPorts } from './checkRendering';
import { defineKinds, isDefinition } from './defineKinds';
import { namespaceOf, renderSource } from './renderSource';
import type { Committed } from './committed';
import { duplicatesInFolders, identitiesOf, type DeclaredIdentity } from './duplicateObjects';
import { planRenderings, type Planned } from './planRenderings';
import type { Rendering } from './rendering';
import { sourceFiles } from './sourcePlaces';
import { Updates } from './updates';

export interface CheckWorkspacePorts {
  renderer: Renderer;
  validator: Validator;
  store: SchemaStore;
  /** For documents that name a JSON Schema; loaded when the first does. */
  jsonSchemas?: () => Promise<JsonSchemaCompiler>;
  /** Absolute folder of the repository, where it lies on a disk. */
  root?: string;
  /** Where what refers to what is looked up; absent: references are not judged. */
  graph?: CheckGraph;
}

export interface CheckGraph {
  /** Told of every file that the check parses, so that the graph need not do it again. */
  offer(file: WorkspaceFile, text: string, parsed: ParsedYaml, documents: readonly DetectedDocument[]): void;
  /** The graph of the workspace as its text is now. */
  whole(workspace: Workspace): Promise<LiveGraph>;
}

export interface CheckWorkspaceOptions {
  /** Only what is deployed to this environment. */
  environment?: Environment;
  /** Only findings in these files and folders; empty: everywhere. */
  paths?: readonly string[];
  /** Version for what belongs to no environment that names one. */
  kubernetesVersion?: string;
  /** Versions that clusters said they run, by environment. */
  knownVersions?: ReadonlyMap<string, string>;
  /** What changes are updates of: fields that the server does not let change are found then. */
  against?: Committed;
  /** Faults of the text, schemas and renderings only: neither references nor the API server's own rules are asked. */
  structureOnly?: boolean;
  /** Given the baseline's text for everything that is found, known or not. */
  baseline?: (text: string) => void;
  /** Told in a few words what is being done. */
  progress?: (text: string) => void;
  abort?: Abort;
}

export interface CheckReport {
  /** Sorted, suppressed and graded. */
  problems: Problem[];
  /** Files looked at, objects judged, sources rendered. */
  files: number;
  objects: number;
  sources: number;
  /** Why the verdict is not whole; empty where it is. */
  undecided: string[];
}

/** Objects that are handed to the engine at once, while the next files are read. */
const engineBatch = 400;

/** A checked file on its way to the engine. */
interface Judged {
  file: WorkspaceFile;
  check: FileCheck;
  objects: EngineObject[];
  final: boolean;
}

export async function checkWorkspace(
  workspace: Workspace,
  tree: FileTree,
  ports: CheckWorkspacePorts,
  options: CheckWorkspaceOptions = {},
): Promise<CheckReport> {
  const run = new Check(workspace, tree, ports, options);
  return run.report();
}

/**
 * True where a file's objects are applied as they stand: then the API server's rules can judge the file itself. What an overlay
 * may still complete is judged as rendered.
 */
export function isFinal(workspace: Workspace, file: WorkspaceFile): boolean {
  const folders = folderSources(workspace);
  return file.sources.every((id) => folders.has(id));
}

const foldersOf = new WeakMap<Workspace, ReadonlySet<string>>();

/** Ids of the plain folders; found once per workspace, because every file is asked about. */
function folderSources(workspace: Workspace): ReadonlySet<string> {
  let folders = foldersOf.get(workspace);
  if (folders === undefined) {
    folders = new Set(workspace.sources.filter(({ render }) => render.tool === 'folder').map(({ id }) => id));
    foldersOf.set(workspace, folders);
  }
  return folders;
}

const checkedRoles = new Set<WorkspaceFile['role']>([
  'manifest',
  'patch',
  'crd',
  'kustomization',
  'chart',
  'values',
  'transformer',
]);

/** Faults of a kustomization or a chart that its tool refuses to go on with. */
const breaksTheBuild = new Set([
  'kustomize/missing-file',
  'kustomize/cycle',
  'kustomize/unknown-field',
  'kustomize/wrong-type',
  'kustomize/bad-value',
  'kustomize/missing-field',
  'kustomize/bad-patch',
  'kustomize/bad-replacement',
  'kustomize/empty',
  'helm/bad-chart',
  'helm/bad-value',
  'helm/wrong-type',
]);

class Check {
  private readonly problems: Problem[] = [];
  private readonly undecided = new Set<string>();
  /** Files that something is found in or rendered from. */
  private readonly parsed = new Map<string, ParsedYaml>();
  private readonly identities = new Map<string, DeclaredIdentity[]>();
  private readonly files: WorkspaceFile[];
  private readonly rendered: { planned: Planned; rendering: Rendering }[] = [];
  private readonly filesByPath: ReadonlyMap<string, WorkspaceFile>;
  private validator: Validator | undefined;
  private readonly graph: CheckGraph | undefined;
  private readonly updates: Updates | undefined;
  private objects = 0;
  private sources = 0;

  constructor(
    private readonly workspace: Workspace,
    private readonly tree: FileTree,
    private readonly ports: CheckWorkspacePorts,
    private readonly options: CheckWorkspaceOptions,
  ) {
    this.validator = options.structureOnly === true ? undefined : ports.validator;
    this.graph = options.structureOnly === true ? undefined : ports.graph;
    const { against, abort } = options;
    const { renderer } = ports;
    this.updates =
      against === undefined || this.validator === undefined
        ? undefined
        : new Updates(against, tree, { renderer, validator: this.validator, scope: this.scope }, abort);
    this.files = workspace.files.filter((file) => checkedRoles.has(file.role));
    this.filesByPath = new Map(workspace.files.map((file) => [file.path, file]));
  }

  async report(): Promise<CheckReport> {
    this.problems.push(...this.workspace.problems);
    const { store } = this.ports;
    this.problems.push(...unknownVersions(this.workspace, store.minors, (version) => store.minorFor(version)));
    await defineKinds(this.workspace, this.tree, this.ports.store, (text) => this.step(text));
    const work = planRenderings(this.workspace, this.options, this.versionOptions());
    await this.render(work);
    await this.checkFiles();
    this.problems.push(
      ...(await duplicatesInFolders(this.workspace, this.identities, (path) => this.parsedAgain(path))),
    );
    await this.judgeRenderings();
    await this.judgeReferences();
    this.noteFailures();
    return {
      problems: await this.settled(),
      files: this.files.length,
      objects: this.objects,
      sources: this.sources,
      undecided: [...this.undecided],
    };
  }

  /** References that nothing answers. What sources render to counts as defined. */
  private async judgeReferences(): Promise<void> {
    if (this.graph === undefined) {
      return;
    }
    this.step('Following references …');
    const graph = await this.graph.whole(this.workspace);
    for (const { rendering } of this.rendered) {
      if (rendering.failure === undefined) {
        graph.setRendered(
          rendering.source.id,
          rendering.resources.map(({ key }) => key),
        );
      }
    }
    let done = 0;
    for (const file of this.files) {
      if (done++ % 500 === 0) {
        this.step('Following references …');
      }
      if (this.isWanted(file)) {
        this.problems.push(...graph.problems(file.path));
      }
    }
  }

  private step(text: string): void {
    if (this.options.abort?.aborted === true) {
      throw new Cancelled();
    }
    this.options.progress?.(text);
  }

  private versionOf(environment: Environment | undefined): string | undefined {
    return versionOf(environment, this.versionOptions());
  }

  private versionOptions(): VersionOptions {
    const { environment, kubernetesVersion, knownVersions } = this.options;
    return {
      clusters: this.ports.store.clusters,
      ...(environment === undefined ? {} : { environment }),
      ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
      ...(knownVersions === undefined ? {} : { known: knownVersions }),
    };
  }

  private async render(plan: readonly Planned[]): Promise<void> {
    const toRender = plan.filter(({ source }) => source.render.tool !== 'folder');
    /** What does not ask for the version is the same text for all. */
    const shared = new Map<string, Rendering>();
    let done = 0;
    for (const planned of toRender) {
      const { source, environment } = planned;
      const key = [source.id, namespaceOf(source, environment)].join('|');
      const same = source.render.tool === 'helm' ? undefined : shared.get(key);
      if (same !== undefined) {
        this.rendered.push({ planned, rendering: same });
        continue;
      }
      this.step(`Rendering ${++done}/${toRender.length}: ${source.name}`);
      const rendering = await renderSource(
        source,
        this.tree,
        environment,
        {
          renderer: this.ports.renderer,
          scope: this.scope,
        },
        this.options.abort === undefined ? {} : { abort: this.options.abort },
      );
      this.rendered.push({ planned, rendering });
      shared.set(key, rendering);
      if (rendering.failure === undefined) {
        this.sources++;
        const definitions = rendering.resources.map((resource) => resource.object).filter(isDefinition);
        this.ports.store.setCrds('workspace', `rendered:${source.id}`, definitions);
      }
    }
  }

  /**
   * Every wanted file: read, checked, and its objects handed to the engine while the next ones are read. What nothing was found in is
   * forgotten at once; a repository has thousands of files.
   */
  private async checkFiles(): Promise<void> {
    const unfinished = this.filesOfFailures();
    const keep = this.rendered.length > 0;
    const judging: Promise<void>[] = [];
    let batch: Judged[] = [];
    let waiting = 0;
    const judge = (): void => {
      const judged = this.judge(batch);
      // Awaited below; a fault before that must not count as nobody's.
      judged.catch(() => undefined);
      judging.push(judged);
      batch = [];
      waiting = 0;
    };
    let done = 0;
    for (const file of this.files) {
      if (done++ % 100 === 0) {
        this.step(`Checking files … ${done}/${this.files.length}`);
      }
      const text = this.isWanted(file) ? await this.tree.read(file.path) : undefined;
      if (text === undefined) {
        continue;
      }
      const check = await this.checkText(file, text);
      const final = isFinal(this.workspace, file);
      const asked = this.validator !== undefined && file.role === 'manifest' && (final || unfinished.has(file.path));
      const objects = asked ? engineObjects(check) : [];
      if (keep || check.problems.length > 0) {
        this.parsed.set(file.path, check.file.parsed);
      }
      batch.push({ file, check, objects, final });
      waiting += objects.length;
      if (waiting >= engineBatch || (waiting === 0 && batch.length >= engineBatch)) {
        judge();
      }
    }
    judge();
    this.step('Validating objects …');
    await Promise.all(judging);
  }

  private async checkText(file: WorkspaceFile, text: string): Promise<FileCheck> {
    const { store, root, jsonSchemas } = this.ports;
    const parsed = parseYaml(text);
    await readNamedSchemas(parsed, file.path, root, {
      tree: this.tree,
      store,
      ...(jsonSchemas === undefined ? {} : { jsonSchemas }),
    });
    const check = checkFile(
      { path: file.path, parsed, neighbours: neighboursOf(this.workspace, file) },
      {
        store,
        ...(root === undefined ? {} : { root }),
        versions: versionsOf(this.workspace, file.sources, this.versionOptions()),
      },
    );
    this.identities.set(file.path, identitiesOf(check));
    this.graph?.offer(file, text, check.file.parsed, check.documents);
    return check;
  }

  /** With `environment`, only files of its sources. */
  private isWanted(file: WorkspaceFile): boolean {
    const { environment, paths } = this.options;
    if (paths !== undefined && paths.length > 0 && !paths.some((wanted) => isWithin(wanted, file.path))) {
      return false;
    }
    if (environment === undefined) {
      return true;
    }
    return [...environmentsOf(this.workspace, file.sources)].some(({ name }) => name === environment.name);
  }

  /** The API server's rules on files that are applied as they stand, and on those whose rendering failed. */
  private async judge(batch: readonly Judged[]): Promise<void> {
    const verdicts = await this.verdicts(batch.flatMap(({ objects }) => objects.map(({ object }) => object)));
    let at = 0;
    for (const { file, check, objects, final } of batch) {
      const own = verdicts?.slice(at, at + objects.length) ?? [];
      at += objects.length;
      const found = completeCheck(check, objects, own);
      found.push(...((await (final ? this.updates?.ofFile(file, objects, own) : undefined)) ?? []));
      if (final && this.validator !== undefined && file.role === 'manifest') {
        found.push(...unjudged(check));
      }
      if (found.length > 0) {
        this.parsed.set(file.path, check.file.parsed);
      }
      // What a base leaves out an overlay may add: the rendering says whether it does.
      this.problems.push(
        ...found.filter((problem) => final || problem.rule !== 'kubernetes/missing-field' || file.role === 'chart'),
      );
    }
  }

  private readonly scope = (apiVersion: string, kind: string): boolean | undefined =>
    this.ports.store.lookup({ apiVersion, kind })?.namespaced;

  private async verdicts(objects: readonly JsonObject[]): Promise<EngineVerdict[] | undefined> {
    const { validator } = this;
    if (validator === undefined || objects.length === 0) {
      return undefined;
    }
    try {
      await addDefinitions(objects, { store: this.ports.store, validator });
      const verdicts = await validator.validate(
        objects.map((object) => ({ object, namespace: 'default' })),
        this.options.abort === undefined ? {} : { abort: this.options.abort },
      );
      this.objects += objects.length;
      return verdicts;
    } catch (error) {
      this.engineFailed(error);
      return undefined;
    }
  }

  private engineFailed(error: unknown): void {
    if (!(error instanceof EngineUnavailable)) {
      throw error;
    }
    this.validator = undefined;
    this.undecided.add(`${error.message} Objects were checked against their schemas only.`);
  }

  /** An object that the engine failed on is neither valid nor invalid. */
  private noteFailures(): void {
    for (const { rule, severity, message } of this.problems) {
      if (rule === notValidatedRule && severity === 'warning') {
        this.undecided.add(message);
      }
    }
  }

  /** Manifests of renderings that failed, so that one fault does not hide all others. */
  private filesOfFailures(): Set<string> {
    const paths = new Set<string>();
    for (const rendering of this.renderings()) {
      if (rendering.failure !== undefined && rendering.source.render.tool === 'kustomize') {
        const ids = this.descendants(rendering.source);
        this.files.filter((file) => file.sources.some((id) => ids.has(id))).forEach((file) => paths.add(file.path));
      }
    }
    return paths;
  }

  private renderings(): Rendering[] {
    return this.rendered.map(({ rendering }) => rendering);
  }

  private descendants(source: Source): Set<string> {
    const ids = new Set<string>();
    const visit = (id: string): void => {
      if (!ids.has(id)) {
        ids.add(id);
        this.workspace.sources.find((s) => s.id === id)?.children.forEach(visit);
      }
    };
    visit(source.id);
    return ids;
  }

  /** The tree of a file that may have been forgotten; it is kept, because something is found in it. */
  private async parsedAgain(path: string): Promise<ParsedYaml> {
    const parsed = this.parsed.get(path) ?? parseYaml((await this.tree.read(path)) ?? '');
    this.parsed.set(path, parsed);
    return parsed;
  }

  private async judgeRenderings(): Promise<void> {
    const files = sourceFiles(this.tree, this.parsed);
    const found = new Map<string, { problem: Problem; planned: Planned[] }>();
    for (const { planned, rendering } of this.rendered) {
      const { source, environment } = planned;
      this.step(`Checking ${source.name} as rendered …`);
      const minor = this.versionOf(environment);
      const options = {
        namespace: namespaceOf(source, environment),
        ...(minor === undefined ? {} : { minor }),
        ...(this.options.abort === undefined ? {} : { abort: this.options.abort }),
        updates: (objects: readonly EngineObject[], verdicts: readonly EngineVerdict[]) =>
          this.updates?.ofRendering(planned, rendering, objects, verdicts) ?? Promise.resolve([]),
      };
      const store = this.ports.store.forCluster(clusterOf(environment, this.versionOptions()));
      const ports: CheckPorts = { tree: this.tree, store, validator: this.validator };
      let problems: Problem[];
      try {
        problems = await checkRendering(rendering, ports, files, options);
        this.objects += this.validator === undefined ? 0 : rendering.resources.length;
      } catch (error) {
        this.engineFailed(error);
        problems = await checkRendering(rendering, { ...ports, validator: undefined }, files, options);
      }
      for (const problem of problems) {
        const key = sameFault(problem);
        const known = found.get(key);
        found.set(key, { problem: known?.problem ?? problem, planned: [...(known?.planned ?? []), planned] });
      }
    }
    const known = new Set(this.problems.map(sameFault));
    for (const [key, { problem, planned }] of found) {
      if (!known.has(key) && !this.isConsequence(problem)) {
        this.problems.push(this.inSome(problem, planned));
      }
    }
  }

  /** A finding of some renderings: where its place is deployed to further environments, it names those that have it. */
  private inSome(problem: Problem, planned: readonly Planned[]): Problem {
    const sources = this.filesByPath.get(problem.path)?.sources;
    if (sources === undefined || this.options.environment !== undefined) {
      return problem;
    }
    const names = new Set(planned.flatMap(({ environments }) => environments));
    const deploying = [...environmentsOf(this.workspace, sources)];
    if (names.size === 0 || deploying.every(({ name }) => names.has(name))) {
      return problem;
    }
    const versions = versionsOf(this.workspace, sources, this.versionOptions()).map((version) => ({
      ...version,
      environments: version.environments.filter((name) => names.has(name)),
    }));
    return onlyIn(
      problem,
      versions.filter(({ environments }) => environments.length > 0),
    );
  }

  /** A build that fails because of a file that is already reported says nothing new. */
  private isConsequence(problem: Problem): boolean {
    if (!/^(kustomize|helm)\//.test(problem.rule) || problem.severity !== 'error') {
      return false;
    }
    const failed = this.renderings().filter((rendering) => rendering.failure !== undefined);
    const causes = this.problems.filter(
      ({ rule, severity }) => severity === 'error' && (rule.startsWith('yaml/') || breaksTheBuild.has(rule)),
    );
    return causes.some(
      (cause) =>
        cause.path === problem.path ||
        failed.some(({ source, reads, failure }) => {
          const ids = this.descendants(source);
          const mine = source.declared.path === problem.path || failure?.path === problem.path;
          const inside =
            this.files.find((file) => file.path === cause.path)?.sources.some((id) => ids.has(id)) ?? false;
          return mine && (reads.includes(cause.path) || inside);
        }),
    );
  }

  private async settled(): Promise<Problem[]> {
    const { paths } = this.options;
    const byPath = new Map<string, Problem[]>();
    for (const problem of this.problems) {
      if (paths === undefined || paths.length === 0 || paths.some((wanted) => isWithin(wanted, problem.path))) {
        const known = byPath.get(problem.path);
        if (known === undefined) {
          byPath.set(problem.path, [problem]);
        } else {
          known.push(problem);
        }
      }
    }
    const { baseline, ...configuration } = this.workspace.configuration;
    // What silences a finding stands in the text, also in that of a file in which its own check found nothing.
    for (const path of byPath.keys()) {
      await this.parsedAgain(path);
    }
    const textOf = (path: string): ParsedYaml => this.parsed.get(path) ?? parseYaml('');
    const all: Problem[] = [];
    const settled: Problem[] = [];
    for (const [path, problems] of byPath) {
      const found = withFieldFixes(withoutConsequences(problems), textOf(path));
      const told = settle(found, textOf(path), configuration);
      all.push(...told);
      settled.push(...(baseline === undefined ? told : withoutKnown(told, textOf(path), baseline)));
    }
    this.options.baseline?.(baselineText(all, textOf));
    if (baseline !== undefined && this.isWhole()) {
      settled.push(...staleEntries(all, textOf, baseline));
    }
    return settled.sort(compareProblems);
  }

  /** True where everything was looked at: only then can one say that a known finding is gone. */
  private isWhole(): boolean {
    const { paths, environment, structureOnly } = this.options;
    const isPart = (paths !== undefined && paths.length > 0) || environment !== undefined || structureOnly === true;
    return !isPart && this.undecided.size === 0;
  }
}

/** Two findings with this key speak of one fault: a field of a line, whatever environment it was seen in. */
function sameFault(problem: Problem): string {
  const field = problem.field?.slice(problem.field.lastIndexOf('/') + 1) ?? '';
  return [problem.path, problem.range.start.line, problem.rule, /^\d+$/.test(field) ? '' : field].join('|');
}
