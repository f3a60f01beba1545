// Small questions about nodes that the readers of facts share.
import { entryOf, nodeAt } from '../yaml/path';
import { follow, isMergeKey } from '../yaml/resolve';
import type { MapNode, Node, Pair, ScalarNode } from '../yaml/tree';
import type { PathNode } from './rolePaths';

/** What lies above a node. */
export interface Above {
  node: Node;
  above: Above | undefined;
}

/**
 * Offsets of a text inside a scalar as offsets of the file. Exact in a literal block; elsewhere everything stands where the scalar does.
 */
export function embeddedPlaces(text: string, node: ScalarNode): (offset: number) => number {
  if (node.style !== 'literal') {
    return () => node.start;
  }
  const starts: { inner: number; outer: number; length: number }[] = [];
  const lines = node.text.split('\n');
  let outer = text.indexOf('\n', node.start) + 1;
  let inner = 0;
  for (const line of lines) {
    const end = text.indexOf('\n', outer);
    const raw = text.slice(outer, end < 0 ? text.length : end).replace(/\r$/, '');
    const indent = raw.length - line.length;
    starts.push({ inner, outer: outer + Math.max(0, indent), length: line.length });
    inner += line.length + 1;
    outer = end < 0 ? text.length : end + 1;
  }
  return (offset) => {
    let found = starts[0] ?? { inner: 0, outer: node.start, length: 0 };
    for (const line of starts) {
      if (line.inner <= offset) {
        found = line;
      }
    }
    return found.outer + Math.min(offset - found.inner, found.length);
  };
}

/** Kinds that people name without their group. */
export const builtinGroups = new Map<string, string>([
  ...['ConfigMap', 'Secret', 'Service', 'ServiceAccount', 'Namespace', 'Pod', 'PersistentVolumeClaim'].map(
    (kind): [string, string] => [kind, ''],
  ),
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].map((kind): [string, string] => [kind, 'apps']),
  ...['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'].map((kind): [string, string] => [
    kind,
    'rbac.authorization.k8s.io',
  ]),
]);

export const templatedReason = 'It holds text that is only known when it is rendered.';

export function isTemplated(text: string): boolean {
  return text.includes('${') || text.includes('{{') || text.includes('$(');
}

/** `apps/v1`, `apps`, `v1` → the group. */
export function groupOfField(text: string): string {
  if (text.includes('/')) {
    return text.slice(0, text.indexOf('/'));
  }
  return /^v\d+((alpha|beta)\d+)?$/.test(text) ? '' : text;
}

export const noPaths: readonly PathNode[] = [];

export function nextPaths(paths: readonly PathNode[], field: string): readonly PathNode[] {
  if (paths.length === 0) {
    return noPaths;
  }
  let next: PathNode[] | undefined;
  for (const { fields, any } of paths) {
    const named = fields.get(field);
    if (named !== undefined) {
      (next ??= []).push(named);
    }
    if (any !== undefined) {
      (next ??= []).push(any);
    }
  }
  return next ?? noPaths;
}

/** Places in a text behind which containers or a variable may stand, in order. */
export function marksIn(text: string): number[] {
  const marks: number[] = [];
  for (const mark of ['ontainers', '${']) {
    for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) {
      marks.push(at);
    }
  }
  return marks.sort((a, b) => a - b);
}

export function isMarkBetween(marks: readonly number[], start: number, end: number): boolean {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle] ?? 0) < start) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return (marks[low] ?? Infinity) < end;
}

export function itemPaths(paths: readonly PathNode[]): readonly PathNode[] {
  let next: PathNode[] | undefined;
  for (const { item } of paths) {
    if (item !== undefined) {
      (next ??= []).push(item);
    }
  }
  return next ?? noPaths;
}

export const someOf = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);

export function hasContainers(map: MapNode): boolean {
  let list: Pair | undefined;
  for (const pair of map.pairs) {
    if (pair.key.kind === 'scalar' && pair.key.text === 'containers') {
      list = pair;
      break;
    }
  }
  const node = list === undefined ? undefined : follow(list.value);
  const first = node?.kind === 'seq' ? node.items[0] : undefined;
  const item = first === undefined ? undefined : follow(first);
  return item?.kind === 'map' && (entryOf(item, 'name') !== undefined || entryOf(item, 'image') !== undefined);
}

export function pairsOf(node: Node | undefined): Pair[] {
  const map = node === undefined ? undefined : follow(node);
  return map?.kind === 'map' ? map.pairs.filter(({ key }) => !isMergeKey(key)) : [];
}

/** Name and value of a label; undefined where the pair is none. */
export function labelOf(pair: Pair): [name: string | undefined, value: string] {
  const value = follow(pair.value);
  return pair.key.kind === 'scalar' && value?.kind === 'scalar' ? [pair.key.text, value.text] : [undefined, ''];
}

export const spanOf = (pair: Pair): { start: number; end: number } => ({
  start: pair.key.start,
  end: Math.max(pair.key.end, pair.value.end),
});

/** Steps from the map (or list) that holds a value: `../name` is a sibling. */
export function nodeAtRelative(relative: string, above: Above | undefined): Node | undefined {
  const steps = relative.split('/');
  let at = above;
  let i = 1;
  for (; steps[i] === '..'; i++) {
    at = at?.above;
  }
  const found = at === undefined ? undefined : nodeAt(at.node, steps.slice(i));
  return found;
}

export function textAtRelative(relative: string, above: Above | undefined): string | undefined {
  const node = nodeAtRelative(relative, above);
  return node?.kind === 'scalar' && node.text !== '' ? node.text : undefined;
}
