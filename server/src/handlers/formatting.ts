// Formatting of a document or a range of it: the core's edits, for documents of kinds that Plumbline knows. Templates, files of other
// tools and broken documents are left alone. An editor that can is told only while the setting is on: who formats YAML with another
// tool is then not asked which one to use.
import {
  DocumentFormattingRequest,
  DocumentRangeFormattingRequest,
  type Disposable,
  type Range,
  type TextEdit,
} from 'vscode-languageserver';
import { formatEdits } from '../core/format/format';
import type { KindId } from '../core/kinds/kind';
import { detect } from '../core/kinds/registry';
import { guarded } from '../guard';
import type { Session } from '../session';
import { neighboursOf, placeOfDocument } from './documentPlace';

interface Params {
  textDocument: { uri: string };
  range?: Range;
}

const untouched: ReadonlySet<KindId> = new Set<KindId>(['helmTemplate', 'toolConfiguration', 'other']);

export function registerFormatting(session: Session): void {
  const { connection, log } = session;
  const format = guarded<Params, TextEdit[]>(
    log,
    'formatting',
    async ({ textDocument, range }) => {
      const place = await placeOfDocument(session, textDocument.uri);
      if (place === undefined || !session.settings.format.enabled || place.role === 'template') {
        return [];
      }
      const { parsed } = place.document;
      const documents = detect(place.path, parsed, neighboursOf(place))
        .filter(({ kind }) => !untouched.has(kind.id))
        .map(({ document }) => document);
      const edits = formatEdits(parsed, {
        listIndent: session.settings.format.listIndent,
        documents,
        ...(range === undefined
          ? {}
          : { range: { start: parsed.lines.offsetAt(range.start), end: parsed.lines.offsetAt(range.end) } }),
      });
      return edits.map(({ start, end, newText }) => ({ range: parsed.lines.range(start, end), newText }));
    },
    [],
  );
  connection.onDocumentFormatting(format);
  connection.onDocumentRangeFormatting(format);
}

/** Follows the setting, where the editor lets formatting be registered later; elsewhere it is announced at the start. */
export class FormattingRegistration {
  private registered: Promise<Disposable[]> | undefined;

  constructor(private readonly session: Session) {}

  async follow(): Promise<void> {
    const { connection, editor, settings } = this.session;
    if (!editor.registersFormatting || settings.format.enabled === (this.registered !== undefined)) {
      return;
    }
    if (this.registered !== undefined) {
      const old = this.registered;
      this.registered = undefined;
      (await old).forEach((registration) => registration.dispose());
      return;
    }
    this.registered = Promise.all([
      connection.client.register(DocumentFormattingRequest.type, { documentSelector: null }),
      connection.client.register(DocumentRangeFormattingRequest.type, { documentSelector: null }),
    ]);
    await this.registered;
  }
}
