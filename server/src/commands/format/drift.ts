// Drift reports for terminals, pipelines and pull requests. Everything in a report is masked already.
import type { DriftReport, DriftState, FieldDrift, ObjectDrift } from '../../core/drift/drift';
import type { Problem, Severity } from '../../core/problem';
import { label } from '../../core/resource';
import type { FormatOptions } from './formats';
import { formatters } from './formats';
import { count } from './text';

export type DriftFormatter = (reports: readonly DriftReport[], options: FormatOptions) => string;

/** The same names as for `check`; the formats of pipelines are those of findings, one for each object that is not in sync. */
export const driftFormatters: Record<string, DriftFormatter> = {
  text: (reports, options) => reports.map((report) => driftText(report, options)).join('\n'),
  json: (reports) => JSON.stringify({ schemaVersion: 1, reports }, null, 2) + '\n',
  markdown: driftMarkdown,
  ...Object.fromEntries(
    ['sarif', 'junit', 'github'].map((name) => [
      name,
      (reports: readonly DriftReport[], options: FormatOptions) =>
        formatters[name]?.(
          {
            root: '',
            files: 0,
            sources: 0,
            objects: reports.reduce((n, report) => n + report.objects.length, 0),
            undecided: reports.flatMap((report) => report.failures.map((failure) => failure.message)),
            problems: reports.flatMap(problemsOf),
          },
          options,
        ) ?? '',
    ]),
  ),
};

const stateWords: Record<DriftState, string> = {
  inSync: 'in sync',
  drifted: 'drifted',
  missing: 'missing in the cluster',
  extra: 'no longer in Git',
  rejected: 'would be rejected',
  unknown: 'unknown',
};
const styles: Record<DriftState, Parameters<FormatOptions['paint']>[0]> = {
  inSync: 'good',
  drifted: 'warning',
  missing: 'warning',
  extra: 'warning',
  rejected: 'error',
  unknown: 'info',
};
const changes: Record<FieldDrift['change'], string> = {
  changed: 'changed',
  removed: 'only in Git',
  added: 'only live',
  order: 'other order',
};

function driftText(report: DriftReport, { paint, quiet }: FormatOptions): string {
  const lines = [`${paint('bold', report.environment)} ${paint('dim', `against ${report.target}${revision(report)}`)}`];
  const bySource = new Map<string, ObjectDrift[]>();
  for (const object of report.objects.filter((o) => o.state !== 'inSync')) {
    bySource.set(object.source, [...(bySource.get(object.source) ?? []), object]);
  }
  for (const [source, objects] of bySource) {
    lines.push(`  ${source}`);
    for (const object of objects) {
      const place = object.origin === undefined ? '' : paint('dim', ` ${at(object.origin)}`);
      lines.push(`    ${label(object.key)}  ${paint(styles[object.state], stateWords[object.state])}${place}`);
      if (object.failure !== undefined) {
        lines.push(`      ${object.failure.message}`);
        lines.push(...(object.failure.causes ?? []).map((cause) => `      ${cause.field}: ${cause.message}`));
      }
      lines.push(...object.fields.map((field) => `      ${fieldText(field, paint)}`));
    }
  }
  lines.push(...report.failures.map((failure) => `  ${paint('info', failure.message)}`));
  if (!quiet) {
    lines.push(`  ${summary(report)}`);
  }
  return lines.join('\n') + '\n';
}

function fieldText(field: FieldDrift, paint: FormatOptions['paint']): string {
  const values =
    field.change === 'changed'
      ? `${field.desired ?? ''} → live ${field.live ?? ''}`
      : `${changes[field.change]}${valueOf(field)}`;
  const by = field.blame === undefined ? '' : paint('dim', `  ${blameText(field)}`);
  const place = field.origin === undefined ? '' : paint('dim', `  ${at(field.origin)}`);
  return `${field.path}: ${values}${by}${place}`;
}

const valueOf = (field: FieldDrift): string => {
  const value = field.change === 'removed' ? field.desired : field.live;
  return value === undefined ? '' : ` (${value})`;
};
const blameText = ({ blame }: FieldDrift): string =>
  blame === undefined
    ? ''
    : `by ${blame.manager}${blame.subresource === undefined ? '' : ` (${blame.subresource})`}${blame.time === undefined ? '' : `, ${blame.time}`}`;
const at = (origin: { path: string; line: number }): string => `${origin.path}:${origin.line + 1}`;
const revision = ({ revision: id, dirty }: DriftReport): string =>
  id === undefined ? '' : `, Git ${id.slice(0, 7)}${dirty ? ' with uncommitted changes' : ''}`;

function summary({ counts, objects }: DriftReport): string {
  const parts = (Object.keys(stateWords) as DriftState[])
    .filter((state) => counts[state] > 0)
    .map((state) => `${counts[state]} ${stateWords[state]}`);
  return `${count(objects.length, 'object', 'objects')}: ${parts.length === 0 ? 'nothing to compare' : parts.join(', ')}.`;
}

function driftMarkdown(reports: readonly DriftReport[]): string {
  const cell = (text: string): string => '`' + text.replace(/`/g, "'").replace(/\|/g, '\\|') + '`';
  return reports
    .map((report) => {
      const rows = report.objects
        .filter((object) => object.state !== 'inSync')
        .flatMap((object) => {
          const head = `| ${label(object.key)} | ${stateWords[object.state]} |`;
          return object.fields.length === 0
            ? [`${head} ${object.failure?.message ?? ''} | | | |`]
            : object.fields.map(
                (field, index) =>
                  `${index === 0 ? head : '| | |'} ${field.path} | ${cell(field.desired ?? '')} | ${cell(field.live ?? '')} | ${blameText(field)} |`,
              );
        });
      const failures = report.failures.map((failure) => `- ${failure.message}`);
      const table =
        rows.length === 0
          ? []
          : [
              '| object | state | field | Git | live | last written |',
              '| --- | --- | --- | --- | --- | --- |',
              ...rows,
              '',
            ];
      return [
        `### ${report.environment} against ${report.target}`,
        '',
        ...table,
        ...failures,
        summary(report),
        '',
      ].join('\n');
    })
    .join('\n');
}

const severities: Record<DriftState, Severity> = {
  inSync: 'hint',
  drifted: 'warning',
  missing: 'warning',
  extra: 'info',
  rejected: 'error',
  unknown: 'error',
};

/** One finding for each object that is not in sync, at its source line. */
function problemsOf(report: DriftReport): Problem[] {
  return report.objects
    .filter((object) => object.state !== 'inSync')
    .map((object) => {
      const start = { line: object.origin?.line ?? 0, character: object.origin?.character ?? 0 };
      const fields = object.fields.map(
        (field) => `${field.path}${field.live === undefined ? '' : ` is ${field.live}`}`,
      );
      const detail = object.failure?.message ?? fields.join('; ');
      return {
        rule: `drift/${object.state === 'extra' ? 'leftover' : object.state}`,
        severity: severities[object.state],
        message: `${label(object.key)} is ${stateWords[object.state]} (${report.environment})${detail === '' ? '' : `: ${detail}`}`,
        path: object.origin?.path ?? '.plumbline.yaml',
        range: { start, end: start },
        resource: label(object.key),
      };
    });
}
