// Side by side with the YAML extension of Red Hat: documents that Plumbline checks get a schema without rules from us, by the extension's own
// interface, so that no fault is found twice. No setting is touched, and where that extension is not installed nothing happens here.
import * as vscode from 'vscode';
import { ownedDocumentsRequest } from '../../../server/src/core/protocol';
import type { LanguageServer } from '../languageClient';
import { contributor, ownedSchema, schemaContent, yamlExtension } from './model';

/** What the YAML extension gives to others. It asks at once and takes no promise for an answer. */
interface YamlExtension {
  registerContributor?(
    schema: string,
    requestSchema: (resource: string) => string | undefined,
    requestSchemaContent: (address: string) => string,
  ): boolean;
}

/** Rest after the last event before the server is asked again; milliseconds. */
const rest = 300;
const remembered = 'plumbline.ownedDocuments';
/** Addresses kept for the next window: it asks before our server has answered. */
const mostRemembered = 5000;

export class Coexistence implements vscode.Disposable {
  private owned: ReadonlySet<string>;
  private registered = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly server: LanguageServer,
    private readonly memento: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.owned = new Set(memento.get<string[]>(remembered, []));
    this.subscriptions = [
      server.onReady(() => this.soon()),
      vscode.extensions.onDidChange(() => void this.register()),
      vscode.workspace.onDidOpenTextDocument((document) => {
        void this.register();
        if (isYaml(document)) {
          this.soon();
        }
      }),
      vscode.workspace.onDidSaveTextDocument((document) => isYaml(document) && this.soon()),
    ];
    void this.register();
  }

  /** True for a document that Plumbline answers for. */
  owns(resource: string): boolean {
    return this.owned.has(vscode.Uri.parse(resource).toString());
  }

  /** Once a YAML file is open the other extension runs anyway; it is never started for our sake. */
  private async register(): Promise<void> {
    const extension = vscode.extensions.getExtension<YamlExtension | undefined>(yamlExtension);
    if (this.registered || extension === undefined) {
      return;
    }
    if (!extension.isActive && !vscode.workspace.textDocuments.some(isYaml)) {
      return;
    }
    this.registered = true;
    try {
      const api = await extension.activate();
      const taken = api?.registerContributor?.(
        contributor,
        (resource) => (this.owns(resource) ? ownedSchema : undefined),
        schemaContent,
      );
      this.log.info(
        taken === true
          ? 'The YAML extension leaves the files that Plumbline checks to Plumbline'
          : 'The YAML extension takes no schemas from others: it may repeat findings',
      );
      this.soon();
    } catch (error) {
      this.log.warn(`The YAML extension does not answer: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private soon(): void {
    clearTimeout(this.timer);
    if (this.registered) {
      this.timer = setTimeout(() => void this.ask(), rest);
    }
  }

  private async ask(): Promise<void> {
    try {
      const { uris } = await this.server.request(ownedDocumentsRequest, {});
      this.owned = new Set(uris.map((uri) => vscode.Uri.parse(uri).toString()));
      await this.memento.update(remembered, [...this.owned].slice(0, mostRemembered));
    } catch {
      // What was known stays; why the server does not answer is said elsewhere.
    }
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }
}

function isYaml({ languageId, uri }: vscode.TextDocument): boolean {
  return uri.scheme === 'file' && /yaml|helm/.test(languageId);
}
