// `oneOf`, `anyOf`, `allOf` and `not` of custom resources: which branch was meant, and what is wrong with it. The server blames the
// whole value; a person wants the field.
import type { JsonObject, JsonValue } from '../json';
import { isObject } from '../json';

export interface CombinedFault {
  /** End of a sentence whose subject is the value's place. */
  message: string;
  /** Field of the value that is one too many, or wrong; undefined: something is missing. */
  field?: string;
}

/** What a value breaks of the combinations of its schema; undefined where it breaks none, or only the engine can say. */
export function combinedFault(schema: JsonObject, value: JsonValue): CombinedFault | undefined {
  for (const part of objects(schema.allOf)) {
    const fault = matches(part, value) === false ? combinedFault(part, value) : undefined;
    if (fault !== undefined) {
      return fault;
    }
  }
  return (
    oneOfFault(objects(schema.oneOf), value) ?? anyOfFault(objects(schema.anyOf), value) ?? notFault(schema.not, value)
  );
}

/** True where the schema has combinations that this file reads. */
export function isCombined(schema: JsonObject): boolean {
  return ['oneOf', 'anyOf', 'allOf', 'not'].some((name) => schema[name] !== undefined);
}

function oneOfFault(branches: readonly JsonObject[], value: JsonValue): CombinedFault | undefined {
  const verdicts = branches.map((branch) => matches(branch, value));
  if (branches.length === 0 || verdicts.includes(undefined)) {
    return undefined;
  }
  const fitting = branches.filter((_, index) => verdicts[index]);
  if (fitting.length === 1) {
    return undefined;
  }
  if (fitting.length === 0) {
    return missing(branches, 'needs exactly one of') ?? branchFault(branches, value);
  }
  const names = fitting.flatMap((branch) => requiredOnly(branch) ?? []);
  return names.length < 2
    ? undefined
    : { message: `has ${listed(names, 'and')}; only one of them is allowed.`, field: lastWritten(names, value) };
}

function anyOfFault(branches: readonly JsonObject[], value: JsonValue): CombinedFault | undefined {
  const verdicts = branches.map((branch) => matches(branch, value));
  if (branches.length === 0 || verdicts.some((verdict) => verdict !== false)) {
    return undefined;
  }
  return missing(branches, 'needs at least one of') ?? branchFault(branches, value);
}

function notFault(schema: JsonValue | undefined, value: JsonValue): CombinedFault | undefined {
  if (!isObject(schema) || matches(schema, value) !== true) {
    return undefined;
  }
  const names = requiredOnly(schema);
  if (names === undefined) {
    return undefined;
  }
  return names.length === 1
    ? { message: `must not have ${listed(names, 'and')}.`, field: names[0] ?? '' }
    : { message: `has ${listed(names, 'and')}; they exclude each other.`, field: lastWritten(names, value) };
}

/** Nothing of what is asked for is there. */
function missing(branches: readonly JsonObject[], words: string): CombinedFault | undefined {
  const named = branches.map(requiredOnly);
  if (named.includes(undefined)) {
    return undefined;
  }
  const names = named.map((list) => (list ?? []).map((name) => `"${name}"`).join(' with '));
  return { message: `${words} ${join(names, 'or')}.` };
}

