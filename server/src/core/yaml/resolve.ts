// From nodes to values: scalars by dialect and tag, whole trees to JSON with merge keys and aliases.
import type { JsonObject, JsonValue } from '../json';
import type { Dialect, ScalarValue } from './scalars';
import { plainValue } from './scalars';
import type { MapNode, Node, ScalarNode } from './tree';

export type { Dialect, ScalarValue } from './scalars';

/** Something that a tree can hold and a JSON value cannot. */
export interface ValueFault {
  rule: 'yaml/invalid-key' | 'yaml/invalid-merge' | 'yaml/invalid-value';
  message: string;
  node: Node;
}

export type OnValueFault = (fault: ValueFault) => void;

/** Value of a scalar. Integers beyond 2^53 are bigints: no digit is lost. */
export function scalarValue(node: ScalarNode, dialect: Dialect = 'kubernetes'): ScalarValue {
  if (node.tag === undefined) {
    return node.style === 'plain' ? plainValue(node.text, dialect) : node.text;
  }
  const value = taggedValue(node, dialect);
  return value === undefined ? node.text : value;
}

/** The value that the tag asks for; undefined where the text is no such value. `null` wraps as itself. */
function taggedValue(node: ScalarNode, dialect: Dialect): ScalarValue | undefined {
  const value = plainValue(node.text, dialect);
  switch (node.tag) {
    case '!!null':
      return value === null ? null : undefined;
    case '!!bool':
      return typeof value === 'boolean' ? value : undefined;
    case '!!int':
      return typeof value === 'bigint' || (typeof value === 'number' && !isFloat(node.text)) ? value : undefined;
    case '!!float':
      return typeof value === 'bigint' || typeof value === 'number' ? value : undefined;
    case '!!binary':
      return decodeBase64(node.text);
    case undefined:
    default:
      // `!!str`, `!` and every tag that tools do not know leave the text as it is.
      return node.text;
  }
}

function isFloat(text: string): boolean {
  return !/^[-+]?0[xX]/.test(text) && /[.eE]/.test(text);
}

/** Text of a map key in JSON: numbers and bools are spelled out. Undefined for a key that JSON cannot have. */
export function keyName(key: Node, dialect: Dialect = 'kubernetes'): string | undefined {
  const node = follow(key);
  if (node === undefined || node.kind !== 'scalar') {
    return undefined;
  }
  if (node.style !== 'plain' && node.tag === undefined) {
    return node.text;
  }
  const value = scalarValue(node, dialect);
  return value === null ? undefined : typeof value === 'number' && !Number.isFinite(value) ? node.text : String(value);
}

/** The node that an alias stands for; undefined for an alias without a target. */
export function follow(node: Node): Node | undefined {
  let at: Node | undefined = node;
  while (at?.kind === 'alias') {
    at = at.target;
  }
  return at;
}

export function isMergeKey(key: Node): boolean {
  return key.kind === 'scalar' && key.style === 'plain' && key.text === '<<' && (key.tag ?? '!!merge') === '!!merge';
}

/**
 * JSON value of a tree, as Kubernetes tools convert it. Integers beyond 2^53 become the nearest double (`toJsonText`
 * keeps their digits). What JSON cannot hold is left out or null, and reported.
 */
export function toJson(node: Node | undefined, dialect: Dialect = 'kubernetes', onFault?: OnValueFault): JsonValue {
  const target = node === undefined ? undefined : follow(node);
  if (target === undefined) {
    return null;
  }
  switch (target.kind) {
    case 'map':
      return mapToJson(target, dialect, onFault);
    case 'seq':
      return target.items.map((item) => toJson(item, dialect, onFault));
    case 'scalar': {
      const value = scalarToJson(target, dialect, onFault);
      return typeof value === 'bigint' ? Number(value) : value;
    }
    case 'alias':
      return null;
  }
}

function scalarToJson(node: ScalarNode, dialect: Dialect, onFault?: OnValueFault): ScalarValue {
  if (onFault !== undefined) {
    const message = taggedFault(node, dialect);
    if (message !== undefined) {
      onFault({ rule: 'yaml/invalid-value', message, node });
    }
  }
  const value = scalarValue(node, dialect);
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}

