// Findings as JSON for programs; server/schemas/check.schema.json describes it.
import type { Severity } from '../../core/problem';
import type { CheckResult } from './formats';

export function formatJson(result: CheckResult): string {
  const count = (severity: Severity): number =>
    result.problems.filter((problem) => problem.severity === severity).length;
  const output = {
    schemaVersion: 1,
    ...(result.environment === undefined ? {} : { environment: result.environment }),
    counts: {
      error: count('error'),
      warning: count('warning'),
      info: count('info'),
      hint: count('hint'),
      files: result.files,
      sources: result.sources,
      objects: result.objects,
    },
    undecided: result.undecided,
    findings: result.problems.map(
      ({ rule, severity, message, path, range, resource, field, environments, rendered, related }) => ({
        rule,
        severity,
        message,
        path,
        range,
        ...(resource === undefined ? {} : { resource }),
        ...(field === undefined ? {} : { field }),
        ...(environments === undefined ? {} : { environments }),
        ...(rendered === undefined
          ? {}
          : { rendered, origin: { path, line: range.start.line, character: range.start.character } }),
        ...(related === undefined ? {} : { related }),
      }),
    ),
  };
  return `${JSON.stringify(output, undefined, 2)}\n`;
}
