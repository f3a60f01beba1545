// Paths of trie elements, translated: to what people read, to JSON Pointers into an object, and to the value there.
import type { JsonObject, JsonPath, JsonValue } from '../json';
import { isObject, toPointer } from '../json';
import type { ElementPath } from './compare';
import type { SchemaNode } from './mergeSchema';
import { childNode, itemElement, nodeFor } from './mergeSchema';

/** `spec.containers[app].image`; keys that hold dots or slashes stand in brackets. */
export function displayPath(path: ElementPath): string {
  let text = '';
  for (const element of path) {
    const name = element.slice(2);
    if (element.startsWith('f:')) {
      text += /^[A-Za-z0-9_$-]+$/.test(name) ? (text === '' ? name : `.${name}`) : `[${name}]`;
    } else if (element.startsWith('k:')) {
      text += `[${keyValues(name).join('/')}]`;
    } else if (element.startsWith('v:')) {
      text += `[${shortScalar(parse(name))}]`;
    } else {
      text += `[${name}]`;
    }
  }
  return text;
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

function keyValues(json: string): string[] {
  const keys = parse(json);
  return isObject(keys) ? Object.values(keys).map(shortScalar) : [json];
}

const shortScalar = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value));

/**
 * Walks a path through a value as far as it exists. `complete` is false where it ends early; `path` is then the part that
 * exists.
 */
export function resolve(
  root: SchemaNode,
  value: JsonObject,
  elements: ElementPath,
): { path: (string | number)[]; value: JsonValue | undefined; complete: boolean } {
  const path: (string | number)[] = [];
  let node: SchemaNode | undefined = root;
  let current: JsonValue = value;
  for (const element of elements) {
    const shape = nodeFor(node, current);
    const name = element.slice(2);
    let next: JsonValue | undefined;
    let step: string | number = name;
    if (element.startsWith('f:')) {
      next = isObject(current) ? current[name] : undefined;
      node = shape.kind === 'map' ? childNode(shape, name) : undefined;
    } else if (Array.isArray(current)) {
      const items: JsonValue[] = current;
      step = element.startsWith('i:')
        ? Number(name)
        : shape.kind === 'list'
          ? items.findIndex((item) => itemElement(shape, item) === element)
          : -1;
      next = items[step];
      node = shape.kind === 'list' ? shape.items : undefined;
    }
    if (next === undefined) {
      return { path, value: current, complete: false };
    }
    path.push(step);
    current = next;
  }
  return { path, value: current, complete: true };
}

/** The value at a path, undefined where there is none. */
export function valueAt(root: SchemaNode, object: JsonObject | undefined, path: ElementPath): JsonValue | undefined {
  const found = object && resolve(root, object, path);
  return found?.complete === true ? found.value : undefined;
}

/** JSON Pointer into the object. Where a part is missing it is named as it would be added: a key, or `-` past a list's end. */
export function pointerInto(root: SchemaNode, object: JsonObject | undefined, elements: ElementPath): string {
  const found = resolve(root, object ?? {}, elements);
  const rest: JsonPath = elements
    .slice(found.path.length)
    .map((element) => (element.startsWith('f:') ? element.slice(2) : '-'));
  return toPointer([...found.path, ...rest]);
}

const longest = 120;

/** One line of text for a value, cut to a readable length. */
export function oneLine(value: JsonValue | undefined): string | undefined {
  if (value === undefined) {
    return undefined;
  }
  const text = textOf(value);
  return text === '' ? '""' : cut(text);
}

/** One line for each of two values that differ. Where their beginnings are alike, from the line or place at which they part. */
export function oneLineEach(a: JsonValue, b: JsonValue): [string, string] {
  const whole: [string, string] = [oneLine(a) ?? '', oneLine(b) ?? ''];
  const [x, y] = [textOf(a), textOf(b)];
  if (whole[0] !== whole[1] || x === y) {
    return whole;
  }
  let same = 0;
  while (same < x.length && x[same] === y[same]) {
    same++;
  }
  const from = Math.max(x.lastIndexOf('\n', same - 1) + 1, same - longest / 2);
  const rest = (text: string): string => `… ${from >= text.length ? '(ends here)' : cut(text.slice(from))}`;
  return [rest(x), rest(y)];
}

const textOf = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value));

function cut(text: string): string {
  const end = text.search(/[\r\n]/);
  const line = end < 0 ? text : `${text.slice(0, end)} …`;
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
