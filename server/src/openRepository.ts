// One repository that is open in the editor: its files with unsaved text on top, what discovery found in it, the chosen environment.
// Everyone else reads from here; `changed` makes what was computed from older text out of date.
import path from 'node:path';
import type { WorkspaceGraph } from './core/graph/graph';
import { LiveGraph } from './core/graph/liveGraph';
import { Cancelled } from './core/ports';
import type { Committed } from './core/render/committed';
import type { Source, Workspace, WorkspaceFile, Environment } from './core/workspace/source';
import type { ParsedYaml } from './core/yaml/tree';
import type { Services } from './services';
import { relativeTo, toAbsolute, toUri } from './uris';

export class OpenRepository {
  /** Unsaved and open text by repository-relative path; the services' file tree reads this map. */
  constructor(
    readonly services: Services,
    readonly buffers: Map<string, string>,
  ) {}

  /** Increases with every change of any file. */
  generation = 0;
  /** Kubernetes versions that clusters said they run, by environment; known once something was asked of them. */
  readonly clusterVersions = new Map<string, string>();
  private committed: { asked: number; state: Promise<Committed | undefined> } | undefined;
  private readonly spelling = new Map<string, string>();
  private discovered: { workspace: Promise<Workspace>; done: boolean } | undefined;
  private outOfDate = true;
  /** Open files whose text is another one than when the last discovery began. */
  private readonly edited = new Set<string>();
  private newest: Workspace | undefined;
  private chosen: string | undefined;
  private readonly linked = new LiveGraph();
  /** The workspace that the graph was built of, and the building. */
  private linking: { workspace: Workspace; done: Promise<void> } | undefined;
  /** Trees of open files, as their handlers have them. */
  private readonly trees = new Map<string, () => ParsedYaml | undefined>();
  /** Open files whose text the graph has not seen. */
  private readonly unlinked = new Set<string>();

  /** URI of the root, as reports and views name the folder. */
  get folder(): string {
    return toUri(this.services.root);
  }

  /** Repository-relative path of a URI; undefined where it lies elsewhere. */
  pathOf(uri: string): string | undefined {
    const absolute = toAbsolute(uri);
    return absolute === undefined ? undefined : relativeTo(this.services.root, absolute);
  }

  /** The editor's own spelling of an open file, else a plain one. */
  uriOf(relative: string): string {
    return this.spelling.get(relative) ?? toUri(path.join(this.services.root, relative));
  }

  open(uri: string, relative: string, text: string): void {
    this.spelling.set(relative, uri);
    this.edit(relative, text);
  }

  /** `parsed`: gives the tree of the file as the editor has it, which is read anyway for its diagnostics. */
  edit(relative: string, text: string, parsed?: () => ParsedYaml | undefined): void {
    if (parsed !== undefined) {
      this.trees.set(relative, parsed);
    }
    if (this.buffers.get(relative) !== text) {
      this.buffers.set(relative, text);
      this.generation++;
      this.edited.add(relative);
      this.unlinked.add(relative);
    }
  }

  close(relative: string): void {
    this.spelling.delete(relative);
    this.buffers.delete(relative);
    this.trees.delete(relative);
    this.changed();
  }

  /** Anything may have changed: the disk did. */
  changed(): void {
    this.generation++;
    this.outOfDate = true;
  }

  /**
   * What the repository deploys now. Concurrent callers share one discovery, and typing inside an object, which changes nothing of it,
   * costs none.
   */
  async workspace(): Promise<Workspace> {
    if (this.discovered === undefined || this.outOfDate || this.isChangedByEdits()) {
      this.outOfDate = false;
      this.edited.clear();
      // Shared by several callers, so no single one of them may cancel it.
      const discovered = { workspace: this.discover(), done: false };
      this.discovered = discovered;
      discovered.workspace.then(
        () => {
          discovered.done = true;
        },
        () => {
          this.discovered = this.discovered === discovered ? undefined : this.discovered;
        },
      );
    }
    const { workspace } = this.discovered;
    this.newest = await workspace;
    return this.newest;
  }

  /** Nobody is told of a workspace before the kinds that it defines are known: they would be called unknown. */
  private async discover(): Promise<Workspace> {
    const workspace = await this.services.discover();
    await this.services.defineKinds(workspace);
    return workspace;
  }

  /**
   * The graph of the workspace with all edits in it. An edit that changes nothing of what was discovered costs the one file. Concurrent
   * callers share one building.
   */
  async graph(): Promise<LiveGraph> {
    const workspace = await this.workspace();
    if (this.linking?.workspace !== workspace) {
      this.unlinked.clear();
      const linking = { workspace, done: this.services.updateGraph(this.linked, workspace) };
      this.linking = linking;
      linking.done.catch(() => {
        this.linking = this.linking === linking ? undefined : this.linking;
      });
    }
    const { linking } = this;
    try {
      await linking.done;
    } catch (error) {
      // Overtaken: a later call builds from newer text.
      if (error instanceof Cancelled && this.linking !== linking) {
        return this.graph();
      }
      throw error;
    }
    for (const path of this.unlinked) {
      const text = this.buffers.get(path);
      if (text !== undefined) {
        this.linked.edit(path, text);
      }
      this.unlinked.delete(path);
    }
    return this.linked;
  }

