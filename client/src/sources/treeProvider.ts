// The Sources view: what the repository deploys, each source with the sources that it contains.
import * as vscode from 'vscode';
import type { SourceView, WorkspaceView } from '../../../server/src/core/protocol';
import { folderName, joined } from '../text';
import { kindIcon, kindText } from './model';
import type { WorkspaceStore } from './store';

export type SourceNode =
  | { type: 'folder'; view: WorkspaceView }
  | { type: 'source'; folder: string; source: SourceView; parent: SourceNode | undefined; id: string };

export class SourcesTree implements vscode.TreeDataProvider<SourceNode> {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  /** The views last shown: the active editor's change concerns the store, not this tree. */
  private shown: readonly WorkspaceView[] | undefined;

  constructor(private readonly workspace: WorkspaceStore) {
    workspace.onDidChange(() => {
      if (this.shown !== workspace.views) {
        this.changed.fire(undefined);
      }
    });
  }

  getChildren(node?: SourceNode): SourceNode[] {
    if (node === undefined) {
      this.shown = this.workspace.views;
      const views = (this.shown ?? []).filter((v) => v.sources.length > 0);
      return views.length > 1 ? views.map((view) => ({ type: 'folder', view })) : views.flatMap(rootsOf);
    }
    return node.type === 'folder' ? rootsOf(node.view) : this.childrenOf(node);
  }

  getParent(node: SourceNode): SourceNode | undefined {
    return node.type === 'source' ? node.parent : undefined;
  }

  getTreeItem(node: SourceNode): vscode.TreeItem {
    if (node.type === 'folder') {
      const item = new vscode.TreeItem(folderName(node.view.folder), vscode.TreeItemCollapsibleState.Expanded);
      item.id = node.view.folder;
      item.iconPath = new vscode.ThemeIcon('repo');
      return item;
    }
    const { source } = node;
    const { Collapsed, None } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(source.name, this.childrenOf(node).length > 0 ? Collapsed : None);
    const where = source.path === '' ? 'repository root' : source.path;
    item.id = node.id;
    item.description = joined(kindText(source.kind), where === source.name ? '' : where);
    item.iconPath = source.unsupported
      ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
      : new vscode.ThemeIcon(kindIcon[source.kind]);
    item.tooltip = tooltip(source);
    item.contextValue = source.unsupported ? 'source' : 'source renderable';
    item.command = {
      command: 'vscode.open',
      title: 'Open',
      arguments: [
        vscode.Uri.parse(source.uri),
        { selection: toRange(source) } satisfies vscode.TextDocumentShowOptions,
      ],
    };
    const spoken = [source.name, item.description, source.unsupported ? `not rendered: ${source.unsupported}` : ''];
    item.accessibilityInformation = { label: spoken.filter((part) => part !== '').join(', ') };
    return item;
  }

  private childrenOf(node: SourceNode & { type: 'source' }): SourceNode[] {
    const sources = this.workspace.views?.find((v) => v.folder === node.folder)?.sources ?? [];
    // A cycle of sources is reported where it is declared; here it must only not go on for ever.
    const above = new Set(node.id.split('>'));
    return node.source.children
      .filter((id) => !above.has(id))
      .flatMap((id) => sources.filter((s) => s.id === id))
      .map((source) => ({
        type: 'source',
        folder: node.folder,
        source,
        parent: node,
        id: `${node.id}>${source.id}`,
      }));
  }
}

function rootsOf(view: WorkspaceView): SourceNode[] {
  return view.sources
    .filter((s) => s.root)
    .map((source) => ({
      type: 'source',
      folder: view.folder,
      source,
      parent: undefined,
      id: `${view.folder}>${source.id}`,
    }));
}

function tooltip(source: SourceView): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text
    .appendMarkdown(`**`)
    .appendText(source.name)
    .appendMarkdown(`** — ${kindText(source.kind)}\n\n`);
  text.appendMarkdown('Renders ').appendText(source.path === '' ? 'the repository root' : source.path);
  if (source.unsupported) {
    text.appendMarkdown('\n\nNot rendered: ').appendText(source.unsupported);
  }
  return text;
}

function toRange({ range }: SourceView): vscode.Range {
  return new vscode.Range(range.start.line, range.start.character, range.start.line, range.start.character);
}