/** Why a scalar has no JSON value of its tag; undefined for nearly all, which have one. */
export function taggedFault(node: ScalarNode, dialect: Dialect = 'kubernetes'): string | undefined {
  if (node.tag !== undefined && taggedValue(node, dialect) === undefined) {
    return `"${node.text}" is not a value of the type ${node.tag}.`;
  }
  const value = node.style === 'plain' && node.text.includes('.') ? scalarValue(node, dialect) : null;
  return typeof value === 'number' && !Number.isFinite(value)
    ? `${node.text} cannot be sent to Kubernetes: JSON has no such number.`
    : undefined;
}

function mapToJson(map: MapNode, dialect: Dialect, onFault?: OnValueFault): JsonObject {
  const object: JsonObject = {};
  for (const { name, value } of entries(map, dialect, onFault)) {
    setProperty(object, name, toJson(value, dialect, onFault));
  }
  return object;
}

export interface Entry {
  name: string;
  key: Node;
  value: Node;
}

/**
 * Entries of a map with merge keys resolved: own keys win over merged ones, earlier merged maps over later ones, and of
 * duplicate keys the last stands. In text order, merged entries last.
 */
export function entries(map: MapNode, dialect: Dialect = 'kubernetes', onFault?: OnValueFault): Entry[] {
  const result: Entry[] = [];
  const merges: Node[] = [];
  const places = new Map<string, number>();
  for (const { key, value } of map.pairs) {
    if (isMergeKey(key)) {
      merges.push(value);
      continue;
    }
    const name = keyName(key, dialect);
    if (name === undefined) {
      onFault?.({ rule: 'yaml/invalid-key', message: 'A key must be a text: quote it.', node: key });
      continue;
    }
    const place = places.get(name);
    if (place === undefined) {
      places.set(name, result.length);
      result.push({ name, key, value });
    } else {
      result[place] = { name, key, value };
    }
  }
  for (const merge of merges) {
    const target = follow(merge);
    const sources = target?.kind === 'seq' ? target.items.map(follow) : [target];
    for (const source of sources) {
      if (source?.kind !== 'map') {
        onFault?.({
          rule: 'yaml/invalid-merge',
          message: 'A merge key "<<" needs a map, an alias of a map, or a list of them.',
          node: merge,
        });
        continue;
      }
      for (const entry of entries(source, dialect)) {
        if (!places.has(entry.name)) {
          places.set(entry.name, result.length);
          result.push(entry);
        }
      }
    }
  }
  return result;
}

/** JSON text of a tree; every integer keeps all its digits. */
export function toJsonText(node: Node | undefined, dialect: Dialect = 'kubernetes'): string {
  const target = node === undefined ? undefined : follow(node);
  switch (target?.kind) {
    case 'map':
      return `{${entries(target, dialect)
        .map(({ name, value }) => `${JSON.stringify(name)}:${toJsonText(value, dialect)}`)
        .join(',')}}`;
    case 'seq':
      return `[${target.items.map((item) => toJsonText(item, dialect)).join(',')}]`;
    case 'scalar': {
      const value = scalarToJson(target, dialect);
      return typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
    }
    case 'alias':
    case undefined:
      return 'null';
  }
}

/** `__proto__` is an ordinary key of a person's file. */
function setProperty(object: JsonObject, name: string, value: JsonValue): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[name] = value;
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** UTF-8 text of base64; undefined where it is none. */
export function decodeBase64(text: string): string | undefined {
  const digits = text.replace(/\s+/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(digits)) {
    return undefined;
  }
  let encoded = '';
  let latin = '';
  let buffer = 0;
  let bits = 0;
  for (const digit of digits.replace(/=+$/, '')) {
    buffer = ((buffer << 6) | alphabet.indexOf(digit)) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      const byte = (buffer >> bits) & 0xff;
      encoded += '%' + byte.toString(16).padStart(2, '0');
      latin += byte < 0x80 ? String.fromCharCode(byte) : '\uFFFD';
    }
  }
  try {
    return decodeURIComponent(encoded);
  } catch {
    return latin;
  }
}
