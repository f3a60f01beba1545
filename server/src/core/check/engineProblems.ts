// The engine's verdict on an object as problems at exact places. The server names fields by paths; only what it refuses to
// decode has none, and then the place is searched for by what the text says.
import type { EngineProblem, EngineVerdict } from '../ports';
import type { Problem, Severity } from '../problem';
import { toPointer } from '../json';
import { follow, keyName, scalarValue } from '../yaml/resolve';
import type { Node, Pair } from '../yaml/tree';
import { word } from './engineWords';
import { asWritten, fieldSpot, visibleRange, type ObjectPlace } from './objectPlace';

/** The rule of findings that say that an object could not be judged. */
export const notValidatedRule = 'kubernetes/not-validated';

/**
 * Problems of one object. What depends on values of the cluster that the engine can only assume is left out: where those values are
 * known, they are judged apart (`serviceRange.ts`).
 */
export function engineProblems(verdict: EngineVerdict, place: ObjectPlace): Problem[] {
  if (!verdict.known) {
    return [notValidated(verdict, place)];
  }
  const problems = verdict.problems
    .filter(({ type, assumed }) => type !== 'NoKindMatch' && assumed !== true)
    .filter((problem) => !isSwitchedOff(problem) && !isNameAsLabel(problem, verdict) && !isSameOwner(problem))
    .filter((problem) => !isDefaultedCopy(problem, verdict, place))
    .map((problem) => problemOf(normal(problem, place), place));
  for (const warning of verdict.warnings) {
    problems.push(warningOf(warning, place));
  }
  return problems;
}

/** A value that the server both lists and refuses belongs to a feature that a cluster may have switched on. */
function isSwitchedOff({ type, message }: EngineProblem): boolean {
  const match = /^Unsupported value: ("[^"]*"): supported values: (.*)$/.exec(message);
  return (
    type === 'FieldValueNotSupported' && match?.[1] !== undefined && (match[2] ?? '').split(', ').includes(match[1])
  );
}

/** Owners that are written twice in the same words are one to the server, which drops the second before it looks. */
function isSameOwner({ field, message }: EngineProblem): boolean {
  return field === 'metadata.ownerReferences' && /Found "true" in references for (\S+) and \1$/.test(message);
}

/** A field that nobody wrote takes its default from its neighbour (`targetPort` from `port`): the neighbour's fault is told already. */
function isDefaultedCopy(problem: EngineProblem, { problems }: EngineVerdict, place: ObjectPlace): boolean {
  const parent = (field: string): string => field.replace(/\.[^.[\]]+$/, '');
  const isLike = (other: EngineProblem): boolean =>
    other !== problem && other.message === problem.message && parent(other.field) === parent(problem.field);
  return (
    problem.type === 'FieldValueInvalid' &&
    problems.some((other) => isLike(other) && fieldSpot(place, other.field).exact) &&
    !fieldSpot(place, problem.field).exact
  );
}

/** The server labels a namespace with its own name: a name that is wrong is a wrong label, too. */
function isNameAsLabel({ field, message }: EngineProblem, { problems }: EngineVerdict): boolean {
  const value = /^Invalid value: ("[^"]*")/.exec(message)?.[1];
  return (
    field === 'metadata.labels' &&
    value !== undefined &&
    problems.some((other) => other.field === 'metadata.name' && other.message.startsWith(`Invalid value: ${value}`))
  );
}

/** What was not judged is said: silence would read as "valid". */
function notValidated(verdict: EngineVerdict, place: ObjectPlace): Problem {
  const { label } = place.identity;
  const failure = verdict.problems.find(({ type }) => type === 'EngineFailure');
  const gone = verdict.problems.find(({ type }) => type === 'NoKindMatch')?.rulesOf;
  if (gone !== undefined) {
    const why = `the rules at hand are those of Kubernetes ${gone}, which does not have this version`;
    return at(place, '', notValidatedRule, 'info', `${label} was checked against its schema only: ${why}.`);
  }
  return failure === undefined
    ? at(
        place,
        '',
        notValidatedRule,
        'info',
        `${label} was checked against its schema only: the rules of its kind are not known here.`,
      )
    : at(place, '', notValidatedRule, 'warning', `${label} was checked against its schema only: ${failure.message}`);
}

