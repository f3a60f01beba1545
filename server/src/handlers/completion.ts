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
import type { FileRole } from '../core/workspace/source';
import type { ParsedYaml } from '../core/yaml/tree';
import { guarded } from '../guard';
import type { EditorAbilities, Session } from '../session';
import { completeNames } from './graphOffers';
import { placeOfCaret, schemaOfFile, type CaretPlace, type PositionParams } from './documentPlace';

export type CompletionProvider = (at: CaretPlace, abort: Abort) => Offer[] | Promise<Offer[]>;

/** Asked in this order; their items form one list. A further source of items is one line here. */
const providers: CompletionProvider[] = [
  completeNames,
  (at) =>
    completeAt(at.document.parsed, at.yaml, at.offset, at.schemas, {
      minor: at.minor,
      partial: at.role === 'patch',
      empty: mayBecomeObject(at.path, at.role),
      schema: schemaOfFile(at),
    }),
];

export function registerCompletion(session: Session): void {
  /** The offers of the last list: documentation is made of the one that a person looks at. */
  let last: { list: number; offers: readonly Offer[] } = { list: 0, offers: [] };

  session.connection.onCompletion(
    guarded<PositionParams, CompletionItem[]>(
      session.log,
      'completion',
      async (params, abort) => {
        const at = await placeOfCaret(session, params);
        if (at === undefined || !session.settings.completion.enabled) {
          return [];
        }
        const offers: Offer[] = [];
        for (const provider of providers) {
          offers.push(...(await provider(at, abort)));
        }
        last = { list: last.list + 1, offers };
        const { list } = last;
        const toItem = itemsFor(session.editor, at.document.parsed);
        return offers.map((offer, index) => ({ ...toItem(offer), data: { list, index } }));
      },
      [],
    ),
  );

  session.connection.onCompletionResolve((item) => {
    const { list, index } = (item.data ?? {}) as { list?: number; index?: number };
    const documentation = list === last.list ? last.offers[index ?? -1]?.documentation : undefined;
    const value = typeof documentation === 'function' ? documentation() : documentation;
    return value === undefined ? item : { ...item, documentation: { kind: MarkupKind.Markdown, value } };
  });
}

const kinds: Record<Offer['kind'], CompletionItemKind> = {
  field: CompletionItemKind.Field,
  value: CompletionItemKind.EnumMember,
  reference: CompletionItemKind.Reference,
  file: CompletionItemKind.File,
  snippet: CompletionItemKind.Snippet,
};

function itemsFor(editor: EditorAbilities, parsed: ParsedYaml): (offer: Offer) => CompletionItem {
  const eol = /\r\n|\r|\n/.exec(parsed.text)?.[0] ?? '\n';
  const command =
    editor.suggestCommand === undefined ? {} : { command: { title: 'Suggest', command: editor.suggestCommand } };
  return (offer) => {
    const isSnippet = offer.snippet !== undefined && editor.snippets;
    const text = isSnippet ? (offer.snippet ?? '') : offer.insertText;
    return {
      label: offer.label,
      kind: kinds[offer.kind],
      ...(offer.detail === '' ? {} : { detail: offer.detail }),
      ...(offer.detail === '' || !editor.labelDetails
        ? {}
        : { labelDetails: { description: shortened(offer.detail) } }),
      sortText: offer.sortText,
      filterText: offer.filterText ?? offer.label,
      insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
      insertTextMode: InsertTextMode.asIs,
      ...(offer.preselect === true ? { preselect: true } : {}),
      ...(offer.followUp === true ? command : {}),
      textEdit: {
        range: parsed.lines.range(offer.start, offer.end),
        newText: eol === '\n' ? text : text.replaceAll('\n', eol),
      },
    };
  };
}

/** Beside the label there is little room; the whole text stands with the documentation. */
function shortened(detail: string): string {
  return detail.length > 44 ? `${detail.slice(0, 43)}…` : detail;
}

/** Files that are something else by their name stay so while they are empty. */
function mayBecomeObject(path: string, role: FileRole | undefined): boolean {
  const isTaken = role !== undefined && !['manifest', 'patch', 'crd', 'transformer', 'other'].includes(role);
  return (
    !isTaken &&
    !/(?:^|\/)(?:\.github|\.circleci)\/|(?:^|\/)(?:(?:docker-)?compose[^/]*|\.[^/]*|kustomization|Chart|values[^/]*|mkdocs)\.ya?ml$/.test(
      path,
    )
  );
}
