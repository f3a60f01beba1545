// A rendering as it may be shown on a screen: the values of Secrets replaced, line for line, so that every line keeps its origin.
import { Masker, isSensitive } from '../drift/mask';
import type { Node } from '../yaml/tree';
import type { Rendering } from './rendering';

const secretFields = new Set(['data', 'stringData', 'binaryData']);

export function maskedText(rendering: Pick<Rendering, 'yaml' | 'resources'>): string {
  const masker = new Masker();
  const edits: { start: number; end: number; text: string }[] = [];
  const { yaml } = rendering;
  const hide = (node: Node): void => {
    if (node.kind === 'map') {
      node.pairs.forEach((pair) => hide(pair.value));
    } else if (node.kind === 'seq') {
      node.items.forEach(hide);
    } else if (node.end > node.start) {
      const written = yaml.slice(node.start, node.end);
      const mark = masker.mark(node.kind === 'scalar' ? node.text : node.name);
      edits.push({ start: node.start, end: node.end, text: markLines(written, mark) });
    }
  };
  for (const { document, object } of rendering.resources) {
    const { root } = document;
    if (!isSensitive(object) || root?.kind !== 'map') {
      continue;
    }
    for (const pair of root.pairs) {
      if (pair.key.kind === 'scalar' && secretFields.has(pair.key.text)) {
        hide(pair.value);
      }
    }
  }
  edits.sort((a, b) => b.start - a.start);
  return edits.reduce((text, edit) => text.slice(0, edit.start) + edit.text + text.slice(edit.end), yaml);
}

/** One mark per line that had content; indentation, line ends and the header of a block stay. */
function markLines(written: string, mark: string): string {
  const lines = written.split('\n');
  if (lines.length === 1) {
    return mark;
  }
  const isBlock = /^[|>]/.test(written);
  return lines
    .map((line, index) => {
      if ((index === 0 && isBlock) || line.trim() === '') {
        return line;
      }
      return `${/^\s*/.exec(line)?.[0] ?? ''}${mark}`;
    })
    .join('\n');
}
