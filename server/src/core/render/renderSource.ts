// One source becomes its objects: by the tool that deploys it, with the line that each line came from. A source that cannot be
// rendered is an answer too, and never an empty one.
import {
  Cancelled,
  EngineUnavailable,
  type Abort,
  type FileTree,
  type Origin,
  type Renderer,
  type RenderFailure,
  type RenderRequest,
} from '../ports';
import type { Environment, FluxOverlay, Source, SourceRender } from '../workspace/source';
import { parseYaml } from '../yaml/parse';
import type { ParsedYaml } from '../yaml/tree';
import { overlayFiles } from './fluxOverlay';
import { substitutePostBuild } from './postBuild';
import type { Rendering, Resource } from './rendering';
import { readResources, type Scope } from './resources';
import { realOrigins, withVirtualFiles, type VirtualFiles } from './virtualFiles';

export interface RenderPorts {
  renderer: Renderer;
  /** Whether a kind is namespaced; without it no namespace is filled in. */
  scope?: Scope;
  /** The last renderings' trees: what did not change in a rendering is not read again. */
  trees?: RenderedTrees;
}

/** Trees of the sources that were rendered last. */
export class RenderedTrees {
  private readonly trees = new Map<string, ParsedYaml>();

  /** `limit` is how many are kept: each may be the tree of thousands of objects. */
  constructor(private readonly limit = 8) {}

  parse(id: string, yaml: string): ParsedYaml {
    const parsed = parseYaml(yaml, this.trees.get(id));
    this.trees.delete(id);
    this.trees.set(id, parsed);
    const [oldest] = this.trees.keys();
    if (this.trees.size > this.limit && oldest !== undefined) {
      this.trees.delete(oldest);
    }
    return parsed;
  }
}

export interface RenderOptions {
  /** Without origins a rendering takes about half the time, and problems in it have no source line. */
  origins?: boolean;
  slot?: string;
  abort?: Abort;
}

type TextRendering = Pick<Rendering, 'yaml' | 'origins' | 'reads' | 'failure' | 'notes'> & {
  unresolved?: Map<number, string[]>;
};

/**
 * Renders a source as it is deployed to an environment (undefined: on its own). Rejects only with `Cancelled`; everything
 * else, an engine that cannot run included, is `failure`.
 */
export async function renderSource(
  source: Source,
  tree: FileTree,
  environment: Environment | undefined,
  ports: RenderPorts,
  options: RenderOptions = {},
): Promise<Rendering> {
  let text: TextRendering;
  try {
    text = await renderText(source, tree, environment, ports.renderer, options);
  } catch (error) {
    if (error instanceof Cancelled || !(error instanceof EngineUnavailable)) {
      throw error;
    }
    text = failed({ message: error.message });
  }
  const { unresolved, ...rest } = text;
  const id = `${environment?.name ?? ''} ${source.id}`;
  const parsed = ports.trees?.parse(id, text.yaml) ?? parseYaml(text.yaml);
  const rendering: Rendering = { source, parsed, resources: [], problems: [], ...rest };
  if (rendering.failure !== undefined) {
    return rendering;
  }
  const read = readResources(rendering, {
    scope: ports.scope ?? (() => undefined),
    namespace: namespaceOf(source, environment),
    sourceId: source.id,
  });
  rendering.resources = read.resources.map((resource) => withUnresolved(resource, unresolved));
  rendering.problems = read.problems;
  return rendering;
}

/** The namespace that an object of this source ends up in when it names none. */
export function namespaceOf(source: Source, environment: Environment | undefined): string {
  const own = source.kind === 'chart' ? undefined : source.namespace;
  return own ?? environment?.namespace ?? 'default';
}

function withUnresolved(resource: Resource, unresolved: Map<number, string[]> | undefined): Resource {
  const variables = unresolved?.get(resource.document.index);
  return variables === undefined ? resource : { ...resource, unresolved: variables };
}

