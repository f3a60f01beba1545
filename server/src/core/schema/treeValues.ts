// Shorthands of the schema check over the tree's own resolution of keys, scalars, aliases and merge keys.
import { entries, follow, isMergeKey, scalarValue, type ScalarValue } from '../yaml/resolve';
import type { MapNode, Node, Pair } from '../yaml/tree';

export { keyName } from '../yaml/resolve';

/** Value of a scalar, also through an alias; undefined for maps and lists. */
export function valueOf(node: Node): ScalarValue | undefined {
  const target = follow(node);
  return target === undefined ? null : target.kind === 'scalar' ? scalarValue(target) : undefined;
}

/** The pairs of a map with merge keys applied; the map's own list, unchanged, where it has none. */
export function pairsOf(map: MapNode): readonly Pair[] {
  for (const { key } of map.pairs) {
    if (isMergeKey(key)) {
      return entries(map);
    }
  }
  return map.pairs;
}
