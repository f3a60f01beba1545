// Problems and edits of the core as messages of the language-server protocol. The only file that knows both.
import {
  DiagnosticSeverity,
  DiagnosticTag,
  type Diagnostic,
  type TextEdit as LspTextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { Fix, Problem, Severity } from './core/problem';

const severities: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

export const diagnosticSource = 'plumbline';

/** `uriOf` turns a repository-relative path into the editor's URI. */
export function toDiagnostic(problem: Problem, uriOf: (path: string) => string): Diagnostic {
  return {
    range: problem.range,
    severity: severities[problem.severity],
    code: problem.rule,
    source: diagnosticSource,
    message: problem.message,
    ...(/^kubernetes\/deprecated-(?:api|field)$/.test(problem.rule) ? { tags: [DiagnosticTag.Deprecated] } : {}),
    ...(problem.related && problem.related.length > 0
      ? {
          relatedInformation: problem.related.map((r) => ({
            location: { uri: uriOf(r.location.path), range: r.location.range },
            message: r.message,
          })),
        }
      : {}),
  };
}

export function toWorkspaceEdit(edits: Fix['edits'], uriOf: (path: string) => string): WorkspaceEdit {
  const changes: Record<string, LspTextEdit[]> = {};
  for (const edit of edits) {
    (changes[uriOf(edit.path)] ??= []).push({ range: edit.range, newText: edit.newText });
  }
  return { changes };
}
