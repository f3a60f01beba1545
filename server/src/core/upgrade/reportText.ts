// The upgrade report as Markdown: for a pull request, and for the document that the editor shows, whose places are links.
import type { Problem } from '../problem';
import type { EnvironmentUpgrade, UpgradeReport } from './report';

/** A place in the text: from `start` to `end` in its line stands the name of a place in a file. */
export interface ReportLink {
  line: number;
  start: number;
  end: number;
  path: string;
  /** Zero-based place in that file. */
  at: { line: number; character: number };
}

export interface ReportText {
  text: string;
  links: ReportLink[];
}

export function reportText(report: UpgradeReport): ReportText {
  const lines: string[] = [];
  const links: ReportLink[] = [];
  const listProblems = (problems: readonly Problem[]): void => {
    for (const { path, range, message, fixes } of problems) {
      const place = `${path}:${range.start.line + 1}:${range.start.character + 1}`;
      links.push({ line: lines.length, start: 2, end: 2 + place.length, path, at: range.start });
      const fix = fixes?.[0]?.title;
      lines.push(`- ${place} — ${message.replace(/\s*\n\s*/g, ' ')}${fix === undefined ? '' : ` Quick fix: ${fix}.`}`);
    }
  };
  lines.push(`# What breaks on Kubernetes ${report.to}`, '');
  if (report.note !== undefined) {
    lines.push(report.note, '');
  }
  for (const reason of report.undecided) {
    lines.push(`> **Not decided:** ${reason}`, '');
  }
  for (const environment of report.environments) {
    lines.push(`## ${titleOf(environment)}`, '', summaryOf(environment, report.to), '');
    if (environment.breaks.length > 0) {
      lines.push('### Breaks', '');
      listProblems(environment.breaks);
      lines.push('');
    }
    if (environment.deprecated.length > 0) {
      lines.push('### Deprecated', '');
      listProblems(environment.deprecated);
      lines.push('');
    }
  }
  return { text: lines.join('\n').trimEnd() + '\n', links };
}

/** `staging, now Kubernetes 1.34`. */
export function titleOf({ name, from }: EnvironmentUpgrade): string {
  const title = name ?? 'In no environment';
  return from === undefined ? title : `${title}, now Kubernetes ${from}`;
}

/** One sentence of numbers. */
export function summaryOf({ breaks, deprecated, already }: EnvironmentUpgrade, to: string): string {
  const later = deprecated.length === 0 ? '' : ` ${many(deprecated.length, 'use')} of something deprecated.`;
  const before =
    already === 0
      ? ''
      : ` ${many(already, 'error')} of today ${already === 1 ? 'stays and is' : 'stay and are'} not listed.`;
  const found =
    breaks.length === 0
      ? `Nothing breaks on Kubernetes ${to}.`
      : `${many(breaks.length, 'finding')} ${breaks.length === 1 ? 'breaks' : 'break'}.`;
  return found + later + before;
}

const many = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;
