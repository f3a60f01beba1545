// The one owner of the language server's state: open documents with their trees, open repositories, settings. Handlers receive it.
import path from 'node:path';
import { TextDocuments, type Connection } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { createCheckCache, type CheckCache } from './core/check/checkCache';
import type { Log } from './core/ports';
import type { Settings } from './core/protocol';
import { parseYaml } from './core/yaml/parse';
import type { ParsedYaml } from './core/yaml/tree';
import { OpenRepository } from './openRepository';
import { createServices } from './services';
import { relativeTo, toAbsolute } from './uris';

/** A document as the core sees it. */
export interface OpenDocument {
  uri: string;
  version: number;
  parsed: ParsedYaml;
  cache: CheckCache;
}

export const defaultSettings: Settings = {
  environment: '',
  kubernetesVersion: '',
  kubeconfig: '',
  validation: { enabled: true, againstHead: false },
  hover: { enabled: true },
  completion: { enabled: true },
  format: { enabled: true, listIndent: 'keep' },
  codeActions: { enabled: true },
  symbols: { enabled: true },
  folding: { enabled: true },
  selectionRanges: { enabled: true },
  links: { enabled: true },
  semanticTokens: { enabled: true },
  inlayHints: { liveValues: true },
  codeLens: { drift: true },
};

/** What an editor gives, completed: other editors than ours may name a part of the settings only. */
export function withDefaults(given: Partial<Settings>): Settings {
  const settings = { ...defaultSettings, ...given } as Record<string, unknown>;
  for (const [name, value] of Object.entries(defaultSettings) as [string, unknown][]) {
    const own = settings[name];
    if (typeof value === 'object') {
      settings[name] = { ...value, ...(typeof own === 'object' ? own : {}) };
    }
  }
  return settings as unknown as Settings;
}

/** What the editor at the other end can do. */
export interface EditorAbilities {
  /** Texts with tab stops can be inserted. */
  snippets: boolean;
  /** Its command that asks for completion. */
  suggestCommand?: string;
  /** Formatting can be registered later, and taken back. */
  registersFormatting: boolean;
  /** Answers may say what is underlined at the caret, and what of a file belongs to a place. */
  links: boolean;
  /** Edits may be grouped, and ask for agreement. */
  annotations: boolean;
  /** It shows what the server is waiting for. */
  showsProgress: boolean;
  /** Items of a list may have a text at their end. */
  labelDetails: boolean;
  /** An edit may make a file. */
  createsFiles: boolean;
}

export class Session {
  editor: EditorAbilities = {
    snippets: false,
    registersFormatting: false,
    links: false,
    annotations: false,
    showsProgress: false,
    labelDetails: false,
    createsFiles: false,
  };
  readonly documents = new TextDocuments(TextDocument);
  settings: Settings = defaultSettings;
  trusted = false;
  private opened: () => void = () => undefined;
  /** Settled once the folders that the editor opened are known; requests wait for it. */
  readonly ready = new Promise<void>((resolve) => {
    this.opened = resolve;
  });
  private readonly trees = new Map<string, OpenDocument>();
  private readonly repositories = new Map<string, Promise<OpenRepository>>();
  /** Folder → repository root, so that a lookup does not walk the disk again. */
  private readonly rootOf = new Map<string, Promise<string>>();

  constructor(
    readonly connection: Connection,
    readonly log: Log,
  ) {
    // A document that is opened again counts its versions from the beginning, over whatever text it has now.
    this.documents.onDidClose(({ document }) => this.trees.delete(document.uri));
  }

  /** The document with its tree at its newest text; unchanged segments keep their trees. */
  document(uri: string): OpenDocument | undefined {
    const document = this.documents.get(uri);
    if (document === undefined) {
      this.trees.delete(uri);
      return undefined;
    }
    const known = this.trees.get(uri);
    if (known?.version === document.version) {
      return known;
    }
    const next: OpenDocument = {
      uri,
      version: document.version,
      parsed: parseYaml(document.getText(), known?.parsed),
      cache: known?.cache ?? createCheckCache(),
    };
    this.trees.set(uri, next);
    return next;
  }

  /** Opens the repository around a folder, once. */
  async openFolder(folder: string): Promise<OpenRepository> {
    let root = this.rootOf.get(folder);
    if (root === undefined) {
      root = this.openServices(folder);
      this.rootOf.set(folder, root);
    }
    const opened = this.repositories.get(await root);
    if (opened === undefined) {
      throw new Error(`${folder} could not be opened`);
    }
    return opened;
  }

  private async openServices(folder: string): Promise<string> {
    const buffers = new Map<string, string>();
    const opened: { repository?: OpenRepository } = {};
    const services = await createServices({
      folder,
      log: this.log,
      trusted: this.trusted,
      buffers,
      generation: () => opened.repository?.generation ?? 0,
    });
    if (this.repositories.has(services.root)) {
      await services.dispose();
      return services.root;
    }
    const repository = new OpenRepository(services, buffers);
    opened.repository = repository;
    this.repositories.set(services.root, Promise.resolve(repository));
    for (const document of this.documents.all()) {
      const relative = repository.pathOf(document.uri);
      if (relative !== undefined) {
        repository.open(document.uri, relative, document.getText());
      }
    }
    return services.root;
  }

  /** The folders that the editor opened are all there. */
  foldersOpened(): void {
    this.opened();
  }

  /** Every open repository. */
  all(): Promise<OpenRepository[]> {
    return Promise.all(this.repositories.values());
  }

  /** The repository of a document and the document's path in it; a file outside every folder opens its own. */
  async placeOf(uri: string): Promise<{ repository: OpenRepository; path: string } | undefined> {
    const absolute = toAbsolute(uri);
    if (absolute === undefined) {
      return undefined;
    }
    // A document may be open before its folder is: it must not become a repository of its own.
    await this.ready;
    let best: OpenRepository | undefined;
    for (const repository of await this.all()) {
      const { root } = repository.services;
      if (relativeTo(root, absolute) !== undefined && root.length > (best?.services.root.length ?? -1)) {
        best = repository;
      }
    }
    best ??= await this.openFolder(path.dirname(absolute));
    const relative = best.pathOf(uri);
    return relative === undefined ? undefined : { repository: best, path: relative };
  }

  /** The repository that a view names by its root. */
  async byFolder(folder: string): Promise<OpenRepository> {
    const absolute = toAbsolute(folder);
    if (absolute === undefined) {
      throw new Error(`${folder} is not a folder on this machine`);
    }
    return this.openFolder(absolute);
  }

  async dispose(): Promise<void> {
    for (const repository of await this.all()) {
      await repository.services.dispose();
    }
  }
}
