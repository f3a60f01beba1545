// What a person does not want to hear: `# plumbline-ignore rule[, rule] [reason]` on the line of a finding, or alone on the line above it;
// the annotation `plumbline.dev/ignore` of an object; the severities that the configuration gives to rules; its baseline.
import picomatch from 'picomatch';
import { identityOf, listItems, type Identity } from '../kinds/identity';
import type { Problem } from '../problem';
import { uncheckedDocuments } from '../schema/directive';
import { withoutSecretValue } from '../secrets/hideValues';
import { entryOf } from '../yaml/path';
import { follow } from '../yaml/resolve';
import type { ParsedYaml } from '../yaml/tree';
import type { Configuration } from '../workspace/source';
import { withoutKnown } from './baseline';

/** Rules that an object's own annotation silences, divided by commas. */
export const ignoreAnnotation = 'plumbline.dev/ignore';

export interface Suppressions {
  /** By zero-based line of the finding. */
  lines: ReadonlyMap<number, readonly string[]>;
  /** By the lines of objects. */
  objects: readonly { first: number; last: number; rules: readonly string[] }[];
}

const noLines: Suppressions['lines'] = new Map();

export function suppressionsOf(parsed: ParsedYaml): Suppressions {
  return { lines: ignoredLines(parsed), objects: [...ignoredObjects(parsed), ...unchecked(parsed)] };
}

/** Documents whose schema is said to be `none`: nobody wants them checked. */
function unchecked(parsed: ParsedYaml): Suppressions['objects'] {
  return uncheckedDocuments(parsed).map((document) => {
    const { start, end } = parsed.lines.range(document.start, document.end);
    return { first: start.line, last: end.line, rules: ['*'] };
  });
}

function ignoredLines(parsed: ParsedYaml): Suppressions['lines'] {
  if (!parsed.text.includes('plumbline-ignore')) {
    return noLines;
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

function ignoredObjects(parsed: ParsedYaml): Suppressions['objects'] {
  if (!parsed.text.includes(ignoreAnnotation)) {
    return [];
  }
  return parsed.documents.flatMap(({ root }) => {
    const whole = identityOf(root);
    const all =
      whole === undefined ? [] : [whole, ...(listItems(whole) ?? []).flatMap((item) => identityOf(item) ?? [])];
    return all.flatMap((identity) => {
      const rules = ignoredBy(identity);
      const { start, end } = parsed.lines.range(identity.root.start, identity.root.end);
      return rules.length === 0 ? [] : [{ first: start.line, last: end.line, rules }];
    });
  });
}

/** The rules that an object's annotation names. */
function ignoredBy({ root }: Identity): string[] {
  let node = entryOf(root, 'metadata')?.value;
  for (const name of ['annotations', ignoreAnnotation]) {
    const map = node === undefined ? undefined : follow(node);
    node = map?.kind === 'map' ? entryOf(map, name)?.value : undefined;
  }
  const value = node === undefined ? undefined : follow(node);
  return value?.kind === 'scalar'
    ? value.text
        .split(',')
        .map((rule) => rule.trim())
        .filter((rule) => rule !== '')
    : [];
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

/** True where a comment or an annotation says so. `kubernetes/*` stands for all rules of a system. Faults of the text cannot be ignored. */
export function isSuppressed(problem: Problem, { lines, objects }: Suppressions): boolean {
  if (problem.rule === 'yaml/syntax') {
    return false;
  }
  const { line } = problem.range.start;
  const names = (rule: string): boolean =>
    rule === problem.rule || rule === '*' || (rule.endsWith('/*') && problem.rule.startsWith(rule.slice(0, -1)));
  return (
    lines.get(line)?.some(names) === true ||
    objects.some(({ first, last, rules }) => first <= line && line <= last && rules.some(names))
  );
}

type Settling = Pick<Configuration, 'rules'> & Partial<Pick<Configuration, 'overrides' | 'baseline'>>;

/** The findings of one file that remain, with the configured severities. */
export function settle(
  problems: readonly Problem[],
  parsed: ParsedYaml,
  configuration: Settling = { rules: {} },
): Problem[] {
  const suppressions = suppressionsOf(parsed);
  const path = problems[0]?.path;
  const rules = path === undefined ? configuration.rules : rulesFor(configuration, path);
  const settled: Problem[] = [];
  for (const problem of problems) {
    const severity = rules[problem.rule] ?? problem.severity;
    if (severity !== 'off' && !isSuppressed(problem, suppressions)) {
      const said = withoutSecretValue(problem);
      settled.push(severity === said.severity ? said : { ...said, severity });
    }
  }
  return configuration.baseline === undefined ? settled : withoutKnown(settled, parsed, configuration.baseline);
}

/** Severities that count for a path: overrides complete the general ones, later ones win. */
function rulesFor({ rules, overrides = [] }: Settling, path: string): Configuration['rules'] {
  const fitting = overrides.filter(({ paths }) => picomatch([...paths], { dot: true })(path));
  return fitting.reduce<Configuration['rules']>((all, override) => ({ ...all, ...override.rules }), rules);
}
