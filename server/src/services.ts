// Composition: what the command line and the language server are made of, for one repository. Nothing is opened, started or
// contacted before it is asked for.
import { createHash } from 'node:crypto';
import path from 'node:path';
import { cacheFolder } from './adapters/cacheFolder';
import { cachedCaptures, readCaptures } from './adapters/captureFiles';
import { createEngines, type Engines } from './adapters/engines';
import { readRemotes } from './adapters/gitConfig';
import { createFileTree, findRoot } from './adapters/nodeFiles';
import { rememberRenderings } from './adapters/renderMemo';
import { openSchemaPack } from './adapters/schemaFiles';
import { createRepository } from './adapters/git';
import { createVerdictCache, type VerdictCache } from './adapters/verdictCache';
import { LiveGraph } from './core/graph/liveGraph';
import type { Abort, FileTree, JsonSchemaCompiler, Log, Renderer, Repository } from './core/ports';
import type { Committed } from './core/render/committed';
import type { CheckWorkspacePorts } from './core/render/checkWorkspace';
import { defineKinds } from './core/render/defineKinds';
import { RenderedTrees, type RenderPorts } from './core/render/renderSource';
import type { Scope } from './core/render/resources';
import type { NamedSchemaPorts } from './core/schema/namedSchemas';
import { createSchemaStore, type SchemaStore } from './core/schema/schemaStore';
import { createDiscovery } from './core/workspace/discover';
import type { Workspace } from './core/workspace/source';
import type { ParsedYaml } from './core/yaml/tree';
import { productFolder } from './productFolder';

export interface ServicesOptions {
  /** The folder that was opened or named; its repository is what paths are relative to. */
  folder: string;
  log: Log;
  /** False in Restricted Mode: nothing here starts a process or reads a kubeconfig then. */
  trusted: boolean;
  /** Unsaved text by repository-relative path; read on every use. */
  buffers?: ReadonlyMap<string, string>;
  /** Engines that several repositories share; whoever made them ends them. Absent: made at the first use. */
  engines?: Engines;
  /** Changes with every change of any file; with it, a rendering is shared by all who ask for it at the same text. */
  generation?: () => number;
  /** False: nothing is read from or left for other runs. Default true. */
  remember?: boolean;
}

export interface Services {
  /** Absolute folder that repository-relative paths start from. */
  readonly root: string;
  /** Whether the root is a Git repository. */
  readonly git: boolean;
  readonly trusted: boolean;
  readonly log: Log;
  readonly tree: FileTree;
  /** Sources and environments of a tree (default: the working tree). Incremental. */
  discover(abort?: Abort, tree?: FileTree): Promise<Workspace>;
  /** Reads the custom kinds that a workspace of the working tree defines into the schema store; what was read before costs nothing. */
  defineKinds(workspace: Workspace): Promise<void>;
  /** True where this text of a file of the working tree surely changes nothing of what was discovered last. */
  isSameWorkspace(path: string, text: string, parsed?: ParsedYaml): boolean;
  /**
   * Brings a graph up to date with what the last `discover()` of the working tree found. Yields to everything else while it works; rejects
   * with `Cancelled` when overtaken by a later call for the same graph.
   */
  updateGraph(graph: LiveGraph, workspace: Workspace, abort?: Abort): Promise<void>;
  /** What `readNamedSchemas` needs. */
  namedSchemas(): NamedSchemaPorts;
  /** Reads captured schemas again, after one was added. */
  reloadCaptures(): void;
  /** The schema store; definitions of the workspace are put into it by the checks. */
  schemas(): SchemaStore;
  engines(): Engines;
  /** What `renderSource` needs. */
  renderPorts(): RenderPorts;
  /** What `checkWorkspace` needs. The validator remembers: use it wherever files are checked. */
  checkPorts(): CheckWorkspacePorts;
  /** Starts the validate engine ahead of a check of the whole repository, unless earlier verdicts probably answer it. */
  prepareCheck(): void;
  /** Git, from the root on. It runs as a process: only for what a person asked for, in a trusted folder. */
  repository(): Repository;
  /**
   * What the repository was at a revision, read once for each commit. `changed`: with the paths that differ from it. `workspace`: taken
   * for what was deployed then, so that nothing is looked for. It runs Git: only in a trusted folder. Undefined where there is no such commit, or, with `changed`, nothing differs.
   */
  committed(
    revision: string,
    options?: { changed?: boolean; workspace?: Workspace; abort?: Abort },
  ): Promise<Committed | undefined>;
  /** The files of a revision. Throws with the reason where there is none. */
  treeAt(revision: string, abort?: Abort): Promise<FileTree>;
  dispose(): Promise<void>;
}

