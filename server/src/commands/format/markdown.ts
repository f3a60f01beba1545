// Findings as a Markdown table, for a comment on a pull request or a job summary.
import type { CheckResult } from './formats';
import { count } from './text';

export function formatMarkdown(result: CheckResult): string {
  const shown = result.problems.filter((problem) => problem.severity !== 'hint');
  const looked = `${count(result.files, 'file', 'files')}, ${count(result.sources, 'source', 'sources')} rendered, ${count(result.objects, 'object', 'objects')} validated`;
  const head = `### Plumbline: ${shown.length === 0 ? 'no problems' : count(shown.length, 'finding', 'findings')}\n\n${looked}.\n`;
  const undecided = result.undecided.map((text) => `\n> **Not decided:** ${cell(text)}\n`).join('');
  if (shown.length === 0) {
    return head + undecided;
  }
  const rows = shown.map(({ severity, path, range, message, rule }) => {
    const place = `${path}:${range.start.line + 1}:${range.start.character + 1}`;
    return `| ${severity} | \`${place.replace(/`/g, "'")}\` | ${cell(message)} | \`${rule}\` |\n`;
  });
  return `${head}${undecided}\n| | place | finding | rule |\n| --- | --- | --- | --- |\n${rows.join('')}`;
}

const cell = (text: string): string =>
  text
    .replace(/\\/g, '\\\\')
    .replace(/\|/g, '\\|')
    .replace(/</g, '&lt;')
    .replace(/\s*\n\s*/g, ' ');
