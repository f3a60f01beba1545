// Previews: read-only documents with what a source renders to. They follow typing, keep the last good text when a rendering
// fails, and say in the place that the person is looking at where it fails. Bundled apart as dist/previews.js.
import * as vscode from 'vscode';
import { previewChanged, previewRequest, type PreviewResult } from '../../../server/src/core/protocol';
import type { LanguageServer } from '../languageClient';
import type { WorkspaceStore } from '../sources/store';
import { folderOf } from '../sources/model';
import { previewScheme } from '../uris';
import { followCarets } from './follow';
import { OriginIndex } from './origins';
import { nextPause } from './pause';

interface Preview {
  uri: vscode.Uri;
  folder: string;
  source: string;
  result: PreviewResult;
  index: OriginIndex;
  /** How long the last answer took; the pause after a keystroke follows it. */
  took: number;
  asked: number;
  /** Rendered line of the caret's source line. */
  caret?: number | undefined;
  /** Line above which a failure is told, chosen when it begins: what moves while one reads cannot be read. */
  anchor?: number | undefined;
  timer?: NodeJS.Timeout | undefined;
}

export class Previews implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly lensesChanged = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.lensesChanged.event;
  private readonly open = new Map<string, Preview>();
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly server: LanguageServer,
    private readonly workspace: WorkspaceStore,
    /** Tells the editor that a preview has another text. */
    private readonly changed: (uri: vscode.Uri) => void,
  ) {
    this.subscriptions = vscode.Disposable.from(
      followCarets(this),
      vscode.languages.registerCodeLensProvider({ scheme: previewScheme }, this),
      server.on(previewChanged, ({ folder, sources }) => {
        for (const preview of this.open.values()) {
          if (preview.folder === folder && (sources.length === 0 || sources.includes(preview.source))) {
            this.schedule(preview, 0);
          }
        }
      }),
      server.onReady(() => this.open.forEach((preview) => this.schedule(preview, 0))),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && document.uri.scheme === 'file') {
          this.typed(document.uri);
        }
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.close(uri)),
    );
  }

  /** The preview of the source that a file belongs to, or of the named source; a text says why there is none. */
  async show(
    params: { uri: vscode.Uri } | { folder: string; source: string },
    beside: boolean,
  ): Promise<string | undefined> {
    const folder =
      'uri' in params ? folderOf(this.workspace.views ?? [], params.uri.toString())?.folder : params.folder;
    const started = performance.now();
    const result = await this.server.request(
      previewRequest,
      'uri' in params ? { uri: params.uri.toString() } : { folder: params.folder, source: params.source },
    );
    if ('none' in result) {
      return result.none;
    }
    const uri = previewUri(folder ?? '', result);
    this.take(uri, folder ?? '', result, performance.now() - started);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, 'yaml');
    await vscode.window.showTextDocument(document, {
      viewColumn: beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active,
      preserveFocus: beside,
      preview: false,
    });
    return undefined;
  }

  /** What is known of an open preview document. */
  get(uri: vscode.Uri): { result: PreviewResult; index: OriginIndex; folder: string } | undefined {
    return this.open.get(uri.toString());
  }

  /** Takes note of the rendered line that the caret's line became. */
  noteCaret(uri: vscode.Uri, line: number): void {
    const preview = this.open.get(uri.toString());
    if (preview) {
      preview.caret = line;
    }
  }

  /** What the document of a preview holds. */
  async textFor(uri: vscode.Uri): Promise<string> {
    let preview = this.open.get(uri.toString());
    if (preview === undefined) {
      // Opened again with the window: what it shows is in its address.
      const { folder, source } = JSON.parse(uri.query) as { folder: string; source: string };
      const result = await this.server.request(previewRequest, { folder, source });
      if ('none' in result) {
        return `# ${result.none}\n`;
      }
      preview = this.take(uri, folder, result, 0);
    }
    return textOf(preview.result);
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const preview = this.open.get(document.uri.toString());
    const failure = preview?.result.failure;
    if (preview === undefined || failure === undefined) {
      return [];
    }
    const place = failure.uri === undefined ? undefined : vscode.Uri.parse(failure.uri);
    const line = failure.line ?? 0;
    const where = place ? ` at ${place.path.split('/').pop() ?? ''}:${line + 1}` : '';
    const command: vscode.Command = {
      title: `$(error)\u00a0Rendering fails${where}: ${messageOf(failure.message, place)}`,
      tooltip: place ? `Go to the line that fails\n\n${failure.message}` : failure.message,
      ...(place
        ? {
            command: 'vscode.open',
            arguments: [place, { selection: new vscode.Range(line, 0, line, 0), viewColumn: vscode.ViewColumn.One }],
          }
        : { command: 'plumbline.showLog' }),
    };
    const anchor = new vscode.Range(preview.anchor ?? 0, 0, preview.anchor ?? 0, 0);
    const below: vscode.Command = { title: 'this is the last good rendering', command: '' };
    return [command, ...(preview.result.text === '' ? [] : [below])].map((c) => new vscode.CodeLens(anchor, c));
  }

  dispose(): void {
    this.open.forEach((preview) => clearTimeout(preview.timer));
    this.subscriptions.dispose();
    this.lensesChanged.dispose();
  }

  private take(uri: vscode.Uri, folder: string, result: PreviewResult, took: number): Preview {
    const before = this.open.get(uri.toString());
    const preview: Preview = {
      uri,
      folder,
      source: result.source,
      result,
      index: new OriginIndex(result),
      took,
      asked: before?.asked ?? 0,
      caret: before?.caret,
      anchor: result.failure === undefined ? undefined : (before?.anchor ?? anchorOf(uri, before?.caret)),
      timer: before?.timer,
    };
    this.open.set(uri.toString(), preview);
    return preview;
  }

  /** A file was edited: previews of its repository may be another text now. */
  private typed(uri: vscode.Uri): void {
    const folder = folderOf(this.workspace.views ?? [], uri.toString())?.folder;
    for (const preview of this.open.values()) {
      if (preview.folder === folder) {
        this.schedule(preview, nextPause(preview.took));
      }
    }
  }

  private schedule(preview: Preview, pause: number): void {
    clearTimeout(preview.timer);
    // Also without a pause: the protocol's own listener must send the edit first.
    preview.timer = setTimeout(() => void this.update(preview.uri), pause);
  }

  private async update(uri: vscode.Uri): Promise<void> {
    const before = this.open.get(uri.toString());
    if (before === undefined) {
      return;
    }
    const asked = ++before.asked;
    const started = performance.now();
    let result;
    try {
      result = await this.server.request(previewRequest, { folder: before.folder, source: before.source });
    } catch {
      return; // Logged where it happened; the text stays.
    }
    const now = this.open.get(uri.toString());
    if (now === undefined || now.asked !== asked || 'none' in result) {
      return; // Closed meanwhile, or a newer question is on its way.
    }
    const sameText = textOf(now.result) === textOf(result);
    this.take(uri, before.folder, result, performance.now() - started);
    if (!sameText) {
      this.changed(uri);
    }
    this.lensesChanged.fire();
  }

  private close(uri: vscode.Uri): void {
    const preview = this.open.get(uri.toString());
    // Choosing a document's language closes and opens it again: look whether it is really gone.
    setImmediate(() => {
      if (preview && !vscode.workspace.textDocuments.some((d) => d.uri.toString() === uri.toString())) {
        clearTimeout(preview.timer);
        this.open.delete(uri.toString());
      }
    });
  }
}

