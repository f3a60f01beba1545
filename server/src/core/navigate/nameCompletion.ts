// Completion of what exists: names, keys, ports and paths that the graph knows, written as the place needs them.
import type { NameCandidate } from '../graph/graph';
import type { CompletionItem } from '../schema/completionItem';
import { writeScalar } from '../edit/writeValue';
import type { ParsedYaml, ScalarNode } from '../yaml/tree';
import { documentAt, pathAt } from '../yaml/path';

export interface Candidates {
  from: number;
  to: number;
  items: readonly NameCandidate[];
}

/** Items in front of what schemas offer for the same place. */
export function nameItems(parsed: ParsedYaml, offset: number, found: Candidates): CompletionItem[] {
  const seen = new Set<string>();
  const node = scalarHolding(parsed, offset);
  const quoted = node !== undefined && (node.style === 'single' || node.style === 'double') && node.start < node.end;
  // Quotes stay as they are: what stands between them is replaced.
  const from = quoted ? Math.max(found.from, node.start + 1) : found.from;
  const closed = quoted && node.end - node.start > 1 && parsed.text[node.end - 1] === parsed.text[node.start];
  const to = Math.max(from, closed ? Math.min(found.to, node.end - 1) : found.to);
  const quote = quoteAt(parsed.text, from, node);
  // Behind a colon or dash without a space one has to be written.
  const gap =
    quote === undefined && /[:-]/.test(parsed.text[from - 1] ?? '') && from === to && !isInside(node, from) ? ' ' : '';
  return found.items.flatMap(({ text, definition, detail }, index) => {
    if (seen.has(`${text}\n${detail}`)) {
      return [];
    }
    seen.add(`${text}\n${detail}`);
    const isPath = definition.entity === 'file' || definition.entity === 'folder';
    return [
      {
        label: text,
        kind: isPath ? 'file' : 'reference',
        detail,
        insertText: gap + written(text, quote, isInside(node, from) && node !== undefined && node.start < from),
        start: from,
        end: to,
        sortText: `!${String(index).padStart(5, '0')}`,
        filterText: gap + text,
      } satisfies CompletionItem,
    ];
  });
}

function scalarHolding(parsed: ParsedYaml, offset: number): ScalarNode | undefined {
  const document = documentAt(parsed, offset);
  const node = document === undefined ? undefined : pathAt(document, offset)?.node;
  return node?.kind === 'scalar' ? node : undefined;
}

/** The quotes around a place, as far as the text has them. */
function quoteAt(text: string, from: number, node: ScalarNode | undefined): '"' | "'" | undefined {
  const before = text[from - 1];
  if (node?.style === 'single' || (node === undefined && before === "'")) {
    return "'";
  }
  return node?.style === 'double' || (node === undefined && before === '"') ? '"' : undefined;
}

function isInside(node: ScalarNode | undefined, from: number): boolean {
  return node !== undefined && node.start <= from && from <= node.end && node.start < node.end;
}

/** Inside quotes, or as a part of a longer text, as it is; alone with the quotes that it needs. */
function written(text: string, quote: '"' | "'" | undefined, isPart: boolean): string {
  return quote !== undefined || isPart ? text : writeScalar(text);
}
