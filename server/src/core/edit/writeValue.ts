// Values as YAML text in the style of the place they go to: read back by Kubernetes' own reader, they are the same values.
import type { JsonValue } from '../json';
import { isObject } from '../json';
import { plainValue } from '../yaml/scalars';
import type { ScalarNode } from '../yaml/tree';

/** A scalar on one line. `like`: the scalar that it replaces, whose quotes it keeps where it can. */
export function writeScalar(value: string | number | boolean | null, like?: ScalarNode): string {
  if (typeof value !== 'string') {
    return value === null ? 'null' : String(value);
  }
  if (like?.style === 'single' && isPrintable(value)) {
    return singleQuoted(value);
  }
  if (like?.style === 'double') {
    return doubleQuoted(value);
  }
  if (isPlain(value)) {
    return value;
  }
  return isPrintable(value) && value.includes('"') ? singleQuoted(value) : doubleQuoted(value);
}

/** A key; always on one line. */
export function writeKey(name: string): string {
  return isPlain(name) && name !== '<<' ? name : doubleQuoted(name);
}

/**
 * Lines of a value behind its key (`key:` + the result). `indent`: of the key's line; `step`: how much deeper nested lines go;
 * `listStep`: the same for the items of lists, 0 where the file writes them at the key's column.
 */
export function writeAfterKey(value: JsonValue, indent: number, style: BlockStyle): string {
  if (isObject(value) && Object.keys(value).length > 0) {
    return style.eol + blockMap(value, indent + style.step, style);
  }
  if (Array.isArray(value) && value.length > 0) {
    return style.eol + blockList(value, indent + style.listStep, style);
  }
  return ' ' + inline(value, indent, style);
}

export interface BlockStyle {
  step: number;
  listStep: number;
  eol: string;
  /** Texts of several lines are quoted instead of written as block texts. */
  quoted?: boolean;
}

/** Lines of a map, each indented; without a line break at the end. */
export function blockMap(value: Record<string, JsonValue>, indent: number, style: BlockStyle): string {
  return Object.entries(value)
    .map(([key, entry]) => ' '.repeat(indent) + writeKey(key) + ':' + writeAfterKey(entry, indent, style))
    .join(style.eol);
}

function blockList(items: readonly JsonValue[], indent: number, style: BlockStyle): string {
  return items.map((item) => ' '.repeat(indent) + '- ' + writeItem(item, indent, style)).join(style.eol);
}

/** A list item behind its `- `. */
export function writeItem(item: JsonValue, indent: number, style: BlockStyle): string {
  if (isObject(item) && Object.keys(item).length > 0) {
    return blockMap(item, indent + 2, style).trimStart();
  }
  if (Array.isArray(item) && item.length > 0) {
    return blockList(item, indent + 2, style).trimStart();
  }
  return inline(item, indent, style);
}

function inline(value: JsonValue, indent: number, style: BlockStyle): string {
  if (Array.isArray(value)) {
    return '[]';
  }
  if (isObject(value)) {
    return '{}';
  }
  if (typeof value === 'string' && style.quoted !== true && canBeLiteral(value)) {
    const lines = value.replace(/\n$/, '').split('\n');
    const margin = ' '.repeat(indent + style.step);
    const header = value.endsWith('\n') ? '|' : '|-';
    return header + style.eol + lines.map((line) => (line === '' ? '' : margin + line)).join(style.eol);
  }
  return writeScalar(value);
}

/** The value on one line, for flow collections. */
export function writeFlow(value: JsonValue): string {
  if (Array.isArray(value)) {
    return `[${value.map(writeFlow).join(', ')}]`;
  }
  if (isObject(value)) {
    return `{${Object.entries(value)
      .map(([key, entry]) => `${flowSafe(writeKey(key))}: ${writeFlow(entry)}`)
      .join(', ')}}`;
  }
  return flowSafe(writeScalar(value));
}

function flowSafe(text: string): string {
  return /^["']/.test(text) || !/[,[\]{}:?]/.test(text) ? text : doubleQuoted(text);
}

/** Several lines that a literal block scalar gives back exactly. */
function canBeLiteral(value: string): boolean {
  return /[^\n]\n/.test(value) && isPrintable(value.replace(/\n/g, '')) && !/^[\s]|[ \t]+(?:\n|$)|\n\n$|\t/.test(value);
}

/** A text that reads back as itself without quotes, for every reader: neither dialect may take it for something else. */
function isPlain(value: string): boolean {
  return (
    /^[A-Za-z0-9_./\\(*+-][^\n\r\t]*$/.test(value) &&
    !/^[-*]|^\.\.\.|: |:$| #|\s$|^[\s]/.test(value) &&
    isPrintable(value) &&
    typeof plainValue(value, 'kubernetes') === 'string' &&
    typeof plainValue(value, 'core') === 'string' &&
    // Readers of other tools still know dates, sexagesimals and words in odd cases.
    !/^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9]*)?$|^\d{4}-\d\d?-\d\d?/.test(value)
  );
}

function isPrintable(value: string): boolean {
  // eslint-disable-next-line no-control-regex
  return !/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]/.test(
    value.replace(/[\ud800-\udbff][\udc00-\udfff]/g, ''),
  );
}

/** JSON's form, with escapes also for what YAML readers take for line breaks or refuse. */
export function doubleQuoted(value: string): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => '\\u' + char.charCodeAt(0).toString(16).padStart(4, '0'),
  );
}

function singleQuoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