/** The line of the preview that the person sees best: that of the caret, else the first one in sight. */
function anchorOf(uri: vscode.Uri, caret: number | undefined): number {
  const editor = vscode.window.visibleTextEditors.find((e) => e.document.uri.toString() === uri.toString());
  const visible = editor?.visibleRanges[0];
  if (caret !== undefined && (visible === undefined || (caret >= visible.start.line && caret <= visible.end.line))) {
    return caret;
  }
  return visible?.start.line ?? 0;
}

/** The tab shows the last segment: it must differ from the source's own tab. */
function previewUri(folder: string, result: PreviewResult): vscode.Uri {
  const title = result.title.replaceAll('/', '∕');
  const name = title.endsWith(')') ? `${title.slice(0, -1)}, rendered)` : `${title} (rendered)`;
  const path = `/${[result.environment, `${name}.yaml`].filter((part) => part !== undefined).join('/')}`;
  return vscode.Uri.from({ scheme: previewScheme, path, query: JSON.stringify({ folder, source: result.source }) });
}

function textOf({ text, failure, title }: PreviewResult): string {
  return text === '' && failure ? `# ${title} could not be rendered yet.\n` : text;
}

/** One line; without the path where the message begins with it, because the place is named already. */
function messageOf(message: string, place: vscode.Uri | undefined): string {
  const line = message.split('\n')[0] ?? '';
  const path = line.split(/[\s:]/, 1)[0] ?? '';
  const named = place !== undefined && path.includes('/') && place.path.endsWith(`/${path}`);
  return (named ? line.slice(path.length).replace(/^[:\s]+/, '') : line).slice(0, 200);
}