export async function createServices(options: ServicesOptions): Promise<Services> {
  const { log } = options;
  const { root, git } = await findRoot(options.folder);
  const tree = createFileTree(root, options.buffers === undefined ? {} : { buffers: options.buffers });
  const discovery = createDiscovery();
  /** What was read of revisions must not be taken for the working tree. */
  const discoveryElsewhere = createDiscovery();
  const trees = new RenderedTrees();
  /** For checks without an editor; an open repository has one of its own, with edits. */
  const graph = new LiveGraph();
  let schemas: SchemaStore | undefined;
  /** Folders that the configuration names for schemas: captures may lie there. */
  let captureFolders: readonly string[] = [];
  let engines: Engines | undefined;
  let repository: Repository | undefined;
  let committed: (Pick<Committed, 'tree' | 'rendered'> & { id: string }) | undefined;

  let remembered: VerdictCache | undefined;
  const verdicts = (): VerdictCache => {
    const used = services.engines();
    remembered ??= createVerdictCache({
      validator: used.validator,
      engine: () => used.build('validate'),
      ...(options.remember === false ? {} : { file: verdictFile(root) }),
    });
    return remembered;
  };

  let sharing: Renderer | undefined;
  const renderer = (): Renderer => {
    if (options.generation === undefined) {
      return services.engines().renderer;
    }
    sharing ??= rememberRenderings(services.engines().renderer, tree, options.generation);
    return sharing;
  };

  const services: Services = {
    root,
    git,
    trusted: options.trusted,
    log,
    tree,
    async discover(abort, of = tree) {
      const remotes = git ? await readRemotes(root) : [];
      const workspace = await (of === tree ? discovery : discoveryElsewhere).discover(of, {
        remotes,
        ...(abort === undefined ? {} : { abort }),
      });
      if (of === tree) {
        const folders = workspace.configuration.schemas.map((folder) => path.join(root, folder));
        if (folders.join('\n') !== captureFolders.join('\n')) {
          captureFolders = folders;
          if (schemas !== undefined) {
            services.reloadCaptures();
          }
        }
      }
      return workspace;
    },
    defineKinds: (workspace) =>
      defineKinds(
        workspace,
        { read: async (path) => options.buffers?.get(path) ?? discovery.textOf(path) ?? tree.read(path) },
        services.schemas(),
        () => undefined,
      ),
    isSameWorkspace: (path, text, parsed) => discovery.isSame(path, text, parsed),
    updateGraph: (graph, workspace, abort) =>
      graph.update(workspace, {
        text: (path) => options.buffers?.get(path) ?? discovery.textOf(path),
        read: (path) => tree.read(path),
        pause: () => new Promise((resolve) => setImmediate(resolve)),
        now: () => performance.now(),
        ...(abort === undefined ? {} : { abort }),
      }),
    schemas() {
      if (schemas === undefined) {
        schemas = createSchemaStore(openSchemaPack(productFolder('schemas')));
        services.reloadCaptures();
      }
      return schemas;
    },
    namedSchemas: () => ({ tree, store: services.schemas(), jsonSchemas }),
    reloadCaptures() {
      // Those in the repository are the team's, and count before a person's own.
      services.schemas().setClusters(readCaptures([...cachedCaptures(root), ...captureFolders]));
    },
    engines() {
      if (options.engines !== undefined) {
        return options.engines;
      }
      engines ??= createEngines({ folder: productFolder('engines'), log });
      return engines;
    },
    renderPorts() {
      const scope: Scope = (apiVersion, kind) => services.schemas().lookup({ apiVersion, kind })?.namespaced;
      return { renderer: renderer(), scope, trees };
    },
    checkPorts() {
      return {
        renderer: renderer(),
        validator: verdicts().validator,
        store: services.schemas(),
        jsonSchemas,
        root,
        graph: {
          offer: (file, text, parsed, documents) => graph.offer(file, text, parsed, documents),
          whole: async (workspace) => {
            await services.updateGraph(graph, workspace);
            return graph;
          },
        },
      };
    },
    prepareCheck() {
      if (!verdicts().isFilled()) {
        services.engines().warm(['validate']);
      }
    },
    repository() {
      repository ??= createRepository(root, { log });
      return repository;
    },
    async committed(revision, { changed = false, workspace, abort } = {}) {
      const found = await services.repository().resolve(revision);
      if (!found.ok) {
        return undefined;
      }
      const { id } = found.value;
      const differing = changed ? await services.repository().changed(id, undefined) : undefined;
      // Unsaved text is not on the disk that Git compares.
      const paths = differing?.ok === true ? [...new Set([...differing.value, ...tree.buffers.keys()])] : undefined;
      if (paths?.length === 0) {
        return undefined;
      }
      if (committed?.id !== id) {
        committed = { id, tree: await services.treeAt(id, abort), rendered: new Map() };
      }
      return {
        name: revision,
        tree: committed.tree,
        workspace: workspace ?? (await services.discover(abort, committed.tree)),
        rendered: committed.rendered,
        ...(paths === undefined ? {} : { changed: paths }),
      };
    },
    async treeAt(revision, abort) {
      const answer = await services.repository().at(revision, abort);
      if (!answer.ok) {
        throw new Error(answer.failure.message);
      }
      return answer.value;
    },
    async dispose() {
      await remembered?.save();
      await engines?.dispose();
    },
  };
  return services;
}

/** Bundled apart: few documents name a JSON Schema. */
const jsonSchemas = async (): Promise<JsonSchemaCompiler> =>
  (await import('./adapters/jsonSchemas.js')).compileJsonSchema;

/** Verdicts of one repository lie in one file: it is read whole. */
function verdictFile(root: string): string {
  return cacheFolder('verdicts', `${createHash('sha256').update(root).digest('hex').slice(0, 24)}.json`);
}
