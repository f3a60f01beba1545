// Completion: what the core's providers offer at the caret, as items of the protocol. Documentation is made when an item is looked at.
import {
  CompletionItemKind,
  InsertTextFormat,
  InsertTextMode,
  MarkupKind,
  type CompletionItem,
} from 'vscode-languageserver';
import type { Abort } from '../core/ports';
import { completeAt } from '../core/schema/complete';
import type { CompletionItem as Offer } from '../core/schema/completionItem';
import type { ParsedYaml } from '../core/yaml/tree';
import { guarded } from '../guard';
import type { Session } from '../session';
import { placeOfCaret, type CaretPlace, type PositionParams } from './documentPlace';

export type CompletionProvider = (at: CaretPlace, abort: Abort) => Offer[] | Promise<Offer[]>;

/** Asked in this order; their items form one list. A further source of items is one line here. */
const providers: CompletionProvider[] = [
  ({ document, yaml, offset, repository, minor }) =>
    completeAt(document.parsed, yaml, offset, repository.services.schemas(), minor),
];

export function registerCompletion(session: Session): void {
  session.connection.onCompletion(
    guarded<PositionParams, CompletionItem[]>(
      session.log,
      'completion',
      async (params, abort) => {
        const at = await placeOfCaret(session, params);
        if (at === undefined) {
          return [];
        }
        const offers: Offer[] = [];
        for (const provider of providers) {
          offers.push(...(await provider(at, abort)));
        }
        return offers.map((offer) => toItem(offer, at.document.parsed));
      },
      [],
    ),
  );
}

const kinds: Record<Offer['kind'], CompletionItemKind> = {
  field: CompletionItemKind.Field,
  value: CompletionItemKind.EnumMember,
  reference: CompletionItemKind.Reference,
  file: CompletionItemKind.File,
  snippet: CompletionItemKind.Snippet,
};

function toItem(offer: Offer, parsed: ParsedYaml): CompletionItem {
  const documentation = typeof offer.documentation === 'function' ? offer.documentation() : offer.documentation;
  return {
    label: offer.label,
    kind: kinds[offer.kind],
    ...(offer.detail === '' ? {} : { detail: offer.detail }),
    ...(documentation === undefined ? {} : { documentation: { kind: MarkupKind.Markdown, value: documentation } }),
    sortText: offer.sortText,
    filterText: offer.filterText ?? offer.label,
    insertTextFormat: InsertTextFormat.PlainText,
    insertTextMode: InsertTextMode.asIs,
    ...(offer.preselect === true ? { preselect: true } : {}),
    textEdit: { range: parsed.lines.range(offer.start, offer.end), newText: offer.insertText },
  };
}
