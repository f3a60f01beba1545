// Registers the Sources view and keeps the context keys about the repository, which menus and welcome texts look at.
import * as vscode from 'vscode';
import { setContext } from '../context';
import type { Host } from '../host';
import { isInSource, stateOf } from './model';
import { SourcesTree } from './treeProvider';

export function registerSources(host: Host): void {
  const tree = new SourcesTree(host.workspace);
  const view = vscode.window.createTreeView('plumbline.sources', { treeDataProvider: tree, showCollapseAll: true });
  host.context.subscriptions.push(
    view,
    host.workspace.onDidChange(() => updateContext(host)),
    host.drift.onDidChange(() => updateContext(host)),
  );
  updateContext(host);
}

function updateContext({ workspace, drift }: Host): void {
  const views = workspace.views;
  const uri = vscode.window.activeTextEditor?.document.uri.toString();
  const compared = drift.comparisons.some((c) => c.state !== 'comparing' || c.report !== undefined);
  setContext('state', workspace.failure ? 'failed' : stateOf(views, workspace.chosen, compared));
  setContext('hasSources', views?.some((v) => v.sources.length > 0) ?? false);
  setContext('hasEnvironments', views?.some((v) => v.environments.length > 0) ?? false);
  setContext('compared', compared);
  setContext(
    'comparing',
    drift.comparisons.some((c) => c.state === 'comparing'),
  );
  setContext('inSource', uri !== undefined && isInSource(views ?? [], uri));
}
