// Whether two texts say the same: equal trees, written in the same styles, and the same comments in the same order.
import type { Node, ParsedYaml } from '../yaml/tree';

export function sameDocuments(a: ParsedYaml, b: ParsedYaml): boolean {
  return (
    sameTrees(a, b) &&
    a.documents.every((document, index) => {
      const comments = b.documents[index]?.comments ?? [];
      return (
        document.comments.length === comments.length &&
        document.comments.every((comment, at) => {
          const now = comments[at];
          return (
            now !== undefined &&
            a.text.slice(comment.start, comment.end).trimEnd() === b.text.slice(now.start, now.end).trimEnd()
          );
        })
      );
    })
  );
}

/** The same, whatever the comments are. */
export function sameTrees(a: ParsedYaml, b: ParsedYaml): boolean {
  return (
    a.documents.length === b.documents.length &&
    a.documents.every((document, index) => {
      const other = b.documents[index];
      return (
        other !== undefined &&
        document.recovered === other.recovered &&
        document.faults.length === other.faults.length &&
        sameNode(document.root, other.root)
      );
    })
  );
}

function sameNode(a: Node | undefined, b: Node | undefined): boolean {
  if (a === undefined || b === undefined) {
    return a === b;
  }
  if (a.kind !== b.kind || a.anchor !== b.anchor || a.tag !== b.tag) {
    return false;
  }
  switch (a.kind) {
    case 'map': {
      const other = b as typeof a;
      return (
        a.flow === other.flow &&
        a.pairs.length === other.pairs.length &&
        a.pairs.every(
          ({ key, value }, index) =>
            sameNode(key, other.pairs[index]?.key) && sameNode(value, other.pairs[index]?.value),
        )
      );
    }
    case 'seq': {
      const other = b as typeof a;
      return (
        a.flow === other.flow &&
        a.items.length === other.items.length &&
        a.items.every((item, index) => sameNode(item, other.items[index]))
      );
    }
    case 'scalar': {
      const other = b as typeof a;
      return a.text === other.text && a.style === other.style;
    }
    case 'alias':
      return a.name === (b as typeof a).name;
  }
}
