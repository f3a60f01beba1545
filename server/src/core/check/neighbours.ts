// What the rest of the repository says about a file: its role, its chart, and whether Flux fills in its variables.
import type { Neighbours } from '../kinds/kind';
import { sopsCover } from '../secrets/sopsRules';
import type { Source, Workspace, WorkspaceFile } from '../workspace/source';

export function neighboursOf(workspace: Workspace, file: WorkspaceFile | undefined): Neighbours {
  if (file === undefined) {
    return {};
  }
  const chart = file.sources.find((id) => id.startsWith('chart:'))?.slice('chart:'.length);
  const sops = sopsCover(workspace.encryption ?? [], file.path);
  const substituted = isSubstituted(workspace, file.sources);
  return {
    role: file.role,
    ...(chart === undefined ? {} : { chart }),
    ...(substituted === undefined ? {} : { substituted }),
    ...(file.patchTargets === undefined ? {} : { patchTargets: file.patchTargets }),
    ...(sops === undefined ? {} : { sops }),
  };
}

const including = new WeakMap<Workspace, ReadonlyMap<string, readonly Source[]>>();

/**
 * True where a Flux Kustomization that deploys one of these sources substitutes variables; false where only ones do that
 * substitute nothing; undefined where none deploys them.
 */
function isSubstituted(workspace: Workspace, sources: readonly string[]): boolean | undefined {
  let parents = including.get(workspace);
  if (parents === undefined) {
    parents = parentsOf(workspace);
    including.set(workspace, parents);
  }
  const seen = new Set(sources);
  let found: boolean | undefined;
  for (const id of seen) {
    for (const source of parents.get(id) ?? []) {
      if (source.kind === 'fluxKustomization' && source.render.tool === 'kustomize') {
        found = found === true || source.render.flux?.substitute !== undefined;
      }
      if (found === true) {
        return true;
      }
      seen.add(source.id);
    }
  }
  return found;
}

function parentsOf({ sources }: Workspace): Map<string, Source[]> {
  const parents = new Map<string, Source[]>();
  for (const source of sources) {
    for (const id of source.children) {
      parents.set(id, [...(parents.get(id) ?? []), source]);
    }
  }
  return parents;
}
