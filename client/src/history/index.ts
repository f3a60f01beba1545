// Registers the History view.
import * as vscode from 'vscode';
import { setContext } from '../context';
import type { Host } from '../host';
import { HistoryTree, type HistoryNode } from './treeProvider';

export function registerHistory({ context, history }: Host): vscode.TreeView<HistoryNode> {
  const tree = new HistoryTree(history);
  const view = vscode.window.createTreeView('plumbline.history', { treeDataProvider: tree });
  const update = (): void => {
    view.description = history.source?.name ?? '';
    view.message =
      history.failure ?? (history.source && history.revisions.length === 0 ? 'No commit touched this source yet.' : '');
    setContext('historySource', history.source !== undefined);
  };
  context.subscriptions.push(view, history.onDidChange(update));
  update();
  return view;
}
