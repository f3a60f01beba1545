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

/** More of them make an outline slow and help nobody. */
export const mostSymbols = 10_000;

/**
 * Symbols of all documents in order. Empty documents have none. Where there are more than `most`, fields are left out level by level, and a
 * last symbol says so. Values of Secrets are never shown.
 */
export function documentSymbols(parsed: ParsedYaml, most = mostSymbols): DocumentSymbol[] {
  const roots = parsed.documents.flatMap(({ root }) => (root === undefined ? [] : [root]));
  const levels: number[] = [];
  roots.forEach((root) => {
    countLevels(root, 0, levels);
  });
  const total = levels.reduce((sum, count) => sum + count, 0);
  let depth = levels.length;
  for (let count = total; depth > 1 && count > most; depth--) {
    count -= levels[depth - 1] ?? 0;
  }
  const outline = new Outline(parsed, depth);
  const symbols = parsed.documents.flatMap(({ root }, index) =>
    root === undefined ? [] : [outline.root(root, index)],
  );
  return depth === levels.length ? symbols : [...symbols, outline.cut(total, depth)];
}

function countLevels(node: Node, level: number, levels: number[]): void {
  levels[level] = (levels[level] ?? 0) + 1;
  if (node.kind === 'map') {
    node.pairs.forEach(({ value }) => {
      countLevels(value, level + 1, levels);
    });
  } else if (node.kind === 'seq') {
    node.items.forEach((item) => {
      countLevels(item, level + 1, levels);
    });
  }
}

/** Fields whose values are nobody's business on a screen. */
const secretFields = new Set(['data', 'stringData', 'binaryData']);

class Outline {
  constructor(
    private readonly parsed: ParsedYaml,
    /** Levels that are listed. */
    private readonly depth: number,
  ) {}

  root(root: Node, index: number, level = 0): DocumentSymbol {
    const { parsed } = this;
    const identity = identityOf(root);
    if (identity === undefined) {
      const name = parsed.documents.length > 1 ? `Document ${index + 1}` : 'Document';
      // What has lost its kind may be a Secret.
      return symbol(parsed, name, '', kindOf(root), root, root, this.children(root, level + 1, isSecret(root)));
    }
    const { kind, name, namespace } = identity;
    const items = listItems(identity);
    const children =
      items === undefined
        ? this.children(root, level + 1, isSecret(root))
        : level + 1 >= this.depth
          ? []
          : items.map((item, i) => this.root(item, i, level + 1));
    const selection = inside(identity.nameNode ?? identity.kindNode, root);
    return symbol(parsed, name === '' ? kind : `${kind} ${name}`, namespace, 'object', root, selection, children);
  }

  /** Says that not everything is listed. */
  cut(total: number, depth: number): DocumentSymbol {
    const end = { start: this.parsed.text.length, end: this.parsed.text.length };
    const detail = `${total.toLocaleString('en')} fields in all; the first ${depth === 1 ? 'level is' : `${depth} levels are`} listed`;
    return symbol(this.parsed, 'Outline is cut', detail, 'value', end, end, []);
  }

  /** `secret`: the map is a Secret's root, or everything in it is a Secret's value. */
  private children(node: Node, level: number, secret: 'root' | 'value' | undefined): DocumentSymbol[] {
    if (level >= this.depth) {
      return [];
    }
    if (node.kind === 'map') {
      return node.pairs.map((pair) => this.pair(pair, level, secret));
    }
    return node.kind === 'seq' ? node.items.map((item, index) => this.item(item, index, level, secret)) : [];
  }

  private pair({ key, value }: Pair, level: number, secret: 'root' | 'value' | undefined): DocumentSymbol {
    const name = keyName(key) ?? (key.kind === 'scalar' ? key.text : '?');
    const whole = { start: key.start, end: Math.max(key.end, value.end) };
    const hides =
      secret === 'value' || name === 'secretGenerator' || (secret === 'root' && secretFields.has(name))
        ? 'value'
        : undefined;
    return symbol(
      this.parsed,
      name === '' ? '""' : name,
      detailOf(value, hides !== undefined),
      kindOf(value),
      whole,
      key,
      this.children(value, level + 1, hides),
    );
  }

  /** Items are called by their name where they have one, as people do. */
  private item(item: Node, index: number, level: number, secret: 'root' | 'value' | undefined): DocumentSymbol {
    const children = this.children(item, level + 1, secret);
    const named = item.kind === 'map' ? item.pairs.find(({ key }) => keyName(key) === 'name')?.value : undefined;
    const name = named?.kind === 'scalar' && named.text !== '' ? named.text : String(index);
    return symbol(this.parsed, name, detailOf(item, secret === 'value'), kindOf(item), item, item, children);
  }
}

/** A Secret, or something with a Secret's fields that does not say what it is. */
function isSecret(root: Node): 'root' | undefined {
  const map = follow(root);
  const kind = map?.kind === 'map' ? map.pairs.find(({ key }) => keyName(key) === 'kind')?.value : undefined;
  const text = kind?.kind === 'scalar' ? kind.text.toLowerCase() : '';
  return text === '' || text.startsWith('secret') ? 'root' : undefined;
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
