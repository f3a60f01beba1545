// Tabs in front of a line's content, as the readers of Kubernetes take them: never as indentation, but inside quotes, brackets
// and block texts, and on the blank lines below a plain text, from that text's own column on.
import { endOfLine, startOfLine } from '../yaml/brackets';
import type { Node, SyntaxFault, YamlDocument } from '../yaml/tree';

/** A scalar, an alias, or a whole collection between brackets. */
interface Leaf {
  node: Node;
  /** Column of the block collection that holds it; -1 for a root. */
  indent: number;
}

export function tabFaults(text: string, document: YamlDocument): SyntaxFault[] {
  const faults: SyntaxFault[] = [];
  let leaves: Leaf[] | undefined;
  let next = 0;
  let lastLine = -1;
  for (let at = text.indexOf('\t', document.start); at >= 0 && at < document.end; at = text.indexOf('\t', at + 1)) {
    const start = startOfLine(text, at);
    const before = text.slice(start, at);
    if (start === lastLine || !/^(?: *[-?])* *$/.test(before) || before.startsWith('---')) {
      continue;
    }
    leaves ??= document.root === undefined ? [] : leavesOf(text, document.root);
    while (next < leaves.length && (leaves[next] as Leaf).node.start <= at) {
      next++;
    }
    const owner = leaves[next - 1];
    if (owner === undefined || !isAllowed(text, owner, at, start)) {
      lastLine = start;
      const end = at + (/^\t+/.exec(text.slice(at, endOfLine(text, at)))?.[0].length ?? 1);
      const message = 'A tab cannot indent YAML, not even a blank line or a comment: use spaces.';
      faults.push({ rule: 'yaml/syntax', message, start: at, end });
    }
  }
  return faults;
}

function leavesOf(text: string, root: Node): Leaf[] {
  const leaves: Leaf[] = [];
  const walk = (node: Node, indent: number): void => {
    if ((node.kind !== 'map' && node.kind !== 'seq') || node.flow) {
      leaves.push({ node, indent });
      return;
    }
    const own = node.start - startOfLine(text, node.start);
    if (node.kind === 'seq') {
      node.items.forEach((item) => {
        walk(item, own);
      });
      return;
    }
    for (const { key, value } of node.pairs) {
      walk(key, own);
      walk(value, own);
    }
  };
  walk(root, -1);
  return leaves;
}

function isAllowed(text: string, { node, indent }: Leaf, at: number, lineStart: number): boolean {
  if (node.kind !== 'scalar' || node.style === 'single' || node.style === 'double') {
    return at < node.end;
  }
  if (node.start === node.end || (at >= node.end && text.slice(node.end, at).trim() !== '')) {
    return false;
  }
  const column = at - lineStart;
  return node.style === 'plain' ? column > indent : column >= blockIndent(text, node.start, indent, lineStart);
}

/** First column of a block scalar's content; none where the line is the one that decides it, or stands above that. */
function blockIndent(text: string, header: number, indent: number, lineStart: number): number {
  const explicit = /^[|>][-+]?([1-9])/.exec(text.slice(header, header + 3))?.[1];
  if (explicit !== undefined) {
    return Math.max(indent, 0) + Number(explicit);
  }
  const first = /[\r\n]( *)[^ \r\n]/g;
  first.lastIndex = endOfLine(text, header);
  const match = first.exec(text);
  return match === null || lineStart <= match.index + 1 ? Infinity : (match[1] as string).length;
}
