// Templates: text that only becomes YAML when it is rendered. Nothing is said about their YAML; what they render to is
// checked instead.
import { endOfLine } from '../yaml/brackets';
import type { Candidate, DocumentKind } from './kind';
import { noChecks } from './kind';

export const helmTemplate: DocumentKind = {
  id: 'helmTemplate',
  title: 'Helm template',
  detect: (candidate) =>
    inTemplates(candidate)
      ? 'it is among the templates of a chart'
      : isTemplated(candidate)
        ? 'it has template actions where YAML has none'
        : undefined,
  checks: noChecks,
};

function inTemplates({ path, neighbours: { role, chart } }: Candidate): boolean {
  if (role !== undefined && role !== 'other') {
    return role === 'template';
  }
  return chart !== undefined && path.startsWith(`${chart === '' ? '' : chart + '/'}templates/`);
}

/** `{{ … }}` where YAML would not have it: text that cannot be read otherwise, or an action in the place of a value. */
function isTemplated({ document, text }: Candidate): boolean {
  if (!hasAction(text)) {
    return false;
  }
  if (document.faults.some((fault) => fault.rule === 'yaml/syntax')) {
    // An action that starts a line or a value, outside quotes; `"{{name}}"` is a plain text for other tools.
    return /^[ \t]*(?:- +)?(?:[\w.\-/]+:[ \t]+)?\{\{/m.test(text);
  }
  return /^[ \t]*(?:- +)?(?:[\w.\-/]+:[ \t]+)?\{\{/m.test(text) && hasMapAsKey(document.root);
}

/** `{{` with `}}` behind it on the same line. */
function hasAction(text: string): boolean {
  let open = text.indexOf('{{');
  while (open >= 0) {
    const end = endOfLine(text, open);
    const close = text.indexOf('}}', open + 2);
    if (close >= 0 && close < end) {
      return true;
    }
    open = close < 0 ? -1 : text.indexOf('{{', end);
  }
  return false;
}

function hasMapAsKey(node: Candidate['document']['root']): boolean {
  if (node?.kind === 'map') {
    return node.pairs.some((pair) => pair.key.kind === 'map' || hasMapAsKey(pair.value));
  }
  return node?.kind === 'seq' && node.items.some(hasMapAsKey);
}
