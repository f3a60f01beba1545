// What the event layer leaves unchecked: duplicate keys, unknown and recursive aliases, unknown tags, alias bombs.
// The same walk sets the aliases' targets.
import type { AliasNode, MapNode, Node, ScalarNode, SyntaxFault } from './tree';
import { plainValue } from './scalars';

/** Links the aliases of one document and returns its faults in text order. */
export function checkTree(root: Node): SyntaxFault[] {
  const walk = new TreeCheck();
  walk.visit(root);
  if (walk.aliases.length > 0 && excessive(root, walk.aliases)) {
    const first = walk.aliases[0] as AliasNode;
    for (const alias of walk.aliases) {
      delete alias.target;
    }
    walk.faults.push({
      rule: 'yaml/alias-bomb',
      message: 'The aliases of this document expand to far more nodes than it has; they are not followed.',
      start: first.start,
      end: first.end,
    });
  }
  return walk.faults;
}

const knownTags = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'seq', 'map', 'binary', 'timestamp', 'merge', 'set', 'omap', 'pairs'].map(
    (name) => '!!' + name,
  ),
);

class TreeCheck {
  readonly faults: SyntaxFault[] = [];
  readonly aliases: AliasNode[] = [];
  private readonly anchors = new Map<string, Node>();
  private readonly inside: Node[] = [];

  visit(node: Node): void {
    if (node.anchor !== undefined) {
      this.anchors.set(node.anchor, node);
    }
    if (node.tag !== undefined && node.tag !== '!' && !knownTags.has(node.tag)) {
      this.faults.push({
        rule: 'yaml/unknown-tag',
        message: `Unknown tag ${node.tag}: tools read the value as if the tag were absent, or refuse it.`,
        start: Math.max(0, node.start - node.tag.length - 1),
        end: node.start,
      });
    }
    if (node.kind === 'map') {
      this.inside.push(node);
      checkDuplicates(node, this.faults);
      for (const pair of node.pairs) {
        this.visit(pair.key);
        this.visit(pair.value);
      }
      this.inside.pop();
    } else if (node.kind === 'seq') {
      this.inside.push(node);
      for (const item of node.items) {
        this.visit(item);
      }
      this.inside.pop();
    } else if (node.kind === 'alias') {
      this.link(node);
    }
  }

  private link(alias: AliasNode): void {
    const target = this.anchors.get(alias.name);
    if (target === undefined) {
      this.fault(alias, 'yaml/unknown-alias', `No anchor &${alias.name} stands before this alias.`);
    } else if (this.inside.includes(target)) {
      this.fault(alias, 'yaml/recursive-alias', `The value of anchor &${alias.name} contains itself.`);
    } else {
      alias.target = target;
      this.aliases.push(alias);
    }
  }

  private fault(node: Node, rule: string, message: string): void {
    this.faults.push({ rule, message, start: node.start, end: node.end });
  }
}

/** Reports each later one of equal keys. A map of few keys, which is nearly every map, is compared without allocating. */
function checkDuplicates(map: MapNode, faults: SyntaxFault[]): void {
  const pairs = map.pairs;
  if (pairs.length <= 8) {
    for (let i = 1; i < pairs.length; i++) {
      const key = pairs[i]?.key as Node;
      for (let j = 0; j < i; j++) {
        const earlier = pairs[j]?.key as Node;
        if (key.kind === 'scalar' && earlier.kind === 'scalar' && key.text === earlier.text && sameKey(key, earlier)) {
          faults.push(duplicate(key, earlier));
          break;
        }
      }
    }
    return;
  }
  const seen = new Map<string, ScalarNode>();
  for (const { key } of pairs) {
    if (key.kind !== 'scalar') {
      continue;
    }
    const earlier = seen.get(key.text);
    if (earlier === undefined) {
      seen.set(key.text, key);
    } else if (sameKey(key, earlier)) {
      faults.push(duplicate(key, earlier));
    }
  }
}

/** Equal texts are equal keys, except a quoted one beside a plain one that means something else; `<<` may repeat. */
function sameKey(a: ScalarNode, b: ScalarNode): boolean {
  if ((a.style === 'plain') === (b.style === 'plain')) {
    return a.text !== '<<' || a.style !== 'plain';
  }
  return a.text !== '<<' && typeof plainValue(a.text, 'kubernetes') === 'string';
}

function duplicate(key: ScalarNode, earlier: ScalarNode): SyntaxFault {
  return {
    rule: 'yaml/duplicate-key',
    message: `Duplicate key "${key.text}" in the same map.`,
    start: key.start,
    end: key.end,
    related: { message: 'It is first set here.', start: earlier.start, end: earlier.end },
  };
}

/**
 * Whether following all aliases would visit too many nodes, by the limits of the YAML reader of Kubernetes: up to 400,000
 * visits nearly all may come from aliases, at four million only a tenth.
 */
function excessive(root: Node, aliases: AliasNode[]): boolean {
  const sizes = new Map<Node, number>();
  let throughAliases = 0;
  const anchored = new Set(aliases.map((alias) => alias.target));
  // Targets always stand before their aliases, so one walk in text order knows each target's size when it is needed.
  const size = (node: Node): number => {
    let count = 1;
    if (node.kind === 'map') {
      for (const pair of node.pairs) {
        count += size(pair.key) + size(pair.value);
      }
    } else if (node.kind === 'seq') {
      for (const item of node.items) {
        count += size(item);
      }
    } else if (node.kind === 'alias' && node.target !== undefined) {
      count += sizes.get(node.target) ?? 0;
      throughAliases += sizes.get(node.target) ?? 0;
    }
    if (anchored.has(node)) {
      sizes.set(node, count);
    }
    return count;
  };
  const total = size(root);
  if (total <= 100 || throughAliases <= 1000) {
    return false;
  }
  const scale = Math.min(1, Math.max(0, (total - 400_000) / 3_600_000));
  return throughAliases / total > 0.99 - 0.89 * scale;
}
