// The baseline: findings that were there when somebody decided to look at new ones only. An entry names the file, the rule, the object and
// the text of the line, so that it is found again wherever the line moves to, and is told anew once the line itself changes.
import { isObject } from '../json';
import type { Outcome, Problem } from '../problem';
import type { Baseline, KnownFinding } from '../workspace/source';
import { parseYaml } from '../yaml/parse';
import { toJson } from '../yaml/resolve';
import type { ParsedYaml } from '../yaml/tree';

/** The name that the file has where nobody chose another. */
export const baselineFile = '.plumbline-baseline.json';

/** Broken text is never known: nothing behind it was looked at. Hints are told quietly anyway. */
function isListed({ rule, severity }: Problem): boolean {
  return rule !== 'yaml/syntax' && severity !== 'hint';
}

/** Findings of one file without the known ones, each known one used up once. */
export function withoutKnown(problems: readonly Problem[], parsed: ParsedYaml, baseline: Baseline): Problem[] {
  const path = problems[0]?.path;
  const left = new Map<string, number>();
  for (const finding of baseline.findings) {
    if (finding.path === path) {
      const key = keyOf(finding);
      left.set(key, (left.get(key) ?? 0) + finding.count);
    }
  }
  if (left.size === 0) {
    return [...problems];
  }
  return problems.filter((problem) => {
    const key = isListed(problem) ? keyOf(findingOf(problem, parsed)) : '';
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count <= 0;
  });
}

/** Entries that nothing answers to any more, as findings in the baseline's own file. `problems`: all that there are, known ones included. */
export function staleEntries(
  problems: readonly Problem[],
  textOf: (path: string) => ParsedYaml | undefined,
  baseline: Baseline,
): Problem[] {
  const found = new Map<string, number>();
  for (const finding of findingsOf(problems, textOf)) {
    found.set(keyOf(finding), finding.count);
  }
  return baseline.findings.flatMap((finding) => {
    const missing = finding.count - (found.get(keyOf(finding)) ?? 0);
    if (missing <= 0) {
      return [];
    }
    const place = { line: finding.line, character: 0 };
    const rest = finding.count > missing ? ` ${missing} of ${finding.count} times` : '';
    return [
      {
        rule: 'plumbline/stale-baseline',
        severity: 'info' as const,
        path: baseline.path,
        range: { start: place, end: { ...place, character: 1 } },
        message: `${finding.rule} in ${finding.path} is no longer found${rest}. Write the baseline again to forget it.`,
      },
    ];
  });
}

/** The file's text for some findings: one of them per line, so that a review shows what came and went. */
export function baselineText(problems: readonly Problem[], textOf: (path: string) => ParsedYaml | undefined): string {
  const lines = findingsOf(problems, textOf).map(({ line: _line, ...finding }) => `    ${JSON.stringify(finding)}`);
  return `{\n  "version": 1,\n  "findings": [${lines.length === 0 ? '' : '\n' + lines.join(',\n') + '\n  '}]\n}\n`;
}

/** Reads the file. What is no such file is one problem, and an empty baseline: then everything is told. */
export function readBaseline(text: string, path: string): Outcome<Baseline> {
  const parsed = parseYaml(text);
  const root = parsed.documents[0]?.root;
  const value = toJson(root);
  const list = isObject(value) && value.version === 1 ? value.findings : undefined;
  const nodes =
    root?.kind === 'map' ? root.pairs.find(({ key }) => key.kind === 'scalar' && key.text === 'findings') : undefined;
  const fault = parsed.documents.some(({ faults }) => faults.length > 0);
  if (fault || !Array.isArray(list) || nodes?.value.kind !== 'seq') {
    const problem: Problem = {
      rule: 'plumbline/configuration',
      severity: 'error',
      path,
      range: parsed.lines.range(0, 0),
      message: `${path} is no baseline, so every finding is told. Write it again with "plumbline check --write-baseline".`,
    };
    return { result: { path, findings: [] }, problems: [problem] };
  }
  const { items } = nodes.value;
  const findings = list.flatMap((entry, index): KnownFinding[] => {
    if (!isObject(entry) || typeof entry.path !== 'string' || typeof entry.rule !== 'string') {
      return [];
    }
    return [
      {
        path: entry.path,
        rule: entry.rule,
        resource: typeof entry.resource === 'string' ? entry.resource : '',
        at: typeof entry.at === 'string' ? entry.at : '',
        count: typeof entry.count === 'number' && entry.count > 0 ? entry.count : 1,
        line: parsed.lines.positionAt(items[index]?.start ?? 0).line,
      },
    ];
  });
  return { result: { path, findings }, problems: [] };
}

function findingsOf(problems: readonly Problem[], textOf: (path: string) => ParsedYaml | undefined): KnownFinding[] {
  const counted = new Map<string, KnownFinding>();
  for (const problem of problems.filter(isListed)) {
    const finding = findingOf(problem, textOf(problem.path));
    const known = counted.get(keyOf(finding));
    counted.set(keyOf(finding), known === undefined ? finding : { ...known, count: known.count + 1 });
  }
  return [...counted.values()].sort((a, b) => compare(a.path, b.path) || compare(keyOf(a), keyOf(b)));
}

function findingOf(problem: Problem, parsed: ParsedYaml | undefined): KnownFinding {
  const { path, rule, resource = '', range, field = '' } = problem;
  // Nobody copies a line of a Secret into another file.
  const isSecret = /^Secret\b/.test(resource);
  return {
    path,
    rule,
    resource,
    at: isSecret || parsed === undefined ? field : lineText(parsed, range.start.line),
    count: 1,
    line: 0,
  };
}

function lineText(parsed: ParsedYaml, line: number): string {
  const start = parsed.lines.offsetAt({ line, character: 0 });
  const end = parsed.lines.offsetAt({ line: line + 1, character: 0 });
  return parsed.text.slice(start, end).trim().slice(0, 200);
}

function keyOf({ path, rule, resource, at }: KnownFinding): string {
  return [path, rule, resource, at].join('\n');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
