// textDocument/foldingRange. No answer where the text is no YAML yet, or broken: the editor then folds by indentation.
import { FoldingRangeKind, type FoldingRange } from 'vscode-languageserver';
import { detect } from '../core/kinds/registry';
import { folds, type Fold } from '../core/structure/folding';
import { guarded } from '../guard';
import type { Session } from '../session';
import { neighboursOf, placeOfDocument } from './documentPlace';

const kinds: Record<Fold['kind'], FoldingRange['kind']> = {
  structure: undefined,
  comment: FoldingRangeKind.Comment,
  region: FoldingRangeKind.Region,
};

export function registerFolding(session: Session): void {
  session.connection.onFoldingRanges(
    guarded<{ textDocument: { uri: string } }, FoldingRange[] | null>(
      session.log,
      'foldingRange',
      async ({ textDocument }) => {
        const place = await placeOfDocument(session, textDocument.uri);
        if (place === undefined || !session.settings.folding.enabled) {
          return null;
        }
        const { parsed } = place.document;
        const isTemplate = detect(place.path, parsed, neighboursOf(place)).some(
          ({ kind }) => kind.id === 'helmTemplate',
        );
        const found = isTemplate ? undefined : folds(parsed);
        return (
          found?.map(({ start, end, kind }) => {
            const named = kinds[kind];
            return { startLine: start, endLine: end, ...(named === undefined ? {} : { kind: named }) };
          }) ?? null
        );
      },
      null,
    ),
  );
}
