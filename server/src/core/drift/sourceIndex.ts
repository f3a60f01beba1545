// Finds what stands on a line of a source file: the pairs and list items of its YAML tree, by the line that they start on.
import { follow } from '../yaml/resolve';
import type { MapNode, Node, Pair, ParsedYaml, ScalarNode, SeqNode } from '../yaml/tree';

/** A pair of a map or an item of a list, with all that is needed to edit it. */
export interface Entry {
  node: Node;
  /** Undefined for list items. */
  pair?: Pair;
  /** Undefined for the root of a document. */
  parent?: { node: MapNode | SeqNode; entry: Entry | undefined };
}

export class SourceIndex {
  private readonly lines = new Map<number, Entry[]>();

  constructor(readonly parsed: ParsedYaml) {
    for (const document of parsed.documents) {
      if (document.root) {
        this.visit({ node: document.root });
      }
    }
  }

  /** Entries that start on the line; outer ones first. */
  at(line: number): readonly Entry[] {
    return this.lines.get(line) ?? [];
  }

  private visit(entry: Entry): void {
    const { node } = entry;
    if (entry.parent) {
      const line = this.parsed.lines.positionAt(entry.pair?.key.start ?? node.start).line;
      const list = this.lines.get(line) ?? [];
      list.push(entry);
      this.lines.set(line, list);
    }
    if (node.kind === 'map') {
      node.pairs.forEach((pair) => this.visit({ node: pair.value, pair, parent: { node, entry } }));
    } else if (node.kind === 'seq') {
      node.items.forEach((item) => this.visit({ node: item, parent: { node, entry } }));
    }
  }
}

export const keyText = (entry: Entry): string | undefined =>
  entry.pair?.key.kind === 'scalar' ? entry.pair.key.text : undefined;

export function scalarOf(entry: Entry): ScalarNode | undefined {
  const node = follow(entry.node);
  return node?.kind === 'scalar' && entry.node.kind === 'scalar' ? node : undefined;
}