/** Strict errors carry their path only inside the text. */
function normal(problem: EngineProblem, { identity }: ObjectPlace): EngineProblem {
  const strict = /^(?:unknown|duplicate) field "(.*)"$/.exec(problem.message);
  if (strict !== null) {
    return { ...problem, type: 'StrictDecoding', field: strict[1] ?? '' };
  }
  // So do the rules of schemas that combine others.
  const combined =
    problem.field === ''
      ? /^(?:Invalid value: [^:]*: )?"([\w.[\]-]+)" must (?:not )?validate/.exec(problem.message)
      : null;
  // The server writes the path of a whole object as `[]`.
  const own = problem.field === '[]' ? '' : problem.field;
  return { ...problem, field: asWritten(combined === null ? own : (combined[1] ?? ''), identity) };
}

function problemOf(problem: EngineProblem, place: ObjectPlace): Problem {
  const { label } = place.identity;
  const { rule, message: words } = word(problem, label);
  const message =
    problem.rulesOf === undefined
      ? words
      : `${words.replace(/\.$/, '')} (checked with the rules of Kubernetes ${problem.rulesOf}).`;
  if (rule === 'kubernetes/decode') {
    return decodeProblem(problem, place, message);
  }
  if (rule === 'kubernetes/unknown-field' || rule === 'yaml/duplicate-key') {
    return keyProblem(place, problem.field, rule, message);
  }
  const found = at(place, problem.field, rule, 'error', message);
  if (rule === 'kubernetes/selector-mismatch') {
    const { node } = fieldSpot(place, 'spec.selector');
    const range = place.parsed.lines.range(node.start, node.end);
    found.related = [{ location: { path: place.path, range }, message: 'The selector' }];
  }
  const range = entryRange(place, problem.field, problem.message);
  return range === undefined ? found : { ...found, range };
}

/** The server refuses labels and the like by the map that holds them; the entry stands in the text. */
function entryRange(place: ObjectPlace, field: string, message: string): Problem['range'] | undefined {
  const quoted = /^Invalid value: ("(?:[^"\\]|\\.)*")/.exec(message)?.[1];
  const { node } = fieldSpot(place, field);
  if (quoted === undefined || node.kind !== 'map' || !/(?:[lL]abels|annotations|nodeSelector|data)$/.test(field)) {
    return undefined;
  }
  const is = (part: Node): boolean => part.kind === 'scalar' && JSON.stringify(part.text) === quoted;
  for (const { key, value } of node.pairs) {
    const part = is(key) ? key : is(value) ? value : undefined;
    if (part !== undefined) {
      return place.parsed.lines.range(part.start, part.end);
    }
  }
  return undefined;
}

function at(place: ObjectPlace, field: string, rule: string, severity: Severity, message: string): Problem {
  const spot = fieldSpot(place, field);
  return {
    rule,
    severity,
    message,
    path: place.path,
    range: spot.range,
    field: spot.pointer,
    resource: place.identity.label,
  };
}

/** The fault is the key itself. */
function keyProblem(place: ObjectPlace, field: string, rule: string, message: string): Problem {
  const problem = at(place, field, rule, 'error', message);
  const parent = fieldSpot(place, field.replace(/(?:\.[^.[\]]+|\[[^\]]*\])$/, ''));
  const name = problem.field
    ?.slice(problem.field.lastIndexOf('/') + 1)
    .replace(/~1/g, '/')
    .replace(/~0/g, '~');
  const map = parent.node.kind === 'map' ? parent.node : place.identity.root;
  const pair = map.pairs.find(({ key }) => keyName(key) === name);
  return pair === undefined ? problem : { ...problem, range: place.parsed.lines.range(pair.key.start, pair.key.end) };
}

/** `spec.template.spec.nodeSelector[x]: deprecated since …`, or a text without a field. */
function warningOf(warning: string, place: ObjectPlace): Problem {
  const match = /^([a-z][\w.[\]/-]*): (.*)$/s.exec(warning);
  // Some warnings name their field in the sentence.
  const annotation = /^annotation "?([^" ]+)"? is deprecated/.exec(warning)?.[1];
  const said = /^(spec\.\w+) is deprecated/.exec(warning)?.[1];
  const field = match?.[1] ?? (annotation === undefined ? '' : `metadata.annotations[${annotation}]`);
  const rule = /deprecated|non-functional/.test(warning) ? 'kubernetes/deprecated' : 'kubernetes/warning';
  const subject =
    field === '' || annotation !== undefined ? place.identity.label : `${field} of ${place.identity.label}`;
  return at(place, said ?? field, rule, 'warning', `${subject}: ${match?.[2] ?? warning}`.replace(/\.?$/, '.'));
}

