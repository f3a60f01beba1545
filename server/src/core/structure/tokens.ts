// Words that mean more than YAML shows: what an object is, and variables that Flux fills in after the build. Nothing else is coloured: the
// rest an editor's own grammar shows as well.
import { identityOf, listItems } from '../kinds/identity';
import type { DetectedDocument } from '../kinds/kind';
import { entryOf } from '../yaml/path';
import { follow } from '../yaml/resolve';
import type { Node, ParsedYaml } from '../yaml/tree';

export const tokenTypes = ['namespace', 'class', 'variable'] as const;

export interface Token {
  start: number;
  end: number;
  type: (typeof tokenTypes)[number];
}

/** In text order, each on one line. `substituted`: a Flux Kustomization is known to fill in the file's variables. */
export function tokens(parsed: ParsedYaml, documents: readonly DetectedDocument[], substituted: boolean): Token[] {
  const found: Token[] = [];
  const word = (node: Node | undefined, type: Token['type']): void => {
    const plain =
      node?.kind === 'scalar' && (node.style === 'plain' || node.style === 'single' || node.style === 'double');
    if (
      node !== undefined &&
      plain &&
      node.end > node.start &&
      !/[\r\n]/.test(parsed.text.slice(node.start, node.end))
    ) {
      found.push({ start: node.start, end: node.end, type });
    }
  };
  for (const { document, kind, identity } of documents) {
    if (identity === undefined || kind.id === 'helmTemplate' || kind.id === 'other') {
      continue;
    }
    const objects = [identity, ...(listItems(identity) ?? []).flatMap((item) => identityOf(item) ?? [])];
    for (const { root, kindNode } of objects) {
      word(entryOf(root, 'apiVersion')?.value, 'namespace');
      word(kindNode, 'class');
    }
    if (substituted) {
      variables(parsed, document.root, found);
    }
  }
  const taken = new Set<number>();
  return found
    .sort((a, b) => a.start - b.start)
    .filter(({ start }, index) => {
      const before = found[index - 1];
      const isFree = !taken.has(start) && (before === undefined || before.end <= start);
      taken.add(start);
      return isFree;
    });
}

/** `${name}`, with a default or another operation or without; `$${name}` is a text. */
function variables(parsed: ParsedYaml, node: Node | undefined, found: Token[]): void {
  const target = node === undefined || node.kind === 'alias' ? undefined : follow(node);
  if (target?.kind === 'map') {
    for (const { key, value } of target.pairs) {
      variables(parsed, key, found);
      variables(parsed, value, found);
    }
  } else if (target?.kind === 'seq') {
    target.items.forEach((item) => {
      variables(parsed, item, found);
    });
  } else if (target?.kind === 'scalar') {
    const text = parsed.text.slice(target.start, target.end);
    for (const match of text.matchAll(/(?<!\$)\$\{[A-Za-z_]\w*[^{}\r\n]*\}/g)) {
      found.push({
        start: target.start + match.index,
        end: target.start + match.index + match[0].length,
        type: 'variable',
      });
    }
  }
}
