// The tables of roles as trees of field names, so that one walk over a document meets every line that applies to it.
import type { KindRef } from './facts';
import type { RoleLine } from './roleLine';
import { roleLines } from './roles';

export interface PathNode {
  fields: Map<string, PathNode>;
  /** Any field. */
  any?: PathNode;
  item?: PathNode;
  /** Lines whose value stands here, whose keys, whose pairs. */
  values: RoleLine[];
  keys: RoleLine[];
  pairs: RoleLine[];
}

const emptyNode = (): PathNode => ({ fields: new Map(), values: [], keys: [], pairs: [] });

/** By place: `apps/Deployment`, `/Service`, `Pod`, `container`, `object`, `kustomization`, `chart`. */
const trees = new Map<string, PathNode>();
const special = new Set(['Pod', 'container', 'object', 'kustomization', 'chart']);

for (const line of roleLines) {
  const place = special.has(line.in) || line.in.includes('/') ? line.in : `/${line.in}`;
  let tree = trees.get(place);
  if (tree === undefined) {
    tree = emptyNode();
    trees.set(place, tree);
  }
  add(tree, line);
}

function add(tree: PathNode, line: RoleLine): void {
  const end = /\{=?\}$/.exec(line.path)?.[0];
  let at = tree;
  for (const step of stepsOf(end === undefined ? line.path : line.path.slice(0, -end.length))) {
    if (step === '[]') {
      at = at.item ??= emptyNode();
    } else if (step === '*') {
      at = at.any ??= emptyNode();
    } else {
      let next = at.fields.get(step);
      if (next === undefined) {
        next = emptyNode();
        at.fields.set(step, next);
      }
      at = next;
    }
  }
  (end === undefined ? at.values : end === '{}' ? at.keys : at.pairs).push(line);
}

/** `a.(b.c/d).e[]` → a, b.c/d, e, []. */
function stepsOf(path: string): string[] {
  return [...path.matchAll(/\(([^)]*)\)|(\[\])|([^.[\]()]+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

export function pathsOf(place: string): PathNode | undefined {
  return trees.get(place);
}

const kindRefs = new Map<string, KindRef>();

/** `apps/Deployment` as group and kind; the same value for the same text. */
export function kindRef(text: string): KindRef {
  let found = kindRefs.get(text);
  if (found === undefined) {
    const slash = text.lastIndexOf('/');
    found = { group: slash < 0 ? '' : text.slice(0, slash), kind: text.slice(slash + 1) };
    kindRefs.set(text, found);
  }
  return found;
}

const lists = new Map<readonly string[], readonly KindRef[]>();
const none: readonly KindRef[] = [];

/** The kinds of a line; the same list for the same line. */
export function kindsOf(line: RoleLine): readonly KindRef[] {
  if (line.kinds === undefined) {
    return none;
  }
  let found = lists.get(line.kinds);
  if (found === undefined) {
    found = line.kinds.map(kindRef);
    lists.set(line.kinds, found);
  }
  return found;
}
