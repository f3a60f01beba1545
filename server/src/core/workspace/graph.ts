// The workspace graph while it is built: which files and folders each source takes in, followed through kustomizations, generated
// kustomizations and the manifests that declare further sources.
import type { Kustomization } from './kustomization';
import type { SourceRender } from './source';

export interface Graph {
  /** By folder. */
  kustomizations: ReadonlyMap<string, Kustomization>;
  /** Resources of the kustomization that Flux would write for a folder without one. */
  generated(dir: string): string[];
}

/** Everything below one folder that kustomize builds. */
export interface Closure {
  /** Manifest files. */
  files: Set<string>;
  /** Folders of the kustomizations taken in, the start included. */
  kustomizations: Set<string>;
  /** What makes it impossible to build here, with the folder that says so. */
  obstacle: { dir: string; reason: string } | undefined;
  /** A folder that includes itself, by way of others. */
  cycle: string | undefined;
}

/** Follows a kustomization (or, for a folder without one, the generated one) to all it takes in. */
export function closureOf(graph: Graph, dir: string): Closure {
  const closure: Closure = { files: new Set(), kustomizations: new Set(), obstacle: undefined, cycle: undefined };
  visit(graph, dir, closure, []);
  return closure;
}

function visit(graph: Graph, dir: string, closure: Closure, above: readonly string[]): void {
  if (above.includes(dir)) {
    closure.cycle ??= dir;
    return;
  }
  if (closure.kustomizations.has(dir)) {
    return;
  }
  closure.kustomizations.add(dir);
  const kustomization = graph.kustomizations.get(dir);
  const deeper = [...above, dir];
  if (kustomization === undefined) {
    for (const resource of graph.generated(dir)) {
      if (graph.kustomizations.has(resource)) {
        visit(graph, resource, closure, deeper);
      } else {
        closure.files.add(resource);
      }
    }
    return;
  }
  if (kustomization.remote.length > 0) {
    closure.obstacle ??= {
      dir,
      reason: `${kustomization.path} needs ${kustomization.remote.join(', ')}, which Plumbline does not fetch yet.`,
    };
  }
  if (kustomization.helmCharts) {
    closure.obstacle ??= {
      dir,
      reason: `${kustomization.path} inflates Helm charts, which Plumbline does not do yet.`,
    };
  }
  for (const reference of kustomization.references) {
    if (reference.path === undefined || (reference.role !== 'resource' && reference.role !== 'component')) {
      continue;
    }
    if (graph.kustomizations.has(reference.path)) {
      visit(graph, reference.path, closure, deeper);
    } else {
      closure.files.add(reference.path);
    }
  }
}

/** What a source's rendering takes in. */
export function closureOfRender(graph: Graph, render: SourceRender): Closure {
  switch (render.tool) {
    case 'kustomize':
      return closureOf(graph, render.dir);
    case 'folder':
      return { files: new Set(render.files), kustomizations: new Set(), obstacle: undefined, cycle: undefined };
    case 'helm':
    case 'unsupported':
      return { files: new Set(), kustomizations: new Set(), obstacle: undefined, cycle: undefined };
  }
}
