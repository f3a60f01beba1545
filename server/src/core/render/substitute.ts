// Flux's post-build substitution: `${name}` in rendered text becomes the variable's value, with the shell's parameter operators as
// Flux reads them. Where Flux differs from a shell (an unknown operator prints the value, `:+` acts like `:-`), Flux is right.

/** Reads variables; `undefined` means that the variable has no value. */
export type Variables = (name: string) => string | undefined;

export type Substitution =
  | { ok: true; text: string }
  | {
      ok: false;
      /** What Flux would say. */
      message: string;
      /** Offset in the input. */
      at: number;
    };

/**
 * Replaces every `${…}`; `$${` stands for a literal `${`. With `strict`, a variable without a value and without a default is
 * an error; without, it is the empty string.
 */
export function substitute(text: string, variables: Variables, strict = false): Substitution {
  const reader: Reader = { text, at: 0, variables, strict };
  let out = '';
  while (reader.at < text.length) {
    const dollar = text.indexOf('$', reader.at);
    if (dollar < 0) {
      out += text.slice(reader.at);
      break;
    }
    out += text.slice(reader.at, dollar);
    if (text[dollar + 1] === '$') {
      // An escaped dollar: the second one is text, whatever follows it.
      out += '$';
      reader.at = dollar + 2;
    } else if (text[dollar + 1] === '{') {
      reader.at = dollar + 2;
      const start = dollar;
      try {
        out += readExpression(reader);
      } catch (error) {
        if (error instanceof BadSubstitution) {
          return { ok: false, message: error.message, at: start };
        }
        throw error;
      }
    } else {
      out += '$';
      reader.at = dollar + 1;
    }
  }
  return { ok: true, text: out };
}

/** Names of the variables that a text uses without a default of their own. */
export function variablesOf(text: string): string[] {
  const names = new Set<string>();
  substitute(text, (name) => {
    names.add(name);
    return undefined;
  });
  return [...names];
}

/** Names that Flux accepts for variables. */
export const variableName = /^[_A-Za-z][_A-Za-z0-9]*$/;

interface Reader {
  readonly text: string;
  at: number;
  readonly variables: Variables;
  readonly strict: boolean;
}

class BadSubstitution extends Error {}

const identifier = /[\p{L}\p{Nd}_]*/uy;

function readName(reader: Reader): string {
  identifier.lastIndex = reader.at;
  const name = identifier.exec(reader.text)?.[0] ?? '';
  if (name === '') {
    throw new BadSubstitution('unable to parse variable name');
  }
  reader.at += name.length;
  return name;
}

/** Reads from after `${` to after its `}`, and gives the value. */
function readExpression(reader: Reader): string {
  const { text } = reader;
  if (text[reader.at] === '#') {
    reader.at++;
    const value = valueOf(reader, readName(reader));
    close(reader);
    return String(utf8Length(value));
  }
  const name = readName(reader);
  const operator = text[reader.at];
  switch (operator) {
    case ':':
      return '=-?+'.includes(text[reader.at + 1] ?? ' ') ? readDefault(reader, name, 2) : readSubstring(reader, name);
    case '=':
      return readDefault(reader, name, 1);
    case ',':
    case '^':
      return readCase(reader, name, operator);
    case '/':
      return readReplacement(reader, name);
    case '#':
    case '%':
      return readTrim(reader, name, operator);
    case '}':
      reader.at++;
      return valueOf(reader, name);
    case undefined:
    default:
      throw new BadSubstitution('missing closing brace');
  }
}

function valueOf(reader: Reader, name: string): string {
  const value = reader.variables(name);
  if (value === undefined && reader.strict) {
    throw new BadSubstitution(`variable not set (strict mode): "${name}"`);
  }
  return value ?? '';
}

/** `${name:=word}` and its relatives: the value, or the words where it is empty. */
function readDefault(reader: Reader, name: string, operatorLength: number): string {
  reader.at += operatorLength;
  let word = '';
  while (reader.text[reader.at] !== '}') {
    word += readArgument(reader, '}', false);
  }
  reader.at++;
  const value = reader.variables(name) ?? '';
  return value === '' ? word : value;
}

/** `${name:offset}` and `${name:offset:length}`, counted in bytes as Go does. */
function readSubstring(reader: Reader, name: string): string {
  reader.at++;
  const first = readArgument(reader, ':}', false);
  let second: string | undefined;
  if (reader.text[reader.at] === ':') {
    reader.at++;
    second = readArgument(reader, '}', false);
  }
  close(reader);
  const value = valueOf(reader, name);
  return substring(value, first, second);
}

function readCase(reader: Reader, name: string, operator: ',' | '^'): string {
  const second = reader.text[reader.at + 1] ?? '';
  const mixed = second !== operator && (second === ',' || second === '^');
  const all = second === operator;
  reader.at += all || mixed ? 2 : 1;
  close(reader);
  const value = valueOf(reader, name);
  if (mixed) {
    return value;
  }
  const change = (s: string): string => (operator === ',' ? s.toLowerCase() : s.toUpperCase());
  const first = [...value][0] ?? '';
  return all ? change(value) : change(first) + value.slice(first.length);
}

