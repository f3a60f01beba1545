// Maps revisions to the rows of the History view.
import * as vscode from 'vscode';
import type { RevisionView } from '../../../server/src/core/protocol';
import { deployedText, revisionDescription } from './model';
import type { HistoryStore, SourceRef } from './store';

export type HistoryNode = { type: 'revision'; source: SourceRef; revision: RevisionView } | { type: 'more' };

export class HistoryTree implements vscode.TreeDataProvider<HistoryNode> {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly history: HistoryStore) {
    history.onDidChange(() => this.changed.fire(undefined));
  }

  getChildren(node?: HistoryNode): HistoryNode[] {
    const source = this.history.source;
    if (node || source === undefined) {
      return [];
    }
    const rows = this.history.revisions.map((revision): HistoryNode => ({ type: 'revision', source, revision }));
    return this.history.hasMore ? [...rows, { type: 'more' }] : rows;
  }

  getTreeItem(node: HistoryNode): vscode.TreeItem {
    if (node.type === 'more') {
      const item = new vscode.TreeItem('Load more…');
      item.iconPath = new vscode.ThemeIcon('unfold');
      item.command = { command: 'plumbline.loadMoreHistory', title: 'Load More Revisions' };
      return item;
    }
    const { revision } = node;
    const deployed = deployedText(revision);
    const item = new vscode.TreeItem(revision.subject);
    item.id = revision.id;
    item.description = revisionDescription(revision, Date.now());
    item.iconPath = deployed
      ? new vscode.ThemeIcon('pass-filled', new vscode.ThemeColor('testing.iconPassed'))
      : new vscode.ThemeIcon('git-commit');
    item.contextValue = 'revision';
    item.command = { command: 'plumbline.compareRevision', title: 'Compare Revision with Current', arguments: [node] };
    item.accessibilityInformation = { label: `${revision.subject}, ${item.description}` };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, node: HistoryNode): vscode.TreeItem {
    if (node.type === 'revision') {
      const { revision } = node;
      const text = new vscode.MarkdownString();
      text.appendMarkdown('**').appendText(revision.subject).appendMarkdown('**\n\n').appendText(revision.author);
      text.appendMarkdown(', ').appendText(new Date(revision.date).toLocaleString());
      text
        .appendMarkdown('\n\n`')
        .appendMarkdown(revision.id.replace(/[^\w./-]/g, ''))
        .appendMarkdown('`');
      const deployed = deployedText(revision);
      item.tooltip = deployed ? text.appendMarkdown('\n\n').appendText(deployed) : text;
    }
    return item;
  }
}
