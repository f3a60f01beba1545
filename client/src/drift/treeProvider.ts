// Maps the Drift model to tree items. No input or output happens here: the editor asks for every row of an expanded node.
import * as vscode from 'vscode';
import type { WorkspaceStore } from '../sources/store';
import { originUri } from '../uris';
import { decorationUri, stateIcon } from './decorations';
import {
  buildTree,
  isPrunable,
  isSyncable,
  objectsBelow,
  originOf,
  type DriftNode,
  type EnvironmentNode,
} from './model';
import type { Selection } from './selection';
import type { DriftStore } from './store';
import { tooltipOf } from './tooltip';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

export class DriftTree implements vscode.TreeDataProvider<DriftNode> {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private roots: EnvironmentNode[] | undefined;

  constructor(
    private readonly workspace: WorkspaceStore,
    private readonly drift: DriftStore,
    private readonly selection: Selection,
  ) {
    let views = workspace.views;
    drift.onDidChange(() => this.rebuild());
    selection.onDidChange(() => this.changed.fire(undefined));
    workspace.onDidChange(() => {
      if (views !== workspace.views) {
        views = workspace.views;
        this.rebuild();
      }
    });
  }

  get environments(): EnvironmentNode[] {
    this.roots ??= buildTree(this.workspace.views ?? [], this.drift.comparisons, Date.now());
    return this.roots;
  }

  getChildren(node?: DriftNode): DriftNode[] {
    return node?.children ?? this.environments;
  }

  getParent(node: DriftNode): DriftNode | undefined {
    return node.parent;
  }

  getTreeItem(node: DriftNode): vscode.TreeItem {
    const item = new vscode.TreeItem(node.label, collapsibility(node));
    item.id = node.id;
    item.description = node.description;
    item.iconPath = iconOf(node);
    item.contextValue = contextOf(node);
    const checkboxState = this.selection.stateOf(node);
    if (checkboxState !== undefined) {
      item.checkboxState = { state: checkboxState, tooltip: 'Include in sync' };
    }
    item.accessibilityInformation = { label: node.accessible };
    if (node.type === 'object') {
      item.resourceUri = decorationUri(node.id, node.state);
      // Where there is nothing to compare, the row leads to the source instead.
      item.command =
        node.state === 'inSync'
          ? { command: 'plumbline.openSource', title: 'Open Source', arguments: [node] }
          : { command: 'plumbline.openDiff', title: 'Open Diff', arguments: [node] };
    } else if (node.type === 'field') {
      const origin = originOf(node);
      item.command = origin
        ? { command: 'vscode.open', title: 'Open Source', arguments: originUri(node.folder, origin) }
        : { command: 'plumbline.openDiff', title: 'Open Diff', arguments: [node] };
    } else if (node.type === 'note') {
      item.tooltip = node.label;
    }
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, node: DriftNode): vscode.TreeItem {
    const tooltip = tooltipOf(node);
    if (tooltip) {
      item.tooltip = tooltip;
    }
    return item;
  }

  private rebuild(): void {
    this.roots = undefined;
    this.changed.fire(undefined);
  }
}

function collapsibility(node: DriftNode): vscode.TreeItemCollapsibleState {
  if (node.children.length === 0) {
    return None;
  }
  switch (node.type) {
    case 'environment':
      return Expanded;
    case 'owner':
      return node.state === 'inSync' ? Collapsed : Expanded;
    case 'kind':
    case 'inSync':
    case 'object':
    case 'field':
    case 'note':
      return Collapsed;
  }
}

function iconOf(node: DriftNode): vscode.ThemeIcon {
  switch (node.type) {
    case 'environment':
      return node.state === 'comparing'
        ? new vscode.ThemeIcon('sync~spin')
        : node.state === 'notCompared'
          ? new vscode.ThemeIcon('circle-large-outline')
          : stateIcon(node.state);
    case 'note':
      return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
    case 'owner':
      return new vscode.ThemeIcon('layers');
    case 'kind':
      return new vscode.ThemeIcon('symbol-class');
    case 'inSync':
      return stateIcon('inSync');
    case 'object':
      return stateIcon(node.state);
    case 'field':
      return new vscode.ThemeIcon('symbol-field');
  }
}

/** The words that the manifest's menus look for. */
function contextOf(node: DriftNode): string {
  const words: string[] = [node.type];
  if (node.type === 'object' || node.type === 'field') {
    const object = node.type === 'object' ? node : node.parent?.type === 'object' ? node.parent : undefined;
    words.push(...(object && object.state !== 'inSync' ? ['diffable'] : []), ...(originOf(node) ? ['located'] : []));
  }
  if (node.type === 'environment' || node.type === 'owner' || node.type === 'kind') {
    words.push('group');
  }
  if (node.type !== 'field' && node.type !== 'note' && node.type !== 'inSync') {
    const objects = objectsBelow(node).map((n) => n.object);
    words.push(...(objects.some(isSyncable) ? ['syncable'] : []), ...(objects.some(isPrunable) ? ['prunable'] : []));
  }
  return words.join(' ');
}
