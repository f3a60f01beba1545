// What YAML can say and Kubernetes cannot take: keys that are no texts, merges of what is no map, numbers that JSON lacks.
import { follow, isMergeKey, keyName, taggedFault } from '../yaml/resolve';
import type { Node, SyntaxFault } from '../yaml/tree';

/** Such faults of a document, in text order. Aliased content is looked at where it is written. */
export function valueFaults(root: Node): SyntaxFault[] {
  const faults: SyntaxFault[] = [];
  const fault = (rule: string, node: Node, message: string): void => {
    faults.push({ rule, message, start: node.start, end: node.end });
  };
  const walk = (node: Node): void => {
    switch (node.kind) {
      case 'map':
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

function isMergeable(node: Node): boolean {
  const target = follow(node);
  return target?.kind === 'seq' ? target.items.every((item) => follow(item)?.kind === 'map') : target?.kind === 'map';
}