async function renderText(
  source: Source,
  tree: FileTree,
  environment: Environment | undefined,
  renderer: Renderer,
  options: RenderOptions,
): Promise<TextRendering> {
  const { render } = source;
  switch (render.tool) {
    case 'unsupported':
      return failed({ message: `${source.name} cannot be rendered: ${render.reason}` });
    case 'folder':
      return joinManifests(tree, render.files);
    case 'kustomize':
      return renderKustomize(source, render.dir, render.flux, tree, renderer, options);
    case 'helm':
      return renderHelm(source, render, tree, environment, renderer, options);
  }
}

async function renderKustomize(
  source: Source,
  dir: string,
  overlay: FluxOverlay | undefined,
  tree: FileTree,
  renderer: Renderer,
  options: RenderOptions,
): Promise<TextRendering> {
  const files = overlay === undefined ? new Map() : await overlayFiles(tree, source, dir, overlay);
  const request: RenderRequest = { kind: 'kustomize', dir, origins: options.origins !== false };
  const rendered = await callRenderer(request, tree, files, renderer, options);
  if (rendered.failure !== undefined || overlay?.substitute === undefined) {
    return rendered;
  }
  return { ...rendered, ...substitutePostBuild(rendered.yaml, rendered.origins, overlay) };
}

async function renderHelm(
  source: Source,
  render: Extract<SourceRender, { tool: 'helm' }>,
  tree: FileTree,
  environment: Environment | undefined,
  renderer: Renderer,
  options: RenderOptions,
): Promise<TextRendering> {
  const { tool: _tool, withoutDefaults, ...helm } = render;
  const version = environment?.kubernetesVersion;
  const request: RenderRequest = {
    kind: 'helm',
    ...helm,
    ...(source.kind === 'chart' && environment?.namespace !== undefined ? { namespace: environment.namespace } : {}),
    ...(version === undefined ? {} : { kubernetesVersion: version }),
    apiVersions: [],
    origins: options.origins !== false,
  };
  const empty = `${helm.chart === '' ? '' : helm.chart + '/'}values.yaml`;
  const files: VirtualFiles = withoutDefaults === true ? new Map([[empty, [{ text: '' }]]]) : new Map();
  return callRenderer(request, tree, files, renderer, options);
}

async function callRenderer(
  request: RenderRequest,
  tree: FileTree,
  files: VirtualFiles,
  renderer: Renderer,
  options: RenderOptions,
): Promise<TextRendering> {
  const answer = await renderer.render(withVirtualFiles(tree, files), request, {
    ...(options.slot === undefined ? {} : { slot: options.slot }),
    ...(options.abort === undefined ? {} : { abort: options.abort }),
  });
  if (!answer.ok) {
    return { ...failed(realFailure(answer.failure, files)), reads: answer.reads };
  }
  const { yaml, origins, reads, notes } = answer.rendered;
  return { yaml, origins: realOrigins(origins ?? [], files), reads, ...(notes === undefined ? {} : { notes }) };
}

function realFailure(failure: RenderFailure, files: VirtualFiles): RenderFailure {
  const virtual = failure.path === undefined ? undefined : files.get(failure.path);
  if (virtual === undefined || failure.line === undefined) {
    return failure;
  }
  const { path: _path, line: _line, character: _character, ...rest } = failure;
  const at = virtual[failure.line]?.at;
  return at === undefined ? rest : { ...rest, path: at.path, line: at.line };
}

/** A folder's manifests as written, one after the other. */
async function joinManifests(tree: FileTree, files: readonly string[]): Promise<TextRendering> {
  let yaml = '';
  const origins: Origin[][] = [];
  for (const path of files) {
    const text = ((await tree.read(path)) ?? '').replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
    if (text.trim() === '') {
      continue;
    }
    if (yaml !== '' && !/^(?:[ \t]*(?:#[^\n]*)?\n)*---(?:\s|$)/.test(text)) {
      yaml += '---\n';
      origins.push([]);
    }
    const whole = text.endsWith('\n') ? text : text + '\n';
    whole
      .slice(0, -1)
      .split('\n')
      .forEach((_, line) => origins.push([{ path, line, character: 0, role: 'resource' }]));
    yaml += whole;
  }
  return { yaml, origins, reads: [...files] };
}

function failed(failure: RenderFailure): TextRendering {
  return { yaml: '', origins: [], reads: [], failure };
}
