// What a plain scalar means, per dialect. Kubernetes and kustomize read YAML 1.1 with go-yaml's own table, which no
// library schema matches; GitHub Actions and most others read the core schema of YAML 1.2.

/** `kubernetes`: go-yaml v2 as the API server, kubectl and kustomize use it. `core`: YAML 1.2. */
export type Dialect = 'kubernetes' | 'core';

/** Integers that a double cannot hold are bigints, so that no digit is lost; everything else is its JSON value. */
export type ScalarValue = null | boolean | number | bigint | string;

/** Value of a plain scalar without a tag. */
export function plainValue(text: string, dialect: Dialect): ScalarValue {
  if (text === '') {
    return null;
  }
  const code = text.charCodeAt(0);
  // Digits, signs and the full stop begin numbers; other words are looked up, and nearly none is in the table.
  const numeric = code <= 57 && (code >= 48 || code === 43 || code === 45 || code === 46);
  if (!numeric) {
    if (text.length > 5) {
      return text;
    }
    const word = (dialect === 'kubernetes' ? words11 : words12).get(text);
    return word === undefined ? text : word;
  }
  return dialect === 'kubernetes' ? number11(text) : number12(text);
}

const nulls: [string, null][] = ['~', 'null', 'Null', 'NULL'].map((word) => [word, null]);
const words12 = new Map<string, boolean | null>([...nulls, ...cases('true', true), ...cases('false', false)]);
const words11 = new Map<string, boolean | null>([
  ...words12,
  ...cases('yes', true),
  ...cases('on', true),
  ...cases('no', false),
  ...cases('off', false),
  ...cases('y', true),
  ...cases('n', false),
]);

function cases(word: string, value: boolean): [string, boolean][] {
  const title = word.charAt(0).toUpperCase() + word.slice(1);
  return [word, title, word.toUpperCase()].map((form) => [form, value]);
}

const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** Underscores are ignored; ints are of Go's base 0 (`0x`, `0b`, `0o`, and `0` for octal); no sexagesimals. */
function number11(text: string): ScalarValue {
  if (isShortDecimal(text)) {
    return Number(text);
  }
  const special = infinityOrNaN(text);
  if (special !== undefined) {
    return special;
  }
  const digits = text.includes('_') && !text.startsWith('.') ? text.replace(/_/g, '') : text;
  const integer = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/.exec(digits);
  if (integer !== null) {
    const body = integer[2] as string;
    const value = BigInt(/^0[0-7]+$/.test(body) ? '0o' + body.slice(1) : body) * (integer[1] === '-' ? -1n : 1n);
    if (value >= -(2n ** 63n) && value < 2n ** 64n) {
      return small(value);
    }
    return /[xXbBoO]/.test(body) ? text : Number(digits);
  }
  return floatValue(digits, text);
}

/** True for what nearly every number is: up to 15 digits that do not begin with a zero. */
function isShortDecimal(text: string): boolean {
  if (text.length > 15 || text.charCodeAt(0) === 48) {
    return false;
  }
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) {
      return false;
    }
  }
  return true;
}

function number12(text: string): ScalarValue {
  const special = infinityOrNaN(text);
  if (special !== undefined) {
    return special;
  }
  if (/^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$/.test(text)) {
    const sign = text.startsWith('-') ? -1n : 1n;
    return small(BigInt(text.replace(/^[-+]/, '')) * sign);
  }
  return floatValue(text, text);
}

function floatValue(digits: string, text: string): number | string {
  if (!float.test(digits)) {
    return text;
  }
  const value = Number(digits);
  return Number.isFinite(value) ? value : text;
}

function infinityOrNaN(text: string): number | undefined {
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) {
    return text.startsWith('-') ? -Infinity : Infinity;
  }
  return /^\.(?:nan|NaN|NAN)$/.test(text) ? NaN : undefined;
}

function small(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
