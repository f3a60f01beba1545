// Two speeds, one verdict: the structural findings stand, the engine completes them. Where both speak of one fault, the
// structural finding remains: it was shown first, and it has a fix.
import { compareProblems, type Problem } from '../problem';
import { withoutConsequences } from './consequences';
import { notValidatedRule } from './engineProblems';

/** Rules by which the structural check says what the server's decoder would refuse. A decoder stops at the first. */
const decodeRules = new Set([
  'kubernetes/wrong-type',
  'kubernetes/bad-quantity',
  'kubernetes/bad-format',
  'kubernetes/bad-enum',
  'yaml/invalid-value',
]);

/** Findings of one object from both tiers as one list, in text order. */
export function merge(structural: readonly Problem[], engine: readonly Problem[]): Problem[] {
  const kept = [...structural];
  for (const problem of engine) {
    const index = kept.findIndex((known) => sameFault(known, problem));
    const known = kept[index];
    if (known === undefined) {
      if (!isConsequence(problem, structural, engine)) {
        kept.push(problem);
      }
    } else if (isNarrower(known, problem)) {
      // The schemas of some versions say what the server says for more of them.
      kept[index] = { ...problem, ...(known.fixes === undefined ? {} : { fixes: known.fixes }) };
    } else if (problem.severity === 'error' && known.severity !== 'error') {
      // The server refuses what the schema alone can only warn of.
      kept[index] = { ...withField(known, problem), severity: 'error' };
    } else {
      kept[index] = withField(known, problem);
    }
  }
  return withoutConsequences(kept.sort(compareProblems));
}

/** True where a finding names environments and another one of the same fault holds in more. */
function isNarrower(known: Problem, problem: Problem): boolean {
  const { environments } = known;
  return (
    environments !== undefined &&
    (problem.environments === undefined || problem.environments.some((name) => !environments.includes(name)))
  );
}

/** A duplicate is told of an item; the server names the field that is there twice. */
function withField(known: Problem, problem: Problem): Problem {
  const isNearer = known.rule === 'kubernetes/duplicate-item' && problem.field?.startsWith(`${known.field ?? ''}/`);
  return isNearer === true ? { ...known, field: problem.field as string } : known;
}

function sameFault(known: Problem, problem: Problem): boolean {
  if (problem.rule === notValidatedRule) {
    return known.rule === 'kubernetes/no-schema' || known.rule === 'kubernetes/unknown-kind';
  }
  if (problem.rule === 'kubernetes/decode') {
    return decodeRules.has(known.rule);
  }
  if (known.rule === 'kubernetes/duplicate-item' && isAboutDuplicates(problem)) {
    return problem.field === known.field || problem.field?.startsWith(`${known.field ?? ''}/`) === true;
  }
  if (known.severity === 'error' && isOfCombination(known, problem)) {
    return true;
  }
  if (problem.severity !== 'error') {
    return known.rule === problem.rule && known.field === problem.field;
  }
  // Several fields may be missing in one place.
  const isOther = known.rule === 'kubernetes/missing-field' && known.field !== problem.field;
  if (known.rule === problem.rule && !isOther && sameStart(known, problem)) {
    return true;
  }
  if (known.severity === 'error' && isSameField(known, problem)) {
    return true;
  }
  // A field is wrong in one way at a time: what the server says of a field that is already reported says it again.
  return known.severity === 'error' && known.field !== undefined && known.field !== '' && known.field === problem.field;
}

/**
 * Of `oneOf` and the like the server says that the whole value fits no branch, and what the branch nearest by its own measure lacks. The
 * structural check has said which fields are meant, or what is wrong inside.
 */
function isOfCombination(known: Problem, problem: Problem): boolean {
  const field = known.field ?? '';
  if (/ must (?:not )?validate /.test(problem.message)) {
    return field === problem.field || field.startsWith(`${problem.field ?? ''}/`);
  }
  return (
    known.rule === 'kubernetes/combination' &&
    problem.rule === 'kubernetes/missing-field' &&
    problem.field?.slice(0, problem.field.lastIndexOf('/')) === field
  );
}

/** The server names some fields without the index of the list they are in, and some values by the map that holds them. */
function isSameField(known: Problem, problem: Problem): boolean {
  const { field } = problem;
  if (field === undefined || known.field === undefined || field === '') {
    return false;
  }
  const isHeld = known.rule === problem.rule && known.rule === 'kubernetes/bad-enum';
  return known.field.replace(/\/\d+(?=\/)/g, '') === field || (isHeld && known.field.startsWith(`${field}/`));
}

function isAboutDuplicates({ rule, message }: Problem): boolean {
  return /^kubernetes\/duplicate/.test(rule) || /duplicate|must be unique|hides previous definition/.test(message);
}

/** A selector that is missing or misspelt selects nothing, and what is absent has none of its fields: no faults of their own. */
function isConsequence(problem: Problem, structural: readonly Problem[], engine: readonly Problem[]): boolean {
  const isInsideAbsent = structural.some(
    ({ rule, severity, field }) =>
      rule === 'kubernetes/missing-field' && severity === 'error' && field && problem.field?.startsWith(field + '/'),
  );
  if (isInsideAbsent) {
    return true;
  }
  if (problem.rule !== 'kubernetes/selector-mismatch') {
    return false;
  }
  return [...structural, ...engine].some(
    (other) => other !== problem && other.severity === 'error' && /^\/spec\/selector(?:\/|$)/.test(other.field ?? ''),
  );
}

function sameStart(a: Problem, b: Problem): boolean {
  return a.range.start.line === b.range.start.line && a.range.start.character === b.range.start.character;
}
