// Quick fixes of a finding: those that came with it, and those that are thought of when somebody asks. Each is tried out on the text first
// and offered only where the finding goes and none comes.
import { applyEdits } from '../edit/edits';
import type { Fix, Problem } from '../problem';
import { parseYaml } from '../yaml/parse';
import type { ParsedYaml } from '../yaml/tree';
import { objectFixes } from './objectFixes';
import { placeOf, type FixContext } from './place';
import { textFixes } from './textFixes';

export type { FixContext } from './place';

/** The quick check of a text in the place of the file. */
export type Recheck = (parsed: ParsedYaml) => readonly Problem[];

export interface QuickFix extends Fix {
  /** It changes nothing but what is surely meant: `source.fixAll` may make it. */
  safe: boolean;
}

export function quickFixes(problem: Problem, context: FixContext, recheck: Recheck): QuickFix[] {
  const place = placeOf(problem, context);
  const thought = place === undefined ? undefined : (textFixes[problem.rule] ?? objectFixes[problem.rule])?.(place);
  const candidates: QuickFix[] = [
    ...(problem.fixes ?? []).map((fix) => ({ ...fix, safe: isOnlyForm(fix, context) })),
    ...(thought ?? []).map((candidate) => ({ ...candidate, safe: candidate.safe === true })),
  ];
  const before = candidates.length === 0 ? [] : recheck(context.parsed);
  const offered = new Set<string>();
  return candidates.filter((candidate) => {
    const text = JSON.stringify(candidate.edits);
    const isNew = !offered.has(text);
    offered.add(text);
    // What happens in other files is known to who made the fix.
    const isHere = candidate.edits.every(({ path }) => path === context.path);
    return isNew && (!isHere || helps(problem, candidate, context.parsed, before, recheck));
  });
}

/** Whether a finding goes with a change, and no other comes. What broken text hid may come to light. */
function helps(
  problem: Problem,
  { edits }: Fix,
  parsed: ParsedYaml,
  before: readonly Problem[],
  recheck: Recheck,
): boolean {
  const after = recheck(parseYaml(applyEdits(parsed, edits), parsed));
  const isText = (one: Problem): boolean => one.rule.startsWith('yaml/');
  const count = (of: readonly Problem[], matches: (one: Problem) => boolean): number => of.filter(matches).length;
  if (isText(problem)) {
    return count(after, isText) < count(before, isText);
  }
  const is = (key: string) => (one: Problem) => keyOf(one) === key;
  const key = keyOf(problem);
  const [old, now] = [count(before, is(key)), count(after, is(key))];
  return (
    (old === 0 || now < old) && after.every((one) => count(after, is(keyOf(one))) <= count(before, is(keyOf(one))))
  );
}

/** The text changes in its quotes, the case of its letters or its separators only. */
function isOnlyForm(fix: Fix, { parsed, path }: FixContext): boolean {
  const plain = (text: string): string => text.replace(/["'\s_-]/g, '').toLowerCase();
  return (
    fix.preferred === true &&
    fix.edits.every(({ range, newText, path: edited }) => {
      const text = parsed.text.slice(parsed.lines.offsetAt(range.start), parsed.lines.offsetAt(range.end));
      return edited === path && plain(text) === plain(newText);
    })
  );
}

function keyOf({ rule, field, message }: Problem): string {
  return `${rule}|${field ?? ''}|${message}`;
}
