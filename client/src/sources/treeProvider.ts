// The Sources view: what the repository deploys, by environment; each source with the sources that it contains.
import * as vscode from 'vscode';
import type { EnvironmentView, SourceView, WorkspaceView } from '../../../server/src/core/protocol';
import { folderName, joined } from '../text';
import { foundByText, kindIcon, kindText, targetText } from './model';
import type { WorkspaceStore } from './store';

export type SourceNode =
  | { type: 'folder'; view: WorkspaceView }
  | { type: 'environment'; view: WorkspaceView; environment: EnvironmentView }
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
      return views.length > 1 ? views.map((view) => ({ type: 'folder', view })) : views.flatMap(topOf);
    }
    switch (node.type) {
      case 'folder':
        return topOf(node.view);
      case 'environment':
        return deployedIn(node.view, node.environment, node);
      case 'source':
        return this.childrenOf(node);
    }
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
    if (node.type === 'environment') {
      return environmentItem(node.view, node.environment);
    }
    const { source } = node;
    const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
    // A folder of GitOps objects is only the way to what they deploy.
    const state = source.kind === 'folder' && node.parent?.type === 'environment' ? Expanded : Collapsed;
    const item = new vscode.TreeItem(source.name, this.childrenOf(node).length > 0 ? state : None);
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

/** Environments with what they deploy, and then what no environment deploys. */
function topOf(view: WorkspaceView): SourceNode[] {
  const environments = view.environments.filter((e) => e.sources.length > 0);
  const deployed = new Set(environments.flatMap((e) => e.sources));
  const others = view.sources.filter((s) => s.root && !deployed.has(s.id));
  return [
    ...environments.map((environment): SourceNode => ({ type: 'environment', view, environment })),
    ...others.map((source) => sourceNode(view, source, undefined, view.folder)),
  ];
}

/** The sources of an environment; one that another of them contains is shown there only. */
function deployedIn(view: WorkspaceView, environment: EnvironmentView, parent: SourceNode): SourceNode[] {
  const sources = environment.sources.flatMap((id) => view.sources.filter((s) => s.id === id));
  const contained = new Set(sources.flatMap((s) => s.children));
  return sources
    .filter((s) => !contained.has(s.id))
    .map((source) => sourceNode(view, source, parent, `${view.folder}#${environment.name}`));
}

const sourceNode = (
  view: WorkspaceView,
  source: SourceView,
  parent: SourceNode | undefined,
  above: string,
): SourceNode => ({ type: 'source', folder: view.folder, source, parent, id: `${above}>${source.id}` });

function environmentItem(view: WorkspaceView, environment: EnvironmentView): vscode.TreeItem {
  const item = new vscode.TreeItem(environment.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `${view.folder}#${environment.name}`;
  item.iconPath = new vscode.ThemeIcon('server-environment');
  item.description = joined(targetText(environment), environment.protected && 'protected');
  item.accessibilityInformation = { label: `${environment.name}, ${item.description}, environment` };
  item.tooltip = `Kubernetes ${environment.kubernetesVersion}, ${foundByText(environment.foundBy)}`;
  return item;
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
