// Tooltips of the Drift view, made when a row is hovered: the fields of an object with both values and who wrote the live one.
// Text from the cluster is escaped: it must not become a link or an image.
import * as vscode from 'vscode';
import { label } from '../../../server/src/core/protocol';
import type { ObjectDrift } from '../../../server/src/core/protocol';
import { foundByText } from '../sources/model';
import { plural } from '../text';
import { blameText, comparedText, fieldText, stateText, type DriftNode } from './model';

/** A tooltip lists no more fields than this. */
const mostFields = 20;

const basisTexts: Record<ObjectDrift['basis'], string> = {
  exact: '',
  dryRun: 'Decided by a dry run of the target.',
  subset: 'The schema of this kind is not known: only the fields in Git were compared.',
  none: '',
};

export function tooltipOf(node: DriftNode): vscode.MarkdownString | undefined {
  switch (node.type) {
    case 'object':
      return objectTooltip(node.object);
    case 'field':
      return listFields(new vscode.MarkdownString(), [node.field]);
    case 'environment': {
      const text = new vscode.MarkdownString();
      text.appendMarkdown('**').appendText(node.label).appendMarkdown('**');
      text.appendText(node.description === '' ? '' : ` — ${node.description}`);
      if (node.environment) {
        text
          .appendMarkdown(`\n\nKubernetes ${node.environment.kubernetesVersion}, `)
          .appendText(foundByText(node.environment.foundBy));
      }
      if (node.comparison) {
        text.appendMarkdown('\n\n').appendText(comparedText(node.comparison, (iso) => new Date(iso).toLocaleString()));
      }
      return text;
    }
    case 'owner':
    case 'kind':
    case 'inSync':
    case 'note':
      return undefined;
  }
}

function objectTooltip(object: ObjectDrift): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text
    .appendMarkdown('**')
    .appendText(label(object.key))
    .appendMarkdown(`** — ${stateText(object.state)}`);
  if (object.failure) {
    text.appendMarkdown('\n\n').appendText(object.failure.message);
    for (const cause of object.failure.causes ?? []) {
      text.appendMarkdown('\n- ').appendText(`${cause.field}: ${cause.message}`);
    }
  }
  if (object.fields.length > 0) {
    listFields(text.appendMarkdown('\n\n'), object.fields.slice(0, mostFields));
    if (object.fields.length > mostFields) {
      text.appendMarkdown(`\n\n… and ${plural(object.fields.length - mostFields, 'more field')}`);
    }
  }
  const remarks = [
    basisTexts[object.basis],
    object.mutatorPossible ? 'A webhook of the cluster may have made the difference.' : '',
    object.foreign > 0 ? `${plural(object.foreign, 'live field')} of others left alone.` : '',
  ].filter((remark) => remark !== '');
  return remarks.length > 0 ? text.appendMarkdown(`\n\n${remarks.join(' ')}`) : text;
}

/** A list, not a table: it wraps, and the tooltip of a row is narrow. */
function listFields(text: vscode.MarkdownString, fields: ObjectDrift['fields']): vscode.MarkdownString {
  const now = Date.now();
  for (const field of fields) {
    text
      .appendMarkdown('- **')
      .appendText(oneLine(field.path))
      .appendMarkdown('**  \n  ')
      .appendText(oneLine(fieldText(field)));
    const blame = blameText(field, now);
    if (blame !== '') {
      text.appendMarkdown('  \n  *by* ').appendText(oneLine(blame));
    }
    text.appendMarkdown('\n');
  }
  return text;
}

/** A line end would end the list's item. */
const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ');
