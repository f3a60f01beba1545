// Findings as SARIF 2.1.0, which code-scanning services and editors read.
import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import type { Severity } from '../../core/problem';
import type { CheckResult } from './formats';

const levels: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'note', hint: 'none' };

export function formatSarif(result: CheckResult): string {
  const rules = [...new Set(result.problems.map((problem) => problem.rule))].sort();
  const output = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Plumbline', rules: rules.map((id) => ({ id })) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { ROOT: { uri: `${pathToFileURL(result.root).href}/` } },
        invocations: [
          {
            executionSuccessful: result.undecided.length === 0,
            toolExecutionNotifications: result.undecided.map((text) => ({ level: 'error', message: { text } })),
          },
        ],
        results: result.problems.map(({ rule, severity, message, path, range, resource }) => ({
          ruleId: rule,
          ruleIndex: rules.indexOf(rule),
          level: levels[severity],
          message: { text: message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: encodeURI(path), uriBaseId: 'ROOT' },
                region: {
                  startLine: range.start.line + 1,
                  startColumn: range.start.character + 1,
                  endLine: range.end.line + 1,
                  endColumn: range.end.character + 1,
                },
              },
              ...(resource === undefined
                ? {}
                : { logicalLocations: [{ fullyQualifiedName: resource, kind: 'resource' }] }),
            },
          ],
          // The same finding keeps its identity when lines move.
          partialFingerprints: {
            'plumbline/v1': createHash('sha256')
              .update([rule, path, resource ?? '', message].join('\0'))
              .digest('hex')
              .slice(0, 32),
          },
        })),
      },
    ],
  };
  return `${JSON.stringify(output, undefined, 2)}\n`;
}
