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
    if (key.kind === 'scalar' && key.text === '<<' && isMergeKey(key)) {
      return entries(map);
    }
  }
  return map.pairs;
}

/** The pair of a field. Names of fields are no words that YAML reads as something else, so their text decides. */
export function fieldOf(pairs: readonly Pair[], name: string): Pair | undefined {
  for (const pair of pairs) {
    if (pair.key.kind === 'scalar' && pair.key.text === name) {
      return pair;
    }
  }
  return undefined;
}

/** True for texts that may be something else than a name when they are plain keys: `on`, `null`, numbers. */
export function isWord(text: string): boolean {
  const code = text.charCodeAt(0);
  if (code >= 97 && code <= 122) {
    return text.length <= 5 && (text.length <= 3 || text === 'true' || text === 'false' || text === 'null');
  }
  return !(text.length > 5 && code >= 65);
}