  /** The graph as it is, at once: empty before the first `graph()`, and it may be older than the text. */
  get lastGraph(): WorkspaceGraph {
    return this.linked;
  }

  private isChangedByEdits(): boolean {
    for (const path of this.edited) {
      const text = this.buffers.get(path);
      // A discovery on its way may have read the text before or after the edit.
      if (this.discovered?.done !== true || text === undefined) {
        return true;
      }
      if (!this.services.isSameWorkspace(path, text, this.trees.get(path)?.())) {
        return true;
      }
      // Compared once for each text; the next edit puts it here again.
      this.edited.delete(path);
    }
    return false;
  }

  /**
   * What is committed, for judging changes as updates; undefined where there is none. It runs Git, so only in a trusted folder and where a
   * person asked for it, and not at every keystroke: a commit made meanwhile is seen a moment later. `whole`: for a check of everything, with what differs from it.
   */
  async head(whole = false): Promise<Committed | undefined> {
    const { services } = this;
    if (!services.trusted || !services.git) {
      return undefined;
    }
    const workspace = await this.workspace();
    if (whole) {
      return services.committed('HEAD', { changed: true, workspace }).catch(() => undefined);
    }
    if (this.committed === undefined || Date.now() - this.committed.asked > 5_000) {
      // Where Git is missing or broken, whoever asks it for something else is told.
      this.committed = { asked: Date.now(), state: services.committed('HEAD', { workspace }).catch(() => undefined) };
    }
    const then = await this.committed.state;
    // What was deployed then is taken to be declared as today: a second look at all files is not worth it while somebody types.
    return then === undefined ? undefined : { ...then, workspace };
  }

  /** The last discovery's answer, at once; it may be older than the text. */
  get lastWorkspace(): Workspace | undefined {
    return this.newest;
  }

  choose(environment: string): void {
    this.chosen = environment;
  }

  /** The chosen environment; else the preferred one where it exists; else the first. */
  environmentOf(workspace: Workspace, preferred = ''): Environment | undefined {
    const named = (name: string | undefined): Environment | undefined =>
      workspace.environments.find((environment) => environment.name === name);
    return named(this.chosen) ?? named(preferred) ?? workspace.environments[0];
  }
}

/** The entry of a file in the workspace. */
export function fileOf(workspace: Workspace | undefined, relative: string): WorkspaceFile | undefined {
  return workspace?.files.find((file) => file.path === relative);
}

/**
 * The source that shows best what a file becomes: the nearest one that the environment deploys, else one that another environment
 * deploys, else the nearest that nobody includes. The object that declares a source shows that source.
 */
export function sourceFor(
  workspace: Workspace,
  environment: Environment | undefined,
  relative: string,
): { source: Source; environment: Environment | undefined } | undefined {
  const byId = new Map(workspace.sources.map((source) => [source.id, source]));
  const naming = new Set(fileOf(workspace, relative)?.sources ?? []);
  for (const source of workspace.sources) {
    if (source.declared.path === relative) {
      naming.add(source.id);
    }
  }
  if (naming.size === 0) {
    return undefined;
  }
  /** Steps from a source down to one that names the file; undefined where none leads there. */
  const distance = (source: Source, seen = new Set<string>()): number | undefined => {
    if (naming.has(source.id)) {
      return 0;
    }
    seen.add(source.id);
    const below = source.children.flatMap((id) => {
      const child = byId.get(id);
      const steps = child === undefined || seen.has(id) ? undefined : distance(child, seen);
      return steps === undefined ? [] : [steps + 1];
    });
    return below.length === 0 ? undefined : Math.min(...below);
  };
  /** The nearest of some sources: a cluster's folder leads to everything, and shows nothing of it. */
  const nearest = (ids: readonly string[]): Source | undefined => {
    const found = ids.flatMap((id) => {
      const source = byId.get(id);
      const steps = source === undefined || source.render.tool === 'unsupported' ? undefined : distance(source);
      return source === undefined || steps === undefined ? [] : [{ source, steps }];
    });
    return found.sort((a, b) => a.steps - b.steps)[0]?.source;
  };
  const others = workspace.environments.filter((other) => other !== environment);
  for (const deploying of environment === undefined ? others : [environment, ...others]) {
    const source = nearest(deploying.sources);
    if (source !== undefined) {
      return { source, environment: deploying };
    }
  }
  const roots = workspace.sources.filter((source) => source.root).map((source) => source.id);
  const source = nearest(roots) ?? nearest(workspace.sources.map((s) => s.id));
  return source === undefined ? undefined : { source, environment: undefined };
}
