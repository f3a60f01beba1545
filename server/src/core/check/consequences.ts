// One fault, one finding: what only follows from another finding is left out. A misspelt field is also a missing one, a list in the
// place of a map has none of the map's fields, and text that cannot be read makes nonsense of the lines around it.
import type { Problem } from '../problem';

/** Findings of one file without those that follow from others among them; the order stays. */
export function withoutConsequences(problems: readonly Problem[]): Problem[] {
  if (problems.length < 2 || !problems.some(isError)) {
    return [...problems];
  }
  const unreadable = faultyLines(problems);
  const readable = problems.filter((problem) => !isBesideUnreadable(problem, unreadable));
  const objects = new Map<string | undefined, Problem[]>();
  for (const problem of readable.filter(isError)) {
    const causes = objects.get(problem.resource) ?? [];
    objects.set(problem.resource, causes);
    if (causeRules.has(problem.rule) && causes.length < maxCauses) {
      causes.push(problem);
    }
  }
  const independent = readable.filter((problem) => {
    const causes = objects.get(problem.resource);
    return isError(problem)
      ? causes?.some((cause) => cause !== problem && isWhere(cause, problem) && isConsequence(problem, cause)) !== true
      : causes === undefined || !/some validation rules were not checked/.test(problem.message);
  });
  const starts = firstAtStart(independent);
  // What holds everywhere says what holds somewhere, too.
  const isSaid = (problem: Problem): boolean =>
    problem.environments !== undefined && starts.has(startOf({ ...problem, environments: [] }));
  return independent.filter(
    (problem) => !isError(problem) || (starts.get(startOf(problem)) === problem && !isSaid(problem)),
  );
}

/** True where a cause holds in every environment that the other finding holds in. */
function isWhere({ environments }: Problem, problem: Problem): boolean {
  return environments === undefined || problem.environments?.every((name) => environments.includes(name)) === true;
}

/** Findings that others follow from. */
const causeRules = new Set(['kubernetes/unknown-field', 'kubernetes/wrong-type', 'kubernetes/decode']);
/** An object with more of them is no object with a mistake in it. */
const maxCauses = 300;

/** Of several errors that start at one place one stands: what comes first when the text is read, else the first. */
function firstAtStart(problems: readonly Problem[]): ReadonlyMap<string, Problem> {
  const starts = new Map<string, Problem>();
  for (const problem of problems.filter(isError)) {
    const start = startOf(problem);
    const known = starts.get(start);
    if (known === undefined || weight(problem) < weight(known)) {
      starts.set(start, problem);
    }
  }
  return starts;
}

/** What cannot be read comes before what is no field, and that before what is wrong with a value. */
function weight({ rule }: Problem): number {
  return rule.startsWith('yaml/') ? 0 : rule === 'kubernetes/unknown-field' || rule === 'kubernetes/wrong-type' ? 1 : 2;
}

/** Several fields may be missing in one place, and environments of different versions refuse it for different reasons. */
function startOf({ range, rule, field, environments }: Problem): string {
  const missing = rule === 'kubernetes/missing-field' ? field : '';
  return `${range.start.line}:${range.start.character}:${missing}:${environments?.join() ?? ''}`;
}

const isError = ({ severity }: Problem): boolean => severity === 'error';
const isSyntax = (problem: Problem): boolean => isError(problem) && problem.rule === 'yaml/syntax';

interface Unreadable {
  /** Lines on which the reader stumbled. */
  syntax: ReadonlySet<number>;
  first: number;
  /** Lines with values that cannot be known. */
  unknown: ReadonlySet<number>;
}

function faultyLines(problems: readonly Problem[]): Unreadable {
  const lineOf = ({ range }: Problem): number => range.start.line;
  const syntax = problems.filter(isSyntax).map(lineOf);
  const unknown = problems.filter(({ rule }) =>
    /^yaml\/(?:unknown-alias|invalid-key|invalid-merge|invalid-value)$/.test(rule),
  );
  return { syntax: new Set(syntax), first: Math.min(...syntax, Infinity), unknown: new Set(unknown.map(lineOf)) };
}

/** The reader stumbles over a line because of the one above it, and what it makes of either is a guess. */
function isBesideUnreadable(problem: Problem, { syntax, first, unknown }: Unreadable): boolean {
  const { line } = problem.range.start;
  if (isSyntax(problem)) {
    // A line seems to be indented wrongly below one that is broken itself.
    return unknown.has(line) || (syntax.has(line - 1) && /indent/.test(problem.message));
  }
  if (!problem.rule.startsWith('kubernetes/')) {
    return false;
  }
  // Behind a fault, fields may have fallen into the wrong map, though not into the root.
  const isInside = problem.field?.indexOf('/', 1) !== -1;
  const isStray =
    problem.rule === 'kubernetes/unknown-field' && problem.fixes === undefined && line > first && isInside;
  return isStray || unknown.has(line) || [line - 1, line, line + 1].some((at) => syntax.has(at));
}

function isConsequence({ rule, field }: Problem, cause: Problem): boolean {
  if (field === undefined || cause.field === undefined) {
    return false;
  }
  const at = parentOf(cause.field);
  const isMissing = rule === 'kubernetes/missing-field';
  switch (cause.rule) {
    case 'kubernetes/unknown-field': {
      const meant = cause.fixes?.[0]?.edits[0]?.newText;
      if (meant !== undefined && isWithin(field, `${at}/${meant}`)) {
        return true;
      }
      if (field === at && !/(?:unknown-field|wrong-type)$/.test(rule)) {
        // "One of these fields must be set": the one that is misspelt.
        return true;
      }
      return isMissing && isMisplaced(field, cause.field);
    }
    case 'kubernetes/wrong-type':
    case 'kubernetes/decode':
      return (
        (field !== cause.field && cause.field !== '' && isWithin(field, cause.field)) ||
        (isMissing && field === '/metadata/name' && cause.field === '/metadata/generateName')
      );
    default:
      return false;
  }
}

/** A field that stands a level too high or too low is missing where it belongs, with all that is inside it. */
function isMisplaced(missing: string, unknown: string): boolean {
  const at = parentOf(unknown);
  const steps = missing.split('/');
  return steps.some((step, index) => {
    const place = steps.slice(0, index).join('/');
    return index > 0 && step === lastOf(unknown) && (isWithin(at, place) || isWithin(place, at));
  });
}

/** True where a pointer names a place or something inside it. */
function isWithin(field: string, place: string): boolean {
  return field === place || field.startsWith(place + '/');
}

function parentOf(field: string): string {
  return field.slice(0, Math.max(0, field.lastIndexOf('/')));
}

function lastOf(field: string): string {
  return field.slice(field.lastIndexOf('/') + 1);
}
