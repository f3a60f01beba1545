// Quick fixes of the problems that the editor shows.
import type { CodeAction } from 'vscode-languageserver';
import { toCodeActions } from '../convert';
import { guarded } from '../guard';
import type { Session } from '../session';
import type { Diagnostics } from './diagnostics';

interface Params {
  textDocument: { uri: string };
  range: { start: { line: number }; end: { line: number } };
}

export function registerCodeActions(session: Session, diagnostics: Diagnostics): void {
  session.connection.onCodeAction(
    guarded<Params, CodeAction[]>(
      session.log,
      'codeAction',
      async ({ textDocument, range }) => {
        const place = await session.placeOf(textDocument.uri);
        if (place === undefined) {
          return [];
        }
        return diagnostics
          .problemsOf(textDocument.uri)
          .filter((p) => p.range.start.line <= range.end.line && p.range.end.line >= range.start.line)
          .flatMap((problem) => toCodeActions(problem, (path) => place.repository.uriOf(path)));
      },
      [],
    ),
  );
}