/** The branch whose enumerated fields are those of the value is the one that was meant: its other field is wrong. */
function branchFault(branches: readonly JsonObject[], value: JsonValue): CombinedFault | undefined {
  if (!isObject(value)) {
    return undefined;
  }
  const meant = branches.filter((branch) => {
    const deciding = Object.entries(isObject(branch.properties) ? branch.properties : {}).filter(
      ([name, schema]) => isObject(schema) && Array.isArray(schema.enum) && value[name] !== undefined,
    );
    return (
      deciding.length > 0 &&
      deciding.every(([name, schema]) => matches(schema as JsonObject, value[name] ?? null) === true)
    );
  });
  const [branch] = meant;
  if (branch === undefined || meant.length > 1 || !isObject(branch.properties)) {
    return undefined;
  }
  const { properties } = branch;
  const wrong = Object.keys(properties).find((name) => {
    const schema = properties[name];
    return isObject(schema) && value[name] !== undefined && matches(schema, value[name] ?? null) === false;
  });
  const because = Object.entries(properties)
    .filter(([name, schema]) => name !== wrong && isObject(schema) && Array.isArray(schema.enum))
    .map(([name]) => `${name} ${textOf(value[name])}`);
  return wrong === undefined
    ? undefined
    : { message: `does not fit ${join(because, 'and')}${formatsOf(properties[wrong])}.`, field: wrong };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

function formatsOf(schema: JsonValue | undefined): string {
  const formats = isObject(schema) ? [schema, ...objects(schema.anyOf)].map(({ format }) => format) : [];
  const names = formats.flatMap((format) => (typeof format === 'string' ? [format] : []));
  return names.length === 0 ? '' : `: it must be ${join(names, 'or')}`;
}

/** Whether a value fits a part of a schema; undefined where only the engine can say. */
function matches(schema: JsonObject, value: JsonValue): boolean | undefined {
  const verdicts: (boolean | undefined)[] = [];
  for (const [keyword, rule] of Object.entries(schema)) {
    switch (keyword) {
      case 'required':
        verdicts.push(
          isObject(value) ? names(rule).every((name) => value[name] !== undefined && value[name] !== null) : true,
        );
        break;
      case 'properties':
        verdicts.push(
          ...Object.entries(isObject(rule) && isObject(value) ? rule : {}).map(([name, part]) => {
            const own = (value as JsonObject)[name];
            return own === undefined || !isObject(part) ? true : matches(part, own);
          }),
        );
        break;
      case 'enum':
        verdicts.push(Array.isArray(rule) && rule.includes(value));
        break;
      case 'not':
        verdicts.push(isObject(rule) ? not(matches(rule, value)) : undefined);
        break;
      case 'anyOf':
        verdicts.push(any(objects(rule).map((part) => matches(part, value))));
        break;
      case 'allOf':
        verdicts.push(all(objects(rule).map((part) => matches(part, value))));
        break;
      case 'oneOf': {
        const parts = objects(rule).map((part) => matches(part, value));
        verdicts.push(parts.includes(undefined) ? undefined : parts.filter(Boolean).length === 1);
        break;
      }
      case 'format':
        verdicts.push(fitsFormat(rule, value));
        break;
      case 'description':
        break;
      default:
        verdicts.push(undefined);
    }
  }
  return all(verdicts);
}

function fitsFormat(format: JsonValue, value: JsonValue): boolean | undefined {
  if (typeof value !== 'string') {
    return true;
  }
  if (format === 'ipv4') {
    return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(value);
  }
  if (format === 'ipv6') {
    // A text without a colon, or with what no address has, is none; which of the others are is the engine's to say.
    return value.includes(':') && /^[\dA-Fa-f:.]+$/.test(value) ? undefined : false;
  }
  return undefined;
}

const not = (verdict: boolean | undefined): boolean | undefined => (verdict === undefined ? undefined : !verdict);

function all(verdicts: readonly (boolean | undefined)[]): boolean | undefined {
  return verdicts.includes(false) ? false : verdicts.includes(undefined) ? undefined : true;
}

function any(verdicts: readonly (boolean | undefined)[]): boolean | undefined {
  return verdicts.includes(true) ? true : verdicts.includes(undefined) ? undefined : false;
}

/** The fields that a branch asks for, where it asks for nothing else. */
function requiredOnly(branch: JsonObject): string[] | undefined {
  const keywords = Object.keys(branch).filter((keyword) => keyword !== 'description');
  return keywords.length === 1 && keywords[0] === 'required' ? names(branch.required) : undefined;
}

/** The one of some fields that stands last: the others were there when it was written. */
function lastWritten(fields: readonly string[], value: JsonValue): string {
  const written = isObject(value) ? Object.keys(value).filter((name) => fields.includes(name)) : [];
  return written.at(-1) ?? fields.at(-1) ?? '';
}

function listed(fields: readonly string[], word: string): string {
  return join(
    fields.map((name) => `"${name}"`),
    word,
  );
}

function join(parts: readonly string[], word: string): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} ${word} ${last}`;
}

function objects(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function names(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}
