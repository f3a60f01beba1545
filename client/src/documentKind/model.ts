// What the status bar says of the document under the caret, and what a click on it lists. No vscode here.
import type { DocumentKindView, RemarkView } from '../../../server/src/core/protocol';

/** Text of the status bar item. */
export function statusText({ title, part }: DocumentKindView): string {
  return part === undefined ? title : `${title} · ${part}`;
}

/** One line of the list that a click opens. */
export interface KindLine {
  icon: string;
  label: string;
  /** Where a choice of it leads; absent where there is nowhere to go. */
  go?: RemarkView;
}

export function kindLines(view: DocumentKindView): KindLine[] {
  return [
    { icon: 'symbol-class', label: view.what },
    line('question', `because ${view.because.text}`, view.because),
    ...view.remarks.map((remark) => line('references', remark.text, remark)),
    ...(view.schema === undefined ? [] : [line('symbol-structure', `Schema: ${view.schema.text}`, view.schema)]),
    ...view.versions.map(({ minor, environments }) => ({
      icon: 'server-environment',
      label: `Checked for Kubernetes ${minor}${environments.length === 0 ? '' : `: ${environments.join(', ')}`}`,
    })),
  ];
}

function line(icon: string, label: string, go: RemarkView): KindLine {
  return go.uri === undefined ? { icon, label } : { icon, label, go };
}

/** The list as text, for the tooltip. */
export function kindSummary(view: DocumentKindView): string[] {
  return kindLines(view).map(({ label }) => label);
}
