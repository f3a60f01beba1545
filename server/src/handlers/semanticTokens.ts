// textDocument/semanticTokens/full.
import { SemanticTokensBuilder, type SemanticTokens, type SemanticTokensLegend } from 'vscode-languageserver';
import { detect } from '../core/kinds/registry';
import { tokens, tokenTypes } from '../core/structure/tokens';
import { guarded } from '../guard';
import type { Session } from '../session';
import { neighboursOf, placeOfDocument } from './documentPlace';

export const tokenLegend: SemanticTokensLegend = { tokenTypes: [...tokenTypes], tokenModifiers: [] };

export function registerSemanticTokens(session: Session): void {
  session.connection.languages.semanticTokens.on(
    guarded<{ textDocument: { uri: string } }, SemanticTokens>(
      session.log,
      'semanticTokens',
      async ({ textDocument }) => {
        const builder = new SemanticTokensBuilder();
        const place = await placeOfDocument(session, textDocument.uri);
        if (place !== undefined && place.role !== 'template' && session.settings.semanticTokens.enabled) {
          const { parsed } = place.document;
          const neighbours = neighboursOf(place);
          const documents = detect(place.path, parsed, neighbours);
          for (const { start, end, type } of tokens(parsed, documents, neighbours.substituted === true)) {
            const { line, character } = parsed.lines.positionAt(start);
            builder.push(line, character, end - start, tokenTypes.indexOf(type), 0);
          }
        }
        return builder.build();
      },
      { data: [] },
    ),
  );
}
