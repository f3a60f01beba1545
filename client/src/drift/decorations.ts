// Colours and badges of the Drift view's objects. The state is part of the URI, so that a change of state is a new URI and
// nothing has to be announced.
import * as vscode from 'vscode';
import { stateText, type DriftState } from './model';

const scheme = 'plumbline-drift';

/** Badge, colour and icon by state; the icon says what happened to the live side. What is in sync has no badge. */
const looks: Partial<Record<DriftState, { badge: string; color: string; icon: string }>> = {
  drifted: { badge: 'D', color: 'plumbline.driftedForeground', icon: 'diff-modified' },
  missing: { badge: 'M', color: 'plumbline.missingForeground', icon: 'diff-removed' },
  extra: { badge: 'L', color: 'plumbline.extraForeground', icon: 'diff-added' },
  rejected: { badge: 'R', color: 'plumbline.rejectedForeground', icon: 'error' },
  unknown: { badge: '?', color: 'plumbline.unknownForeground', icon: 'question' },
};

export function stateIcon(state: DriftState): vscode.ThemeIcon {
  const look = looks[state];
  return look === undefined
    ? new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'))
    : new vscode.ThemeIcon(look.icon, new vscode.ThemeColor(look.color));
}

export function decorationUri(id: string, state: DriftState): vscode.Uri {
  return vscode.Uri.from({ scheme, path: '/' + encodeURIComponent(id), query: state });
}

export const decorationProvider: vscode.FileDecorationProvider = {
  provideFileDecoration(uri) {
    const state = uri.query as DriftState;
    const look = uri.scheme === scheme ? looks[state] : undefined;
    return look && new vscode.FileDecoration(look.badge, stateText(state), new vscode.ThemeColor(look.color));
  },
};
