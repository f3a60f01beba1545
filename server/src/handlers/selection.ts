// textDocument/selectionRange.
import type { Position, SelectionRange } from 'vscode-languageserver';
import { selectionSpans } from '../core/structure/selection';
import { guarded } from '../guard';
import type { Session } from '../session';

interface Params {
  textDocument: { uri: string };
  positions: Position[];
}

export function registerSelection(session: Session): void {
  session.connection.onSelectionRanges(
    guarded<Params, SelectionRange[] | null>(
      session.log,
      'selectionRange',
      ({ textDocument, positions }) => {
        const parsed = session.document(textDocument.uri)?.parsed;
        if (parsed === undefined || !session.settings.selectionRanges.enabled) {
          return null;
        }
        return positions.map((position) => {
          const spans = selectionSpans(parsed, parsed.lines.offsetAt(position));
          return spans.reduceRight<SelectionRange | undefined>(
            (parent, { start, end }) => ({
              range: parsed.lines.range(start, end),
              ...(parent === undefined ? {} : { parent }),
            }),
            undefined,
          ) as SelectionRange;
        });
      },
      null,
    ),
  );
}
