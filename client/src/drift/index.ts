// Registers the Drift view: tree, badge, the line on what was compared, and the checkboxes of the choosing mode.
import * as vscode from 'vscode';
import type { Host } from '../host';
import { findEnvironment, targetText } from '../sources/model';
import { clock, plural } from '../text';
import { decorationProvider } from './decorations';
import { comparedText, differing, isSyncable, objectsBelow, type DriftNode } from './model';
import { Selection } from './selection';
import { DriftTree } from './treeProvider';

/** What commands need of the view. */
export interface DriftView {
  readonly tree: DriftTree;
  readonly view: vscode.TreeView<DriftNode>;
  readonly selection: Selection;
}

export function registerDrift(host: Host): DriftView {
  const selection = new Selection();
  const tree = new DriftTree(host.workspace, host.drift, selection);
  const view = vscode.window.createTreeView<DriftNode>('plumbline.drift', {
    treeDataProvider: tree,
    canSelectMany: true,
    manageCheckboxStateManually: true,
    showCollapseAll: true,
  });
  const update = (): void => describe(host, view, selection, tree);
  host.context.subscriptions.push(
    view,
    vscode.window.registerFileDecorationProvider(decorationProvider),
    view.onDidChangeCheckboxState(({ items }) => items.forEach(([node, state]) => selection.set(node, state))),
    host.drift.onDidChange(update),
    host.workspace.onDidChange(update),
    selection.onDidChange(update),
  );
  update();
  return { tree, view, selection };
}

function describe(
  { workspace, drift }: Host,
  view: vscode.TreeView<DriftNode>,
  selection: Selection,
  tree: DriftTree,
): void {
  const chosen = workspace.chosen;
  const environment = chosen && findEnvironment(workspace.views ?? [], chosen);
  view.description = environment ? `${environment.name} · ${targetText(environment)}` : '';
  const comparison = chosen && drift.get(chosen);
  const counted = drift.comparisons.reduce((n, c) => n + (c.report ? differing(c.report.counts) : 0), 0);
  view.badge = counted > 0 ? { value: counted, tooltip: `${plural(counted, 'object')} drifted` } : undefined;
  if (selection.choosing) {
    const ticked = selection.among(tree.environments).length;
    const syncable = tree.environments.flatMap(objectsBelow).some((node) => isSyncable(node.object));
    view.message =
      ticked > 0
        ? `${plural(ticked, 'object')} to sync`
        : syncable
          ? 'Tick what to sync.'
          : 'There is nothing to sync.';
  } else {
    view.message = comparison ? comparedText(comparison, clock) : '';
  }
}