function decodeProblem(problem: EngineProblem, place: ObjectPlace, message: string): Problem {
  const found = findUndecodable(problem.message, place.identity.root) ?? findNoSchema(problem, place.identity.root);
  if (found === undefined) {
    return { ...at(place, problem.field, 'kubernetes/decode', 'error', message), field: '' };
  }
  return {
    rule: 'kubernetes/decode',
    severity: 'error',
    message: message.replace(' cannot be read:', `: ${found.path.join('.')} cannot be read:`),
    path: place.path,
    range: visibleRange(place.parsed, found.node, found.key),
    field: toPointer(found.path),
    resource: place.identity.label,
  };
}

interface Found {
  node: Node;
  key: Node | undefined;
  path: (string | number)[];
}

/**
 * `cannot unmarshal string into Go struct field PodSpec.spec.template.spec.hostNetwork of type bool`: the path leaves out
 * the indices, so the first field on it that has the type which the text complains of is meant.
 */
function findUndecodable(message: string, root: Node): Found | undefined {
  const match = /cannot unmarshal (\w+)(?: (\S+))? into Go struct field \w+\.(\S+) of type/.exec(message);
  if (match === null) {
    return undefined;
  }
  const got = match[1] ?? '';
  const number = match[2];
  const steps = (match[3] ?? '').split('.');
  const search = (node: Node, rest: string[], key: Node | undefined, path: (string | number)[]): Found | undefined => {
    const target = follow(node);
    if (target === undefined) {
      return undefined;
    }
    const isMeant = jsonType(target) === got && (number === undefined || isNumber(target, number));
    const here = isMeant ? { node: target, key, path } : undefined;
    if (target.kind === 'seq') {
      const inside = first(target.items, (item, index) => search(item, rest, undefined, [...path, index]));
      return inside ?? (rest.length === 0 ? here : undefined);
    }
    if (rest.length === 0) {
      // The type may be that of an entry of a map, whose key the text leaves out as well.
      return (
        here ??
        (target.kind === 'map' && path.at(-1) === steps.at(-1)
          ? first(target.pairs, (pair) => search(pair.value, [], pair.key, [...path, keyName(pair.key) ?? '']))
          : undefined)
      );
    }
    if (target.kind !== 'map') {
      return undefined;
    }
    const pair = target.pairs.find(({ key: k }) => keyName(k) === rest[0]);
    const named = pair && search(pair.value, rest.slice(1), pair.key, [...path, rest[0] ?? '']);
    // Keys of maps (the properties of a schema) are left out, too.
    return named ?? first(target.pairs, (entry) => searchEntry(entry, rest, path));
  };
  const searchEntry = ({ key, value }: Pair, rest: string[], path: (string | number)[]): Found | undefined =>
    path.length === 0 ? undefined : search(value, rest, key, [...path, keyName(key) ?? '']);
  return search(root, steps, undefined, []);
}

/** `boolean or JSON schema expected` names no field at all; few can hold either. */
function findNoSchema({ message }: EngineProblem, root: Node): Found | undefined {
  const search = (node: Node, path: (string | number)[]): Found | undefined => {
    const target = follow(node);
    if (target?.kind === 'seq') {
      return first(target.items, (item, index) => search(item, [...path, index]));
    }
    return target?.kind === 'map' ? first(target.pairs, (pair) => inPair(pair, path)) : undefined;
  };
  const inPair = ({ key, value }: Pair, path: (string | number)[]): Found | undefined => {
    const name = keyName(key) ?? '';
    const isEither = /^(?:object|bool)$/.test(jsonType(follow(value) ?? value));
    const inside = [...path, name];
    return /^additional(?:Properties|Items)$/.test(name) && !isEither
      ? { node: value, key, path: inside }
      : search(value, inside);
  };
  return message.includes('boolean or JSON schema expected') ? search(root, []) : undefined;
}

function isNumber(node: Node, text: string): boolean {
  const value = node.kind === 'scalar' ? scalarValue(node) : undefined;
  return node.kind === 'scalar' && (node.text === text || Number(value) === Number(text));
}

function first<T, R>(list: readonly T[], find: (item: T, index: number) => R | undefined): R | undefined {
  for (let index = 0; index < list.length; index++) {
    const found = find(list[index] as T, index);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function jsonType(node: Node): string {
  if (node.kind === 'map') {
    return 'object';
  }
  if (node.kind === 'seq') {
    return 'array';
  }
  const value = node.kind === 'scalar' ? scalarValue(node) : null;
  return typeof value === 'bigint' || typeof value === 'number'
    ? 'number'
    : typeof value === 'boolean'
      ? 'bool'
      : 'string';
}
