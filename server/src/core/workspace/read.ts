// Reads values with their places off the positioned YAML tree: the few questions that discovery asks of a declaration.
import { isObject, type JsonObject, type JsonValue } from '../json';
import type { Location, Problem, Range, Severity } from '../problem';
import { entryOf, nodeAt } from '../yaml/path';
import { follow } from '../yaml/resolve';
import type { MapNode, Node, Pair, ParsedYaml } from '../yaml/tree';

export { nodeAt };

/** A parsed file with its path: what a place in it needs to be reported. */
export interface PlacedYaml {
  path: string;
  parsed: ParsedYaml;
}

/** The node that an alias stands for, or the node itself. */
export function resolved(node: Node | undefined): Node | undefined {
  return node === undefined ? undefined : follow(node);
}

export function keyText(pair: Pair): string | undefined {
  return pair.key.kind === 'scalar' ? pair.key.text : undefined;
}

/** The pair of a key, merge keys included. */
export function pairOf(node: Node | undefined, key: string): Pair | undefined {
  const map = resolved(node);
  return map?.kind === 'map' ? entryOf(map, key) : undefined;
}

/** Text of a scalar at a path; undefined for anything else and for an empty or null value. */
export function textAt(node: Node | undefined, ...path: (string | number)[]): string | undefined {
  const found = nodeAt(node, path);
  if (found?.kind !== 'scalar' || (found.style === 'plain' && ['', '~', 'null', 'Null', 'NULL'].includes(found.text))) {
    return undefined;
  }
  return found.text;
}

/** Items of a list at a path; none where there is no list. */
export function itemsAt(node: Node | undefined, ...path: (string | number)[]): Node[] {
  const found = nodeAt(node, path);
  return found?.kind === 'seq' ? found.items : [];
}

export function pairsAt(node: Node | undefined, ...path: (string | number)[]): Pair[] {
  const found = nodeAt(node, path);
  return found?.kind === 'map' ? found.pairs : [];
}

export function asMap(node: Node | undefined): MapNode | undefined {
  const found = resolved(node);
  return found?.kind === 'map' ? found : undefined;
}

export function rangeOf(file: PlacedYaml, node: Node): Range {
  return file.parsed.lines.range(node.start, node.end);
}

export function locationOf(file: PlacedYaml, node: Node): Location {
  return { path: file.path, range: rangeOf(file, node) };
}

export function problemAt(file: PlacedYaml, node: Node, rule: string, severity: Severity, message: string): Problem {
  return { ...locationOf(file, node), rule, severity, message };
}

/** The value at a path of plain JSON. */
export function valueAt(value: JsonValue | undefined, ...path: (string | number)[]): JsonValue | undefined {
  let at = value;
  for (const step of path) {
    if (isObject(at)) {
      at = at[String(step)];
    } else if (Array.isArray(at)) {
      at = at[Number(step)];
    } else {
      return undefined;
    }
  }
  return at;
}

export function stringOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

export function objectsOf(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter((v): v is JsonObject => isObject(v)) : [];
}

export function stringsOf(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : [];
}
