// Selections that grow: from a word to its value, its field, the map around it, the object, the document, the file.
import type { Node, ParsedYaml } from '../yaml/tree';

interface Span {
  start: number;
  end: number;
}

/** From the smallest to the largest; each lies inside the next. */
export function selectionSpans(parsed: ParsedYaml, offset: number): Span[] {
  const spans: Span[] = [{ start: 0, end: parsed.text.length }];
  const document = parsed.documents.find(({ start, end }) => offset >= start && offset <= end);
  const push = (start: number, end: number): void => {
    const outer = spans.at(-1) as Span;
    const isInside = start >= outer.start && end <= outer.end && start <= offset && offset <= end;
    if (isInside && (start > outer.start || end < outer.end)) {
      spans.push({ start, end });
    }
  };
  const walk = (node: Node): void => {
    push(node.start, node.end);
    if (node.kind === 'map') {
      for (const { key, value } of node.pairs) {
        const end = Math.max(key.end, value.end);
        if (key.start <= offset && offset <= end) {
          push(key.start, end);
          walk(offset <= key.end ? key : value);
          return;
        }
      }
    } else if (node.kind === 'seq') {
      const item = node.items.find(({ start, end }) => start <= offset && offset <= end);
      if (item !== undefined) {
        walk(item);
      }
    } else if (node.kind === 'scalar' && (node.style === 'single' || node.style === 'double')) {
      push(node.start + 1, node.end - 1);
    } else if (node.kind === 'scalar' && (node.style === 'literal' || node.style === 'folded')) {
      pushLine(parsed.text, offset, push);
    }
  };
  if (document !== undefined) {
    push(document.start, document.end);
    if (document.root !== undefined) {
      walk(document.root);
    }
    const comment = document.comments.find(({ start, end }) => start <= offset && offset <= end);
    if (comment !== undefined) {
      push(comment.start, comment.end);
    }
  }
  return spans.reverse();
}

function pushLine(text: string, offset: number, push: (start: number, end: number) => void): void {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const line = /^[^\r\n]*/.exec(text.slice(start))?.[0] ?? '';
  push(start + (line.length - line.trimStart().length), start + line.length);
}
