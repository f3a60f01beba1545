// What can be folded: documents, fields and items of several lines, texts, runs of comments, and regions that comments mark.
import type { Node, ParsedYaml } from '../yaml/tree';

export interface Fold {
  /** Zero-based; the first line stays visible. */
  start: number;
  end: number;
  kind: 'structure' | 'comment' | 'region';
}

/** In text order. Undefined where the text is too broken to say: an editor's own guess by indentation is better then. */
export function folds(parsed: ParsedYaml): Fold[] | undefined {
  if (parsed.documents.some(({ root, faults }) => root === undefined && faults.length > 0)) {
    return undefined;
  }
  const found = new Map<string, Fold>();
  const { text, lines } = parsed;
  const lineOf = (offset: number): number => lines.positionAt(offset).line;
  const add = (start: number, end: number, kind: Fold['kind']): void => {
    // Of what begins in one line the editor shows the longest anyway.
    const known = found.get(`${start} ${kind}`);
    if (end > start && (known === undefined || known.end < end)) {
      found.set(`${start} ${kind}`, { start, end, kind });
    }
  };
  /** The last line that the node has something on. */
  const lastLine = (start: number, end: number): number => {
    let at = Math.min(end, text.length);
    while (at > start && /\s/.test(text.charAt(at - 1))) {
      at--;
    }
    return lineOf(Math.max(start, at - 1));
  };
  const walk = (node: Node): void => {
    if (node.kind === 'map') {
      for (const { key, value } of node.pairs) {
        add(lineOf(key.start), lastLine(key.start, Math.max(key.end, value.end)), 'structure');
        walk(value);
      }
    } else if (node.kind === 'seq') {
      for (const item of node.items) {
        add(lineOf(item.start), lastLine(item.start, item.end), 'structure');
        walk(item);
      }
    }
  };
  for (const { root, start, end, comments } of parsed.documents) {
    if (root !== undefined) {
      if (parsed.documents.length > 1) {
        add(firstLine(text, start, lineOf), lastLine(start, end), 'structure');
      }
      walk(root);
    }
    addComments(parsed, comments, add);
  }
  return [...found.values()].sort((a, b) => a.start - b.start || b.end - a.end);
}

/** The marker of a document, or its first line that is not empty. */
function firstLine(text: string, start: number, lineOf: (offset: number) => number): number {
  return lineOf(start + (/^\s*/.exec(text.slice(start, start + 1000))?.[0].length ?? 0));
}

function addComments(
  { text, lines }: ParsedYaml,
  comments: readonly { start: number; end: number }[],
  add: (start: number, end: number, kind: Fold['kind']) => void,
): void {
  const regions: number[] = [];
  let first = -1;
  let last = -2;
  const flush = (): void => {
    if (first >= 0) {
      add(first, last, 'comment');
    }
    first = -1;
  };
  for (const { start, end } of comments) {
    const { line, character } = lines.positionAt(start);
    const words = text.slice(start, end);
    if (/^#\s*region\b/.test(words)) {
      regions.push(line);
    } else if (/^#\s*endregion\b/.test(words)) {
      const opened = regions.pop();
      if (opened !== undefined) {
        add(opened, line, 'region');
      }
    }
    const isAlone = text.slice(start - character, start).trim() === '';
    if (!isAlone || line !== last + 1) {
      flush();
    }
    if (isAlone) {
      first = first < 0 ? line : first;
      last = line;
    }
  }
  flush();
}
