// From nodes to values: scalars by dialect and tag, whole trees to JSON with merge keys and aliases.
import { exactInteger, type JsonObject, type JsonValue } from '../json';
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
    case '!!timestamp':
      return typeof value === 'string' && isTimestamp(node.text) ? node.text : undefined;
    case undefined:
    default:
      // `!!str`, `!` and every tag that tools do not know leave the text as it is.
      return node.text;
  }
}

function isTimestamp(text: string): boolean {
  const match =
    /^(\d{4}-\d\d?-\d\d?)(?:[Tt]\d\d?:\d\d?:\d\d?(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)| \d\d?:\d\d?:\d\d?(?:\.\d+)?)?$/.exec(
      text,
    );
  const [year = 0, month = 0, day = 0] = (match?.[1] ?? '').split('-').map(Number);
  return (
    match !== null && month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
  );
}

export function isFloat(text: string): boolean {
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
  if (value === null || (typeof value === 'bigint' && value >= 2n ** 63n)) {
    return undefined;
  }
  return typeof value === 'number' && (isFloat(node.text) || !Number.isSafeInteger(value))
    ? floatKey(value)
    : String(value);
}

/** A float as the key that Kubernetes' reader makes of it: the shortest text of the nearest single-precision number. */
function floatKey(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) {
    return Number.isNaN(single) ? '.nan' : single < 0 ? '-.inf' : '.inf';
  }
  let digits = 1;
  while (digits < 9 && Math.fround(Number(single.toPrecision(digits))) !== single) {
    digits++;
  }
  const [mantissa = '', power = '0'] = single.toExponential(digits - 1).split('e');
  const exponent = Number(power);
  const sign = Object.is(single, -0) ? '-' : '';
  if (exponent >= -4 && exponent < 6) {
    return sign + String(Number(single.toPrecision(digits)));
  }
  return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
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

/** `toJson` for what is written out as JSON: an integer beyond 2^53 becomes a mark that `writeJson` turns into its digits. */
export function toExactJson(node: Node | undefined): JsonValue {
  const target = node === undefined ? undefined : follow(node);
  if (target?.kind === 'map') {
    const object: JsonObject = {};
    for (const { name, value } of entries(target)) {
      setProperty(object, name, toExactJson(value));
    }
    return object;
  }
  if (target?.kind === 'seq') {
    return target.items.map(toExactJson);
  }
  const value = target?.kind === 'scalar' ? scalarValue(target) : null;
  return typeof value === 'bigint' ? exactInteger(value) : toJson(target);
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

/** UTF-8 text of base64; undefined where it is none. Each byte that is no UTF-8 becomes U+FFFD, as Go's JSON writes it. */
export function decodeBase64(text: string): string | undefined {
  const digits = text.replace(/\s+/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(digits)) {
    return undefined;
  }
  const bytes: number[] = [];
  let buffer = 0;
  let bits = 0;
  for (const digit of digits.replace(/=+$/, '')) {
    buffer = ((buffer << 6) | alphabet.indexOf(digit)) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((buffer >> bits) & 0xff);
    }
  }
  let decoded = '';
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes, at);
    const encoded = bytes.slice(at, at + Math.max(1, length)).map((byte) => '%' + byte.toString(16).padStart(2, '0'));
    decoded += length === 0 ? '\uFFFD' : decodeURIComponent(encoded.join(''));
    at += Math.max(1, length);
  }
  return decoded;
}

/** Number of bytes of the UTF-8 character at a place; 0 where there is none. */
function characterLength(bytes: readonly number[], at: number): number {
  const first = bytes[at] ?? 0;
  const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i] ?? 0;
    // The second byte excludes long forms, surrogates and what lies beyond U+10FFFF.
    const low = i > 1 ? 0x80 : first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
    const high = i > 1 ? 0xbf : first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
    if (byte < low || byte > high) {
      return 0;
    }
  }
  return length;
}
