// Helm values as data: merging as Helm merges, and `--set` expressions as Helm reads them.
import { isObject, type JsonObject, type JsonValue } from '../json';

/** `over` on top of `base`: maps merge, everything else replaces. Nulls stay, because Helm uses them to drop a chart's default. */
export function mergeValues(base: JsonObject, over: JsonObject): JsonObject {
  const result: JsonObject = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = result[key];
    result[key] = isObject(before) && isObject(value) ? mergeValues(before, value) : value;
  }
  return result;
}

/**
 * Sets one `--set` path to a value. `forceString` is `--set-string`; otherwise `true`, `false`, `null` and whole numbers are
 * read as such, and `{a,b}` is a list. Undefined where the path cannot be read.
 */
export function setValue(values: JsonObject, path: string, text: string, forceString: boolean): JsonObject | undefined {
  const steps = stepsOf(path);
  return steps === undefined ? undefined : (put(values, steps, scalarOf(text, forceString)) as JsonObject);
}

/** `a.b[0].c\.d` as steps. */
function stepsOf(path: string): (string | number)[] | undefined {
  const steps: (string | number)[] = [];
  let word = '';
  let open = true;
  for (let i = 0; i < path.length; i++) {
    const c = path[i];
    if (c === '\\' && i + 1 < path.length) {
      word += path[++i] ?? '';
    } else if (c === '.') {
      if (open) {
        steps.push(word);
      }
      word = '';
      open = true;
    } else if (c === '[') {
      const end = path.indexOf(']', i);
      const index = Number(path.slice(i + 1, end));
      if (end < 0 || !Number.isInteger(index) || index < 0 || index > 65_536) {
        return undefined;
      }
      if (open) {
        steps.push(word);
      }
      word = '';
      open = false;
      steps.push(index);
      i = end;
    } else {
      word += c ?? '';
    }
  }
  if (open) {
    steps.push(word);
  }
  return steps.some((step) => step === '') ? undefined : steps;
}

function put(at: JsonValue | undefined, steps: readonly (string | number)[], value: JsonValue): JsonValue {
  const [step, ...rest] = steps;
  if (step === undefined) {
    return value;
  }
  if (typeof step === 'number') {
    const list = Array.isArray(at) ? [...at] : [];
    while (list.length < step) {
      list.push(null);
    }
    list[step] = put(list[step], rest, value);
    return list;
  }
  const map = isObject(at) ? at : {};
  return { ...map, [step]: put(map[step], rest, value) };
}

function scalarOf(text: string, forceString: boolean): JsonValue {
  if (text.startsWith('{') && text.endsWith('}')) {
    const inner = text.slice(1, -1);
    return inner === '' ? [] : inner.split(',').map((item) => scalarOf(item, forceString));
  }
  if (forceString) {
    return text;
  }
  switch (text) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'null':
      return null;
    case '0':
      return 0;
    default:
      // A leading zero means text, as in Helm.
      return /^-?[1-9]\d*$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
  }
}