/** `${name/old/new}`: `//` all, `/#` at the start, `/%` at the end. */
function readReplacement(reader: Reader, name: string): string {
  reader.at++;
  const mode = '/#%'.includes(reader.text[reader.at] ?? ' ') ? reader.text[reader.at++] : '';
  const old = reader.text[reader.at] === '/' ? '' : readArgument(reader, '/', true);
  if (reader.text[reader.at] !== '/') {
    throw new BadSubstitution('bad substitution');
  }
  reader.at++;
  const replacement = reader.text[reader.at] === '}' ? undefined : readArgument(reader, '}', true);
  close(reader);
  const value = valueOf(reader, name);
  const by = replacement ?? '';
  switch (mode) {
    case '/':
      return value.split(old).join(by);
    case '#':
      return replacement !== undefined && value.startsWith(old) ? by + value.slice(old.length) : value;
    case '%':
      return replacement !== undefined && value.endsWith(old) ? value.slice(0, value.length - old.length) + by : value;
    case undefined:
    default: {
      const found = value.indexOf(old);
      return found < 0 ? value : value.slice(0, found) + by + value.slice(found + old.length);
    }
  }
}

/** `${name#pattern}`, `##`, `%`, `%%`: takes the shortest or longest match off the front or the end. */
function readTrim(reader: Reader, name: string, operator: '#' | '%'): string {
  const longest = reader.text[reader.at + 1] === operator;
  reader.at += longest ? 2 : 1;
  const pattern = readArgument(reader, '}', false);
  close(reader);
  const value = valueOf(reader, name);
  const matches = globMatcher(pattern);
  const lengths = Array.from({ length: value.length }, (_, i) => (longest ? value.length - i : i + 1));
  for (const length of lengths) {
    const piece = operator === '#' ? value.slice(0, length) : value.slice(value.length - length);
    if (matches(piece)) {
      return operator === '#' ? value.slice(length) : value.slice(0, value.length - length);
    }
  }
  return value;
}

/** One argument up to one of `stops` or a nested expression: either a piece of text or the nested expression's value. */
function readArgument(reader: Reader, stops: string, escapes: boolean): string {
  const { text } = reader;
  if (text.startsWith('${', reader.at)) {
    reader.at += 2;
    return readExpression(reader);
  }
  let out = '';
  while (reader.at < text.length && !text.startsWith('${', reader.at)) {
    const c = text[reader.at] ?? '';
    const next = text[reader.at + 1] ?? '';
    if (escapes && ((c === '\\' && (next === '/' || next === '\\')) || (c === '$' && next === '$'))) {
      out += next;
      reader.at += 2;
    } else if (stops.includes(c)) {
      return out;
    } else {
      out += c;
      reader.at++;
    }
  }
  if (out === '') {
    throw new BadSubstitution('unable to parse substitution within function');
  }
  return out;
}

function close(reader: Reader): void {
  if (reader.text[reader.at] !== '}') {
    throw new BadSubstitution('bad substitution');
  }
  reader.at++;
}

function substring(value: string, offset: string, length: string | undefined): string {
  const whole = /^[+-]?\d+$/;
  if (!whole.test(offset)) {
    return value;
  }
  const bytes = [...value].flatMap((c) =>
    utf8Length(c) === 1 ? [c] : [c, ...Array<string>(utf8Length(c) - 1).fill('')],
  );
  const size = bytes.length;
  const start = Number(offset) < 0 ? Math.max(0, size + Number(offset)) : Number(offset);
  if (length === undefined) {
    return bytes.slice(start).join('');
  }
  if (!whole.test(length)) {
    return value;
  }
  const end = Number(length) < 0 ? size + Number(length) : start + Number(length);
  return end < start ? '' : bytes.slice(start, end).join('');
}

function utf8Length(text: string): number {
  let length = 0;
  for (const c of text) {
    const code = c.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}

/** Shell globs of one word: `*`, `?` and `[…]`; unlike file globs, `*` also matches slashes. */
function globMatcher(pattern: string): (text: string) => boolean {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i] ?? '';
    if (c === '*') {
      source += '[^]*';
    } else if (c === '?') {
      source += '[^]';
    } else if (c === '[') {
      const end = pattern.indexOf(']', i + 1);
      if (end < 0) {
        return () => false;
      }
      source += `[${pattern.slice(i + 1, end).replace(/\\/g, '\\\\')}]`;
      i = end;
    } else if (c === '\\' && i + 1 < pattern.length) {
      source += escapeRegExp(pattern[++i] ?? '');
    } else {
      source += escapeRegExp(c);
    }
  }
  try {
    const expression = new RegExp(`^(?:${source})$`, 'u');
    return (text) => expression.test(text);
  } catch {
    return () => false;
  }
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
