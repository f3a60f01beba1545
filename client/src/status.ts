// The status bar item: the chosen environment, its state and the Kubernetes version that files are checked against.
import * as vscode from 'vscode';
import type { EnvironmentView } from '../../server/src/core/protocol';
import { comparedText, countsText, differing, worst, type Comparison } from './drift/model';
import type { Host } from './host';
import { findEnvironment, targetText } from './sources/model';
import { clock } from './text';

export function registerStatus(host: Host): void {
  const item = vscode.window.createStatusBarItem('plumbline.status', vscode.StatusBarAlignment.Left, 10);
  item.name = 'Plumbline';
  item.command = 'plumbline.statusMenu';
  const update = (): void => {
    const chosen = host.workspace.chosen;
    const environment = chosen && findEnvironment(host.workspace.views ?? [], chosen);
    if (host.workspace.failure !== undefined) {
      show(
        item,
        '$(error) Plumbline',
        'Plumbline does not run',
        host.workspace.failure,
        'statusBarItem.errorBackground',
      );
      item.show();
    } else if (chosen && environment) {
      describe(item, environment, host.drift.get(chosen));
      item.show();
    } else {
      item.hide();
    }
  };
  host.context.subscriptions.push(item, host.workspace.onDidChange(update), host.drift.onDidChange(update));
  update();
}

function describe(item: vscode.StatusBarItem, environment: EnvironmentView, comparison: Comparison | undefined): void {
  const { icon, text } = stateOf(environment, comparison);
  const version = environment.kubernetesVersion;
  const report = comparison?.report;
  // Loud only where drift is dangerous.
  const loud = environment.protected && report !== undefined && differing(report.counts) > 0;
  const detail = comparison ? comparedText(comparison, clock) : '';
  const tooltip = new vscode.MarkdownString();
  tooltip.appendMarkdown('**').appendText(environment.name).appendMarkdown('** — ').appendText(targetText(environment));
  tooltip.appendMarkdown('\n\n').appendText(detail || 'Not compared yet: nothing was contacted.');
  tooltip.appendMarkdown(`\n\nChecked against Kubernetes ${version}`);
  show(
    item,
    `$(${icon}) ${environment.name}: ${text} · v${version}`,
    `${environment.name}: ${text} · v${version}, Plumbline`,
    tooltip,
    loud ? 'statusBarItem.warningBackground' : undefined,
  );
}

function stateOf(environment: EnvironmentView, comparison: Comparison | undefined): { icon: string; text: string } {
  if (comparison?.state === 'comparing') {
    return { icon: 'sync~spin', text: 'comparing…' };
  }
  if (comparison === undefined) {
    return environment.target === undefined
      ? { icon: 'circle-slash', text: 'no target' }
      : { icon: 'circle-large-outline', text: 'not compared' };
  }
  if (comparison.failure || comparison.report === undefined) {
    return { icon: 'question', text: 'unknown' };
  }
  const { counts, failures } = comparison.report;
  const different = differing(counts);
  if (different > 0) {
    return { icon: 'warning', text: `${different} drifted` };
  }
  const state = worst(counts, failures.length);
  return { icon: state === 'inSync' ? 'check' : 'question', text: countsText(counts, failures.length) };
}

function show(
  item: vscode.StatusBarItem,
  text: string,
  accessible: string,
  tooltip: string | vscode.MarkdownString,
  background: string | undefined,
): void {
  item.text = text;
  item.tooltip = tooltip;
  item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
  item.accessibilityInformation = { label: accessible, role: 'button' };
}
