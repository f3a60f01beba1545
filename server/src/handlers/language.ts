// Hover, completion, symbols and quick fixes of the document under the caret: the core's answers as protocol messages.
import {
  CompletionItemKind,
  InsertTextFormat,
  InsertTextMode,
  MarkupKind,
  SymbolKind,
  type CodeAction,
  type CompletionItem,
  type DocumentSymbol,
  type Hover,
} from 'vscode-languageserver';
import { documentSymbols, type DocumentSymbol as SymbolNode } from '../core/check/symbols';
import { completeAt } from '../core/schema/complete';
import { hoverAt } from '../core/schema/hover';
import { documentAt } from '../core/yaml/path';
import { toCodeActions } from '../convert';
import { guarded } from '../guard';
import { fileOf, type OpenRepository } from '../openRepository';
import type { OpenDocument, Session } from '../session';
import type { Diagnostics } from './diagnostics';

export function registerLanguage(session: Session, diagnostics: Diagnostics): void {
  const { connection, log } = session;

  connection.onHover(
    guarded<{ textDocument: { uri: string }; position: { line: number; character: number } }, Hover | null>(
      log,
      'hover',
      async ({ textDocument, position }) => {
        const at = await schemaPlace(session, textDocument.uri);
        if (at === undefined) {
          return null;
        }
        const { parsed } = at.document;
        const offset = parsed.lines.offsetAt(position);
        const document = documentAt(parsed, offset);
        const hover = document && hoverAt(parsed, document, offset, at.repository.services.schemas(), at.minor);
        return hover ? { contents: { kind: MarkupKind.Markdown, value: hover.markdown }, range: hover.range } : null;
      },
      null,
    ),
  );

  connection.onCompletion(
    guarded<{ textDocument: { uri: string }; position: { line: number; character: number } }, CompletionItem[]>(
      log,
      'completion',
      async ({ textDocument, position }) => {
        const at = await schemaPlace(session, textDocument.uri);
        if (at === undefined) {
          return [];
        }
        const { parsed } = at.document;
        const offset = parsed.lines.offsetAt(position);
        const document = documentAt(parsed, offset);
        const items = document ? completeAt(parsed, document, offset, at.repository.services.schemas(), at.minor) : [];
        return items.map((item) => ({
          label: item.label,
          kind: item.kind === 'field' ? CompletionItemKind.Field : CompletionItemKind.EnumMember,
          detail: item.detail,
          ...(item.documentation === undefined
            ? {}
            : { documentation: { kind: MarkupKind.Markdown, value: item.documentation } }),
          sortText: item.sortText,
          filterText: item.label,
          insertTextFormat: InsertTextFormat.PlainText,
          insertTextMode: InsertTextMode.asIs,
          textEdit: { range: parsed.lines.range(item.start, item.end), newText: item.insertText },
        }));
      },
      [],
    ),
  );

  connection.onDocumentSymbol(
    guarded<{ textDocument: { uri: string } }, DocumentSymbol[]>(
      log,
      'documentSymbol',
      ({ textDocument }) => {
        const document = session.document(textDocument.uri);
        return document === undefined ? [] : documentSymbols(document.parsed).map(toSymbol);
      },
      [],
    ),
  );

  connection.onCodeAction(
    guarded<{ textDocument: { uri: string }; range: { start: { line: number }; end: { line: number } } }, CodeAction[]>(
      log,
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

/** A document that schemas apply to, with the Kubernetes version it is deployed to. Templates and patches of text are left alone. */
async function schemaPlace(
  session: Session,
  uri: string,
): Promise<{ document: OpenDocument; repository: OpenRepository; minor: string | undefined } | undefined> {
  const document = session.document(uri);
  const place = await session.placeOf(uri);
  if (document === undefined || place === undefined) {
    return undefined;
  }
  const workspace = place.repository.lastWorkspace ?? (await place.repository.workspace());
  const file = fileOf(workspace, place.path);
  if (file?.role === 'template') {
    return undefined;
  }
  const owner = workspace.environments.find((e) => e.sources.some((id) => file?.sources.includes(id)));
  const minor = owner?.kubernetesVersion ?? (session.settings.kubernetesVersion || undefined);
  return { document, repository: place.repository, minor };
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
