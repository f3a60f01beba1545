// Comments, found after parsing: a `#` outside every scalar, at the start of a line or after a space.
import type { Comment, Node } from './tree';

/** Comments of `text` between two offsets; `root` is the tree of that stretch, with offsets of the whole text. */
export function findComments(text: string, start: number, end: number, root: Node | undefined): Comment[] {
  const comments: Comment[] = [];
  let at = text.indexOf('#', start);
  if (at < 0 || at >= end) {
    return comments;
  }
  const take = (until: number): void => {
    while (at >= 0 && at < until) {
      const before = at === start ? 10 : text.charCodeAt(at - 1);
      if (before === 32 || before === 9 || before === 10 || before === 13 || before === 0xfeff) {
        const commentEnd = Math.min(endOfLine(text, at), end);
        comments.push({ start: at, end: commentEnd });
        at = text.indexOf('#', commentEnd);
      } else {
        at = text.indexOf('#', at + 1);
      }
    }
  };
  const walk = (node: Node): void => {
    if (at < 0 || at >= end) {
      return;
    }
    if (node.kind === 'map') {
      for (const pair of node.pairs) {
        walk(pair.key);
        walk(pair.value);
      }
    } else if (node.kind === 'seq') {
      node.items.forEach(walk);
    } else {
      take(node.start);
      if (node.kind === 'scalar' && (node.style === 'literal' || node.style === 'folded')) {
        // The header line of a block scalar may end in a comment.
        take(Math.min(endOfLine(text, node.start), node.end));
      }
      if (at >= 0 && at < node.end) {
        at = text.indexOf('#', node.end);
      }
    }
  };
  if (root !== undefined) {
    walk(root);
  }
  take(end);
  return comments;
}

function endOfLine(text: string, from: number): number {
  const at = text.slice(from, from + 400).search(/[\r\n]/);
  if (at >= 0) {
    return from + at;
  }
  const far = text.indexOf('\n', from);
  return far < 0 ? text.length : text[far - 1] === '\r' ? far - 1 : far;
}
