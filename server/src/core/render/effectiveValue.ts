// What a field of a file becomes where it is deployed: the value that the rendering has in its place, and who put it there.
import { isSensitive } from '../drift/mask';
import { objectAt } from '../fixes/place';
import type { JsonPath } from '../json';
import type { Origin } from '../ports';
import { entryOf, nodeAt, pathAt } from '../yaml/path';
import { follow, keyName } from '../yaml/resolve';
import type { Node, ParsedYaml, SeqNode, YamlDocument } from '../yaml/tree';
import type { Rendering, Resource } from './rendering';

export interface EffectiveValue {
  /** As the rendering writes it, on one line. */
  value: string;
  /** Source lines that made it, the file's own line left out. */
  origins: Origin[];
}

/**
 * Undefined where the value stays as it is written, where the rendering has no such object or field, for what is no single value, and for
 * everything in a Secret.
 */
export function effectiveValue(
  rendering: Rendering,
  path: string,
  parsed: ParsedYaml,
  document: YamlDocument,
  offset: number,
): EffectiveValue | undefined {
  const found = pathAt(document, offset);
  const object = objectAt(document, offset);
  const written = found?.pair === undefined ? found?.node : found.pair.value;
  const own = written === undefined ? undefined : follow(written);
  if (rendering.failure !== undefined || found === undefined || object === undefined || own?.kind !== 'scalar') {
    return undefined;
  }
  const line = parsed.lines.positionAt(object.kindNode.start).line;
  const resource = rendering.resources.find((one) => comesFrom(one, rendering, path, line));
  // Of a `List` the item is the object.
  const inside = nodeAt(document.root, found.path.slice(0, 2)) === object.root ? found.path.slice(2) : found.path;
  const root = resource === undefined ? undefined : rootOf(resource);
  if (resource === undefined || root === undefined || isSensitive(resource.object)) {
    return undefined;
  }
  const node = counterpart(object.root, root, inside);
  if (node?.kind !== 'scalar' || node.text === own.text) {
    return undefined;
  }
  const origins = rendering.origins[rendering.parsed.lines.positionAt(node.start).line] ?? [];
  const here = parsed.lines.positionAt(own.start).line;
  return {
    value: shown(node.text),
    origins: origins.filter((origin) => origin.path !== path || origin.line !== here),
  };
}

function rootOf({ document, at }: Resource): Node | undefined {
  return at === undefined ? document.root : nodeAt(document.root, at);
}

/** The line that says the kind is nobody else's: no patch writes it over. */
function comesFrom(resource: Resource, { origins, parsed }: Rendering, path: string, line: number): boolean {
  const root = rootOf(resource);
  const kind = root?.kind === 'map' ? entryOf(root, 'kind') : undefined;
  const at = kind === undefined ? undefined : parsed.lines.positionAt(kind.key.start).line;
  return at !== undefined && (origins[at] ?? []).some((origin) => origin.path === path && origin.line === line);
}

/** The node at a path of `own`, in a tree that may hold items in another order: named ones are found by their name. */
function counterpart(own: Node | undefined, other: Node | undefined, path: JsonPath): Node | undefined {
  const a = own && follow(own);
  const b = other && follow(other);
  const [step, ...rest] = path;
  if (step === undefined || a === undefined || b === undefined) {
    return b;
  }
  if (typeof step === 'number') {
    return a.kind === 'seq' && b.kind === 'seq' ? counterpart(a.items[step], sameItem(a, b, step), rest) : undefined;
  }
  return a.kind === 'map' && b.kind === 'map'
    ? counterpart(entryOf(a, step)?.value, entryOf(b, step)?.value, rest)
    : undefined;
}

/** Unnamed items are the same only where none came or went. */
function sameItem(own: SeqNode, other: SeqNode, index: number): Node | undefined {
  const item = own.items[index];
  const name = item === undefined ? undefined : nameOf(item);
  if (name === undefined) {
    return own.items.length === other.items.length ? other.items[index] : undefined;
  }
  const [same, ...more] = other.items.filter((one) => nameOf(one) === name);
  return more.length === 0 ? same : undefined;
}

function nameOf(node: Node): string | undefined {
  const map = follow(node);
  const name = map?.kind === 'map' ? map.pairs.find(({ key }) => keyName(key) === 'name')?.value : undefined;
  return name?.kind === 'scalar' ? name.text : undefined;
}

function shown(text: string): string {
  const [first = ''] = text.split('\n');
  return first.length > 80 || text.includes('\n') ? `${first.slice(0, 80)}…` : first;
}
