// The render engine behind the port `Renderer`: requests to its operations, its wire format to origins and failures.
import type {
  FileTree,
  Origin,
  OriginRole,
  RenderAnswer,
  Rendered,
  Renderer,
  RenderFailure,
  RenderRequest,
} from '../core/ports';
import { EngineUnavailable, originRoles } from '../core/ports';
import type { JsonObject, JsonValue } from '../core/json';
import { isObject } from '../core/json';
import type { EngineCall, EngineHost } from './engineHost';
import { EngineCrash, EngineTimeout } from './engineHost';

/** A build that touches kustomize's OpenAPI data, the slow part of the first call, and nothing on disk. */
export const renderWarmUp: EngineCall[] = [
  {
    op: 'kustomize',
    payload: JSON.stringify({ dir: '', origins: true }),
    files: {
      // A folder that does not exist: only the two texts below are seen.
      root: '',
      buffers: new Map([
        ['kustomization.yaml', 'resources: [config.yaml]\nnamePrefix: warm-\nlabels: [{pairs: {up: yes}}]\n'],
        ['config.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: warm\n'],
      ]),
    },
  },
];

export function createRenderer(host: EngineHost): Renderer {
  return {
    async render(tree, request, options = {}) {
      const asked = host.request(options.slot, options.abort);
      try {
        return readAnswer(await asked.call(renderCall(tree, request)), request.origins);
      } catch (error) {
        return failed(error);
      } finally {
        host.closeSlot(options.slot, asked);
      }
    },
  };
}

function renderCall(tree: FileTree, request: RenderRequest): EngineCall {
  const { kind, ...payload } = request;
  return {
    op: kind,
    payload: JSON.stringify(kind === 'helm' ? { skipTests: false, isUpgrade: false, ...payload } : payload),
    files: { root: tree.root, buffers: tree.buffers },
  };
}

/** A build that never ends is the source's fault and becomes its failure; an engine that breaks is ours. */
export function failed(error: unknown): RenderAnswer {
  if (error instanceof EngineTimeout) {
    const message = `Rendering was ${error.message}: it does not end, or it is too large.`;
    return { ok: false, failure: { message }, reads: [] };
  }
  if (error instanceof EngineCrash && error.isOutOfMemory) {
    const message = 'Rendering it needs more memory than the render engine may take.';
    return { ok: false, failure: { message, isTooLarge: true }, reads: [] };
  }
  if (error instanceof EngineCrash && error.isTooMuch) {
    const message = 'Rendering was stopped: something in this source calls itself without end.';
    return { ok: false, failure: { message }, reads: [] };
  }
  if (error instanceof EngineCrash) {
    throw new EngineUnavailable(
      `The render engine broke twice on this source (${error.message}). Please report it; other sources still render.`,
    );
  }
  throw error;
}

function readAnswer(text: string, origins: boolean): RenderAnswer {
  const answer = JSON.parse(text) as JsonObject;
  const result = isObject(answer.result) ? answer.result : {};
  const reads = textsOf(result.reads).map(repositoryPath);
  if (answer.error !== undefined) {
    return { ok: false, failure: readFailure(answer.error), reads };
  }
  const rendered: Rendered = { yaml: typeof result.yaml === 'string' ? result.yaml : '', reads };
  if (typeof result.notes === 'string' && result.notes !== '') {
    rendered.notes = result.notes;
  }
  if (origins) {
    rendered.origins = readOrigins(textsOf(result.paths).map(repositoryPath), result.lines);
  }
  return { ok: true, rendered };
}

function readFailure(error: JsonValue): RenderFailure {
  if (!isObject(error)) {
    return { message: typeof error === 'string' ? error : JSON.stringify(error) };
  }
  const failure: RenderFailure = { message: typeof error.message === 'string' ? error.message : 'rendering failed' };
  if (typeof error.path === 'string' && error.path !== '') {
    failure.path = repositoryPath(error.path);
    if (typeof error.line === 'number') {
      failure.line = error.line;
    }
    if (typeof error.character === 'number') {
      failure.character = error.character;
    }
  }
  return failure;
}

/** Lines come as flat groups of four numbers: index into `paths`, line, character, index into `originRoles`. */
export function readOrigins(paths: readonly string[], lines: JsonValue | undefined): Origin[][] {
  const groups = Array.isArray(lines) ? (lines as (number[] | null)[]) : [];
  return groups.map((flat) => {
    const origins: Origin[] = [];
    for (let i = 0; flat !== null && i + 3 < flat.length; i += 4) {
      const path = paths[flat[i] ?? -1];
      const role: OriginRole | undefined = originRoles[flat[i + 3] ?? -1];
      if (path !== undefined && role !== undefined) {
        origins.push({ path, line: flat[i + 1] ?? 0, character: flat[i + 2] ?? 0, role });
      }
    }
    return origins;
  });
}

function textsOf(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The engine sees the repository as the root of its file system. */
function repositoryPath(file: string): string {
  return file.replace(/^\/+/, '');
}
