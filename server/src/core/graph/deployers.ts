// Who deploys a file: the kustomizations that name it, the sources that render them, and the files that declare those sources.
import { folderOf, isKustomizationFile } from '../workspace/paths';
import type { Deployer } from './graph';
import type { GraphContext } from './liveGraph';

/** The chain above a file or folder, nearest first. */
export function deployersOf(path: string, context: GraphContext): Deployer[] {
  return above(path, context, new Set());
}

function above(path: string, context: GraphContext, seen: ReadonlySet<string>): Deployer[] {
  if (seen.has(path)) {
    return [];
  }
  const deeper = new Set([...seen, path]);
  const { state } = context;
  const folder = isKustomizationFile(path) ? folderOf(path) : undefined;
  const found: Deployer[] = [];
  const naming = new Set([
    ...(state.byPath.get(path) ?? []),
    ...(folder === undefined ? [] : (state.byPath.get(folder) ?? [])),
  ]);
  for (const other of naming) {
    for (const { edge, targets } of context.linksIn(other)) {
      const isMeant = targets.some((target) => 'path' in target && (target.path === path || target.path === folder));
      const { object, role } = edge.reference;
      if (isMeant && object !== undefined && role === 'values file') {
        found.push(...releasesAbove(other, object.name, edge.reference.from, context, deeper));
      }
      if (!isMeant || object !== undefined) {
        continue;
      }
      found.push({
        label: other,
        at: edge.reference.from,
        environments: environmentsOf(context, `kustomization:${folderOf(other)}`),
        above: above(other, context, deeper),
      });
    }
  }
  found.push(...sourcesAbove(path, folder, context, deeper));
  return found;
}

/** The release or Application that reads a values file. */
function releasesAbove(
  path: string,
  name: string,
  at: Deployer['at'],
  context: GraphContext,
  seen: ReadonlySet<string>,
): Deployer[] {
  const { sources } = context.state.workspace;
  const source = sources.find(
    (declared) =>
      declared.declared.path === path && declared.name === name && /Release$|Application$/.test(declared.kind),
  );
  const environments = source === undefined ? [] : environmentsOf(context, source.id);
  return [
    {
      label: name,
      at,
      ...(source === undefined ? {} : { source: source.id }),
      environments,
      above: above(path, context, seen),
    },
  ];
}

/** Flux and Argo CD objects that deploy a folder, a chart, or the files that a folder without kustomization holds. */
function sourcesAbove(
  path: string,
  folder: string | undefined,
  context: GraphContext,
  seen: ReadonlySet<string>,
): Deployer[] {
  const { workspace, entries } = context.state;
  const own = new Set(entries.get(path)?.file.sources ?? []);
  return workspace.sources.flatMap((source) => {
    const declares =
      source.kind === 'fluxKustomization' || source.kind === 'fluxHelmRelease' || source.kind === 'argoApplication';
    const { render } = source;
    const takes =
      own.has(source.id) ||
      (folder !== undefined && render.tool === 'kustomize' && render.dir === folder) ||
      (render.tool === 'folder' && render.files.includes(path)) ||
      (render.tool === 'helm' && [...own].includes(`chart:${render.chart}`));
    if (!takes || source.declared.path === path || !declares) {
      return [];
    }
    return [
      {
        label: source.name,
        at: source.declared,
        source: source.id,
        environments: environmentsOf(context, source.id),
        above: above(source.declared.path, context, seen),
      },
    ];
  });
}

function environmentsOf({ state }: GraphContext, source: string): string[] {
  return state.workspace.environments.filter(({ sources }) => sources.includes(source)).map(({ name }) => name);
}
