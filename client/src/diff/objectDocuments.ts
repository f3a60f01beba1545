// Virtual documents of objects, live and desired, as the server shows them: Secrets masked, server-set fields left out.
// Texts are kept until the environment is compared again, so that opening a diff of many objects asks once for each.
import * as vscode from 'vscode';
import { keyText, objectRequest, type ObjectRef } from '../../../server/src/core/protocol';
import type { DriftStore } from '../drift/store';
import type { LanguageServer } from '../languageClient';
import { environmentKey } from '../sources/model';
import { objectScheme, parseObjectUri } from '../uris';

export type ObjectTexts = NonNullable<(typeof objectRequest)['types']>['result'];

export class ObjectDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly asked = new Map<string, Promise<ObjectTexts>>();
  /** Texts that did not come from a comparison: the revisions of a rollback. */
  private readonly kept = new Map<string, string>();
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly server: LanguageServer,
    drift: DriftStore,
  ) {
    this.subscriptions = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(objectScheme, this),
      drift.onDidChange((ref) => this.forget(ref && environmentKey(ref))),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.kept.delete(uri.toString())),
    );
  }

  /** Both texts of an object; null where the comparison does not know it. */
  texts(ref: ObjectRef): Promise<ObjectTexts> {
    const id = `${environmentKey(ref)}/${keyText(ref.key)}`;
    const known = this.asked.get(id);
    if (known) {
      return known;
    }
    const { folder, environment, key } = ref;
    const answer = this.server.request(objectRequest, { folder, environment, key });
    this.asked.set(id, answer);
    // A failed request must not be the answer for ever.
    answer.catch(() => this.asked.delete(id));
    return answer;
  }

  /** A document with a text of its own: `path` is what people read, `id` makes it unique. */
  keep(path: string, id: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: objectScheme, path, query: JSON.stringify({ kept: id }) });
    this.kept.set(uri.toString(), text);
    return uri;
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const kept = this.kept.get(uri.toString());
    const address = parseObjectUri(uri);
    if (kept !== undefined || address === undefined) {
      return kept ?? '';
    }
    const texts = await this.texts(address);
    return texts?.[address.side] ?? '';
  }

  dispose(): void {
    this.subscriptions.dispose();
    this.changed.dispose();
  }

  private forget(environment: string | undefined): void {
    for (const id of this.asked.keys()) {
      if (environment === undefined || id.startsWith(`${environment}/`)) {
        this.asked.delete(id);
      }
    }
    for (const { uri } of vscode.workspace.textDocuments) {
      const address = uri.scheme === objectScheme ? parseObjectUri(uri) : undefined;
      if (address && (environment === undefined || environmentKey(address) === environment)) {
        this.changed.fire(uri);
      }
    }
  }
}
