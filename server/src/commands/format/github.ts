// Findings as workflow commands of GitHub Actions, which become annotations of the changed lines.
import type { Severity } from '../../core/problem';
import type { CheckResult } from './formats';

const commands: Partial<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

export function formatGithub(result: CheckResult): string {
  const lines = result.problems.flatMap(({ severity, path, range, rule, message }) => {
    const command = commands[severity];
    if (command === undefined) {
      return [];
    }
    const { start, end } = range;
    // Columns are only understood inside one line.
    const columns =
      start.line === end.line
        ? `,col=${start.character + 1},endColumn=${Math.max(end.character, start.character + 1)}`
        : '';
    const place = `file=${property(path)},line=${start.line + 1},endLine=${end.line + 1}${columns},title=${property(rule)}`;
    return [`::${command} ${place}::${data(message)}\n`];
  });
  return lines.join('') + result.undecided.map((text) => `::error title=plumbline::${data(text)}\n`).join('');
}

const data = (text: string): string => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
const property = (text: string): string => data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
