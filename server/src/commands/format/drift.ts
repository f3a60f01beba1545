// Drift reports for terminals, pipelines and pull requests. Everything in a report is masked already.
import type { DriftReport, DriftState, FieldDrift, ObjectDrift } from '../../core/drift/drift';
import type { Problem, Severity } from '../../core/problem';
import type { Failure } from '../../core/ports';
import { label } from '../../core/resource';
import { sourceLabel } from '../../core/workspace/sourceLabel';
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
const shortWords: Record<DriftState, string> = {
  inSync: 'in sync',
  drifted: 'drifted',
  missing: 'missing',
  extra: 'leftover',
  rejected: 'rejected',
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
function driftText(report: DriftReport, { paint, quiet }: FormatOptions): string {
  const differing = report.objects.filter((o) => o.state !== 'inSync');
  const { together, rest } = explainedTogether(differing);
  const lines = [
    `${paint('bold', report.environment)} ${paint('dim', `compared with ${report.target}${revision(report)}`)}`,
  ];
  for (const [source, objects] of bySource(rest)) {
    lines.push('', `  ${sourceLabel(source)}`);
    const width = Math.max(...objects.map((object) => label(object.key).length));
    for (const object of objects) {
      lines.push(...objectText(object, width, paint));
    }
  }
  for (const [failure, objects] of together) {
    lines.push(
      '',
      `  ${paint('info', `${count(objects.length, 'object is', 'objects are')} unknown`)}: ${failure.message}`,
    );
    lines.push(...wrapped(objects.map((object) => label(object.key)).join(', '), 4).map((line) => paint('dim', line)));
  }
  const said = new Set(differing.flatMap((object) => object.failure?.message ?? []));
  const others = report.failures.filter((failure) => !said.has(failure.message));
  lines.push(...(others.length === 0 ? [] : ['']), ...others.map((failure) => `  ${paint('info', failure.message)}`));
  if (!quiet) {
    lines.push('', `  ${summary(report)}`);
    lines.push(...notSearched(report).map((line) => paint('dim', line)));
  }
  return lines.join('\n') + '\n';
}

function bySource(objects: readonly ObjectDrift[]): Map<string, ObjectDrift[]> {
  const groups = new Map<string, ObjectDrift[]>();
  for (const object of objects) {
    groups.set(object.source, [...(groups.get(object.source) ?? []), object]);
  }
  return groups;
}

/**
 * Unknown objects by what explains them: a target that cannot be reached explains all of them, and is said once. Of several
 * refusals for one reason (each kind that may not be listed) the first speaks for the others.
 */
function explainedTogether(objects: readonly ObjectDrift[]): {
  together: [Failure, ObjectDrift[]][];
  rest: ObjectDrift[];
} {
  const causes = new Map<string, ObjectDrift[]>();
  const causeOf = ({ state, failure }: ObjectDrift): string | undefined =>
    state !== 'unknown' || failure === undefined
      ? undefined
      : ['forbidden', 'unauthorized', 'unreachable', 'timeout'].includes(failure.reason)
        ? failure.reason
        : failure.message;
  for (const object of objects) {
    const cause = causeOf(object);
    if (cause !== undefined) {
      causes.set(cause, [...(causes.get(cause) ?? []), object]);
    }
  }
  const together = [...causes.values()].flatMap((of): [Failure, ObjectDrift[]][] => {
    const failure = of[0]?.failure;
    return of.length < 2 || failure === undefined ? [] : [[withMore(failure, of), of]];
  });
  const explained = new Set(together.flatMap(([, of]) => of));
  return { together, rest: objects.filter((object) => !explained.has(object)) };
}

function withMore(failure: Failure, objects: readonly ObjectDrift[]): Failure {
  const others = new Set(objects.map((object) => object.failure?.message)).size - 1;
  return others === 0
    ? failure
    : { ...failure, message: `${failure.message} The same holds for ${count(others, 'other kind', 'other kinds')}.` };
}

/** An object in one line, then a line or two for each field; what says where and who is dim. */
function objectText(object: ObjectDrift, width: number, paint: FormatOptions['paint']): string[] {
  const state = paint(styles[object.state], shortWords[object.state].padEnd(8));
  const place = object.origin === undefined ? '' : paint('dim', at(object.origin));
  const lines = [`    ${state}  ${label(object.key).padEnd(width)}  ${place}`.trimEnd()];
  if (object.failure !== undefined) {
    const causes = object.failure.causes ?? [];
    lines.push(`      ${object.failure.message}`);
    // The message says the first one itself.
    lines.push(...causes.slice(1).map((cause) => `      ${cause.field}: ${cause.message}`));
  }
  for (const field of object.fields) {
    const details = [blameText(field), field.origin === undefined ? '' : at(field.origin)].filter(
      (text) => text !== '',
    );
    lines.push(`      ${field.path}: ${valuesText(field)}`);
    if (details.length > 0) {
      lines.push(`        ${paint('dim', details.join(' · '))}`);
    }
  }
  return lines;
}

/** Git's value first, as in "Git says 4, live is 6". */
function valuesText({ change, desired, live }: FieldDrift): string {
  switch (change) {
    case 'changed':
      return `${desired ?? ''} → live ${live ?? ''}`;
    case 'removed':
      return `${desired ?? ''} → not live`;
    case 'added':
      return `not in Git → live ${live ?? ''}`;
    case 'order':
      return `order ${desired ?? ''} → live ${live ?? ''}`;
  }
}

const blameText = ({ blame }: FieldDrift): string =>
  blame === undefined
    ? ''
    : `${blame.manager}${blame.subresource === undefined ? '' : ` (${blame.subresource})`}${blame.time === undefined ? '' : `, ${timeText(blame.time)}`}`;
/** `2026-11-06 09:12 UTC`: a report is read in many time zones. */
const timeText = (time: string): string => time.replace(/^(.{10})T(\d\d:\d\d).*$/, '$1 $2 UTC');
const at = (origin: { path: string; line: number }): string => `${origin.path}:${origin.line + 1}`;
const revision = ({ revision: id, dirty }: DriftReport): string =>
  id === undefined ? '' : `, Git ${id.slice(0, 7)}${dirty ? ' with uncommitted changes' : ''}`;

/** That no leftover is shown says nothing where none was looked for. */
function notSearched({ notSearched: kinds = [], counts, objects }: DriftReport): string[] {
  const known = [...new Set(kinds)];
  return known.length === 0 || counts.unknown === objects.length
    ? []
    : wrapped(`Leftovers could not be looked for everywhere: ${known.join(', ')}.`, 2);
}

/** Words in lines of at most a hundred columns. */
function wrapped(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of text.split(/(?<=,) /)) {
    if (line !== '' && line.length + part.length > 100 - indent) {
      lines.push(line);
      line = '';
    }
    line += (line === '' ? '' : ' ') + part;
  }
  return [...lines, line].map((one) => ' '.repeat(indent) + one);
}

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
