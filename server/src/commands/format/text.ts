// Findings for people in a terminal: one line each, grouped by file, with a summary.
import type { Problem, Severity } from '../../core/problem';
import type { CheckResult, FormatOptions } from './formats';

const words: Record<Severity, [one: string, many: string]> = {
  error: ['error', 'errors'],
  warning: ['warning', 'warnings'],
  info: ['note', 'notes'],
  hint: ['hint', 'hints'],
};

export function formatText(result: CheckResult, { paint, quiet }: FormatOptions): string {
  // Hints are for editors: "there is no schema for this kind" is no finding of a pipeline.
  const shown = result.problems.filter((problem) => problem.severity !== 'hint');
  const lines = shown.map((problem) => {
    const { line, character } = problem.range.start;
    const place = `${problem.path}:${line + 1}:${character + 1}`;
    const style = problem.severity === 'hint' ? 'dim' : problem.severity;
    return `${paint('bold', place)} ${paint(style, problem.severity)} ${problem.message} ${paint('dim', problem.rule)}${via(problem)}\n`;
  });
  return lines.join('') + (quiet ? '' : `${lines.length === 0 ? '' : '\n'}${summary(result, shown, paint)}\n`);
}

function via(problem: Problem): string {
  return problem.rendered === undefined ? '' : ` (in ${problem.rendered.source})`;
}

function summary(result: CheckResult, shown: readonly Problem[], paint: FormatOptions['paint']): string {
  const looked = `${count(result.files, 'file', 'files')}, ${count(result.sources, 'source', 'sources')} rendered, ${count(result.objects, 'object', 'objects')} validated`;
  const counts = (Object.keys(words) as Severity[]).flatMap((severity) => {
    const n = shown.filter((problem) => problem.severity === severity).length;
    return n === 0 ? [] : [paint(severity === 'hint' ? 'dim' : severity, count(n, ...words[severity]))];
  });
  const found = counts.length === 0 ? paint('good', 'No problems') : counts.join(', ');
  return `${found} in ${looked}.`;
}

export const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;
