// What YAML can say and Kubernetes cannot take: keys that are no texts, merges of what is no map, numbers that JSON lacks.
import { follow, isFloat, isMergeKey, keyName, taggedFault } from '../yaml/resolve';
import { plainValue } from '../yaml/scalars';
import type { MapNode, Node, ScalarNode, SyntaxFault } from '../yaml/tree';

/** Such faults of a document, in text order. Aliased content is looked at where it is written. */
export function valueFaults(root: Node): SyntaxFault[] {
  const faults: SyntaxFault[] = [];
  const fault = (rule: string, node: Node, message: string): void => {
    faults.push({ rule, message, start: node.start, end: node.end });
  };
  const walk = (node: Node): void => {
    switch (node.kind) {
      case 'map':
        sameValues(node, faults);
        for (const { key, value } of node.pairs) {
          if (isMergeKey(key)) {
            if (!isMergeable(value)) {
              fault('yaml/invalid-merge', value, 'A merge key "<<" needs a map, an alias of a map, or a list of them.');
            }
          } else if (keyName(key) === undefined) {
            fault('yaml/invalid-key', key, 'A key must be a text: quote it.');
          }
          if (key.kind === 'scalar' && key.tag !== undefined) {
            walk(key);
          }
          walk(value);
        }
        break;
      case 'seq':
        node.items.forEach(walk);
        break;
      case 'scalar': {
        const message = taggedFault(node);
        if (message !== undefined) {
          fault('yaml/invalid-value', node, message);
        }
        break;
      }
      case 'alias':
        break;
    }
  };
  walk(root);
  return faults;
}

/** Keys that are written differently and mean the same: `yes` and `true`, `1` and `0x1`. */
function sameValues(map: MapNode, faults: SyntaxFault[]): void {
  let seen: Map<boolean | number | bigint, ScalarNode> | undefined;
  for (const { key } of map.pairs) {
    if (key.kind !== 'scalar' || key.style !== 'plain' || key.tag !== undefined) {
      continue;
    }
    const value = plainValue(key.text, 'kubernetes');
    if (typeof value === 'string' || value === null) {
      continue;
    }
    seen ??= new Map();
    const earlier = seen.get(value);
    if (earlier === undefined) {
      seen.set(value, key);
    } else if (earlier.text !== key.text && isFloat(earlier.text) === isFloat(key.text)) {
      faults.push({
        rule: 'yaml/duplicate-key',
        message: `Duplicate key: Kubernetes reads "${key.text}" and "${earlier.text}" as the same value.`,
        start: key.start,
        end: key.end,
        related: { message: 'It is first set here.', start: earlier.start, end: earlier.end },
      });
    }
  }
}

function isMergeable(node: Node): boolean {
  const target = follow(node);
  return target?.kind === 'seq' ? target.items.every((item) => follow(item)?.kind === 'map') : target?.kind === 'map';
}
