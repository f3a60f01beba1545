// `# plumbline-ignore rule[, rule] [reason]`: on the line of a finding, or alone on the line above it. And the severities
// that the configuration gives to rules.
import type { Problem } from '../problem';
import { withoutSecretValue } from '../secrets/hideValues';
import type { Configuration } from '../workspace/source';
import type { ParsedYaml } from '../yaml/tree';

/** Rules that are ignored, by zero-based line of the finding. */
export type Suppressions = ReadonlyMap<number, readonly string[]>;

const none: Suppressions = new Map();

export function suppressionsOf(parsed: ParsedYaml): Suppressions {
  if (!parsed.text.includes('plumbline-ignore')) {
    return none;
  }
  const byLine = new Map<number, string[]>();
  for (const document of parsed.documents) {
    for (const comment of document.comments) {
      const match = /^#\s*plumbline-ignore\s+([\w/*-]+(?:\s*,\s*[\w/*-]+)*)/.exec(
        parsed.text.slice(comment.start, comment.end),
      );
      if (match === null) {
        continue;
      }
      const { line, character } = parsed.lines.positionAt(comment.start);
      const alone = parsed.text.slice(comment.start - character, comment.start).trim() === '';
      const rules = (match[1] ?? '').split(',').map((rule) => rule.trim());
      const target = alone ? lineBelow(parsed, line) : line;
      byLine.set(target, [...(byLine.get(target) ?? []), ...rules]);
    }
  }
  return byLine;
}

/** The next line that is not itself a comment, so that several comments may stand above a line. */
function lineBelow(parsed: ParsedYaml, line: number): number {
  for (let next = line + 1; next < parsed.lines.count; next++) {
    const start = parsed.lines.offsetAt({ line: next, character: 0 });
    const end = parsed.lines.offsetAt({ line: next + 1, character: 0 });
    if (!parsed.text.slice(start, end).trimStart().startsWith('#')) {
      return next;
    }
  }
  return line + 1;
}

/** True where a comment says so. `kubernetes/*` stands for all rules of a system. Faults of the text cannot be ignored. */
export function isSuppressed(problem: Problem, suppressions: Suppressions): boolean {
  const rules = suppressions.get(problem.range.start.line);
  if (rules === undefined || problem.rule === 'yaml/syntax') {
    return false;
  }
  return rules.some(
    (rule) => rule === problem.rule || (rule.endsWith('/*') && problem.rule.startsWith(rule.slice(0, -1))),
  );
}

/** The findings that remain, with the configured severities. */
export function settle(
  problems: readonly Problem[],
  parsed: ParsedYaml,
  rules: Configuration['rules'] = {},
): Problem[] {
  const suppressions = suppressionsOf(parsed);
  const settled: Problem[] = [];
  for (const problem of problems) {
    const severity = rules[problem.rule] ?? problem.severity;
    if (severity !== 'off' && !isSuppressed(problem, suppressions)) {
      const said = withoutSecretValue(problem);
      settled.push(severity === said.severity ? said : { ...said, severity });
    }
  }
  return settled;
}
