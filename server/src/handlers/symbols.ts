// The outline of a document.
import { SymbolKind, type DocumentSymbol } from 'vscode-languageserver';
import { documentSymbols, type DocumentSymbol as SymbolNode } from '../core/check/symbols';
import { guarded } from '../guard';
import type { Session } from '../session';

export function registerSymbols(session: Session): void {
  session.connection.onDocumentSymbol(
    guarded<{ textDocument: { uri: string } }, DocumentSymbol[]>(
      session.log,
      'documentSymbol',
      ({ textDocument }) => {
        const document = session.document(textDocument.uri);
        return document === undefined || !session.settings.symbols.enabled
          ? []
          : documentSymbols(document.parsed).map(toSymbol);
      },
      [],
    ),
  );
}

const symbolKinds: Record<SymbolNode['kind'], SymbolKind> = {
  object: SymbolKind.Class,
  map: SymbolKind.Object,
  list: SymbolKind.Array,
  value: SymbolKind.Property,
};

function toSymbol(node: SymbolNode): DocumentSymbol {
  return {
    name: node.name === '' ? '""' : node.name,
    ...(node.detail === '' ? {} : { detail: node.detail }),
    kind: symbolKinds[node.kind],
    range: node.range,
    selectionRange: node.selection,
    children: node.children.map(toSymbol),
  };
}
