// The outline of a file: its objects by kind and name, and the keys inside them.
import type { Range } from '../problem';
import { identityOf, listItems } from '../kinds/identity';
import { follow, keyName } from '../yaml/resolve';
import type { MapNode, Node, Pair, ParsedYaml, SeqNode } from '../yaml/tree';

export interface DocumentSymbol {
  name: string;
  /** The value of a scalar, the namespace of an object; empty where there is nothing to add. */
  detail: string;
  kind: 'object' | 'map' | 'list' | 'value';
  range: Range;
  /** The part to select: a name or a key. Inside `range`. */
  selection: Range;
  children: DocumentSymbol[];
}

/** Symbols of all documents in order. Empty documents have none. */
export function documentSymbols(parsed: ParsedYaml): DocumentSymbol[] {
  return parsed.documents.flatMap(({ root }, index) => (root === undefined ? [] : [rootSymbol(parsed, root, index)]));
}

function rootSymbol(parsed: ParsedYaml, root: Node, index: number): DocumentSymbol {
  const identity = identityOf(root);
  if (identity === undefined) {
    const name = parsed.documents.length > 1 ? `Document ${index + 1}` : 'Document';
    return symbol(parsed, name, '', kindOf(root), root, root, childrenOf(parsed, root));
  }
  const { kind, name, namespace } = identity;
  const items = listItems(identity);
  const own = kind === 'Secret' ? root : undefined;
  const children =
    items === undefined ? childrenOf(parsed, root, own) : items.map((item, i) => rootSymbol(parsed, item, i));
  const selection = identity.nameNode ?? identity.kindNode;
  return symbol(
    parsed,
    name === '' ? kind : `${kind} ${name}`,
    namespace,
    'object',
    root,
    inside(selection, root),
    children,
  );
}

const secretFields = new Set(['data', 'stringData', 'secretGenerator']);

/** `secret`: the map whose fields of those names hold secrets, or true inside one of them: what they hold is not shown. */
function childrenOf(parsed: ParsedYaml, node: Node, secret?: Node | true): DocumentSymbol[] {
  if (node.kind === 'map') {
    return node.pairs.map((pair) => {
      const name = keyName(pair.key) ?? '';
      const hidden = secret === true || ((secret === node || name === 'secretGenerator') && secretFields.has(name));
      return pairSymbol(parsed, pair, hidden);
    });
  }
  return node.kind === 'seq' ? node.items.map((item, index) => itemSymbol(parsed, item, index, secret === true)) : [];
}

function pairSymbol(parsed: ParsedYaml, { key, value }: Pair, hidden: boolean): DocumentSymbol {
  const name = keyName(key) ?? (key.kind === 'scalar' ? key.text : '?');
  const whole = { start: key.start, end: Math.max(key.end, value.end) };
  return symbol(
    parsed,
    name === '' ? '""' : name,
    detailOf(value, hidden),
    kindOf(value),
    whole,
    key,
    childrenOf(parsed, value, hidden ? true : undefined),
  );
}

/** Items are called by their name where they have one, as people do. */
function itemSymbol(parsed: ParsedYaml, item: Node, index: number, hidden: boolean): DocumentSymbol {
  const children = childrenOf(parsed, item, hidden ? true : undefined);
  const named = item.kind === 'map' ? item.pairs.find(({ key }) => keyName(key) === 'name')?.value : undefined;
  const name = named?.kind === 'scalar' && named.text !== '' ? named.text : String(index);
  return symbol(parsed, name, detailOf(item, hidden), kindOf(item), item, item, children);
}

function symbol(
  parsed: ParsedYaml,
  name: string,
  detail: string,
  kind: DocumentSymbol['kind'],
  whole: { start: number; end: number },
  selection: { start: number; end: number },
  children: DocumentSymbol[],
): DocumentSymbol {
  const range = parsed.lines.range(whole.start, whole.end);
  return { name, detail, kind, range, selection: parsed.lines.range(selection.start, selection.end), children };
}

/** An alias may give an object its name from elsewhere; then the object itself is selected. */
function inside(node: Node, root: MapNode | SeqNode | Node): Node {
  return node.start >= root.start && node.end <= root.end ? node : root;
}

function kindOf(node: Node): DocumentSymbol['kind'] {
  return node.kind === 'map' ? 'map' : node.kind === 'seq' ? 'list' : 'value';
}

function detailOf(node: Node, hidden: boolean): string {
  const target = follow(node);
  if (hidden) {
    return target?.kind === 'scalar' && target.text !== '' ? '••••' : '';
  }
  const text = target?.kind === 'scalar' ? target.text.trim() : '';
  const line = text.split('\n', 1)[0] ?? '';
  return line.length > 60 ? line.slice(0, 59) + '…' : line;
}
