// The call hierarchy of a GitOps repository: above a file or object stand those who deploy it or refer to it, below it what it refers to.
import type { Definition, Deployer, Edge, WorkspaceGraph } from '../graph/graph';
import type { Location, Position, Range } from '../problem';
import { label } from '../resource';
import { baseName, folderOf } from '../workspace/paths';
import { titleOf } from './sameThing';
import { comparePositions, holdsPosition } from './writtenPlace';

export interface HierarchyItem {
  name: string;
  detail: string;
  kind: 'file' | 'object' | 'part' | 'deployer';
  path: string;
  whole: Range;
  at: Range;
  ref: ItemRef;
}

/** What an item is found again by: a definition of a file, the file itself, or a step on the way up from a file. */
export type ItemRef =
  { path: string } | { path: string; definition: string } | { path: string; deployer: readonly number[] };

export interface HierarchyCall {
  item: HierarchyItem;
  /** Where the one above names the one below; in the file of the one above. */
  ranges: Range[];
}

const start: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** What a hierarchy at a place begins with: the thing named there, else the object around it, else the file. */
export function hierarchyAt(graph: WorkspaceGraph, path: string, offset: number, at: Position): HierarchyItem[] {
  const place = graph.at(path, offset);
  if (place?.definition !== undefined) {
    return [itemOf(place.definition)];
  }
  if (place?.edge !== undefined && place.edge.targets.length > 0) {
    return place.edge.targets.map(itemOf);
  }
  const holder = holderOf(graph, path, at);
  return [holder === undefined ? fileItem(path) : itemOf(holder)];
}

/** Who deploys it or refers to it. */
export function incomingTo(graph: WorkspaceGraph, ref: ItemRef): HierarchyCall[] {
  if ('deployer' in ref) {
    const above = deployerAt(graph, ref)?.above ?? [];
    return above.map((deployer, index) => deployerCall(ref.path, deployer, [...ref.deployer, index]));
  }
  const deployers = graph.deployers(ref.path).map((deployer, index) => deployerCall(ref.path, deployer, [index]));
  const definition = 'definition' in ref ? definitionOf(graph, ref) : undefined;
  if (definition === undefined) {
    return deployers;
  }
  const referring = byHolder(graph, graph.referencesTo(definition));
  return definition.entity === 'object' ? [...referring, ...deployers] : referring;
}

/** What it refers to, each with the places that do. */
export function outgoingFrom(graph: WorkspaceGraph, ref: ItemRef): HierarchyCall[] {
  const edges = edgesOf(graph, ref);
  const calls = new Map<string, HierarchyCall>();
  for (const { reference, targets } of edges) {
    for (const target of targets) {
      const item = itemOf(target);
      const id = JSON.stringify(item.ref);
      const call = calls.get(id) ?? { item, ranges: [] };
      call.ranges.push(reference.from.range);
      calls.set(id, call);
    }
  }
  return [...calls.values()];
}

/** The object whose text holds a position. */
export function holderOf(graph: WorkspaceGraph, path: string, at: Position): Definition | undefined {
  return graph
    .definitionsIn(path)
    .find(({ entity, whole }) => entity === 'object' && whole.path === path && holdsPosition(whole.range, at));
}

function edgesOf(graph: WorkspaceGraph, ref: ItemRef): readonly Edge[] {
  if ('deployer' in ref) {
    const deployer = deployerAt(graph, ref);
    if (deployer === undefined) {
      return [];
    }
    const { path, range } = deployer.at;
    const holder = holderOf(graph, path, range.start);
    return holder === undefined ? graph.edgesIn(path) : within(graph.edgesIn(path), holder.whole);
  }
  const definition = 'definition' in ref ? definitionOf(graph, ref) : undefined;
  return definition === undefined || definition.entity === 'file' || definition.entity === 'folder'
    ? graph.edgesIn(definition?.at.path ?? ref.path)
    : within(graph.edgesIn(definition.at.path), definition.whole);
}

function within(edges: readonly Edge[], { range }: Location): Edge[] {
  return edges.filter(
    ({ reference: { from } }) =>
      comparePositions(range.start, from.range.start) <= 0 && comparePositions(from.range.end, range.end) <= 0,
  );
}

/** References by the object, or else the file, that they stand in. */
function byHolder(graph: WorkspaceGraph, edges: readonly Edge[]): HierarchyCall[] {
  const calls = new Map<string, HierarchyCall>();
  for (const { reference } of edges) {
    const { path, range } = reference.from;
    const holder = holderOf(graph, path, range.start);
    const item = holder === undefined ? fileItem(path, reference.object && label(reference.object)) : itemOf(holder);
    const id = JSON.stringify(item.ref);
    const call = calls.get(id) ?? { item, ranges: [] };
    call.ranges.push(range);
    calls.set(id, call);
  }
  return [...calls.values()];
}

function deployerCall(path: string, deployer: Deployer, deployerPath: readonly number[]): HierarchyCall {
  const { at, environments } = deployer;
  const item: HierarchyItem = {
    name: deployer.label,
    detail: environments.length === 0 ? at.path : `${environments.join(', ')} · ${at.path}`,
    kind: 'deployer',
    path: at.path,
    whole: at.range,
    at: at.range,
    ref: { path, deployer: deployerPath },
  };
  return { item, ranges: [at.range] };
}

function deployerAt(graph: WorkspaceGraph, { path, deployer }: { path: string; deployer: readonly number[] }) {
  let found: Deployer | undefined;
  let level: readonly Deployer[] = graph.deployers(path);
  for (const index of deployer) {
    found = level[index];
    level = found?.above ?? [];
  }
  return found;
}

function definitionOf(graph: WorkspaceGraph, ref: { path: string; definition: string }): Definition | undefined {
  return graph.definitionsIn(ref.path).find(({ id }) => id === ref.definition);
}

function itemOf(definition: Definition): HierarchyItem {
  const { at, whole, entity, object } = definition;
  if (entity === 'file' || entity === 'folder') {
    return { ...fileItem(at.path), name: definition.name === '' ? '.' : definition.name, detail: entity };
  }
  return {
    name: entity === 'object' ? (object === undefined ? definition.name : label(object)) : titleOf(definition),
    detail: at.path,
    kind: entity === 'object' ? 'object' : 'part',
    path: at.path,
    whole: whole.range,
    at: at.range,
    ref: { path: at.path, definition: definition.id },
  };
}

function fileItem(path: string, inside?: string): HierarchyItem {
  return {
    name: baseName(path),
    detail: inside === undefined ? folderOf(path) : `${inside} in ${folderOf(path)}`,
    kind: 'file',
    path,
    whole: start,
    at: start,
    ref: { path },
  };
}
