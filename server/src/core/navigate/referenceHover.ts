// What a hover says of a reference or a name: what it means, where that is defined, and what it is called in each environment.
import type { Appearance, AtPlace, Definition, Edge } from '../graph/graph';
import type { Range } from '../problem';
import { label } from '../resource';
import { titleOf } from './sameThing';

/** Address of a place, for links. */
export type LinkOf = (path: string, line: number) => string;

/** Definitions beyond these are counted, not listed. */
const most = 5;

export function referenceHover(place: AtPlace, link: LinkOf): { markdown: string; range: Range } | undefined {
  const { definition, edge } = place;
  if (edge !== undefined) {
    return { markdown: edgeText(edge, link), range: edge.reference.from.range };
  }
  if (definition?.entity === 'object') {
    const named = appearancesText(definition);
    return named === '' ? undefined : { markdown: named, range: definition.at.range };
  }
  return undefined;
}

function edgeText({ reference, targets }: Edge, link: LinkOf): string {
  const role = reference.role.charAt(0).toUpperCase() + reference.role.slice(1);
  if (reference.fixed !== undefined) {
    return `${role}: \`${code(reference.text)}\`. ${reference.fixed}`;
  }
  const [only] = targets;
  if (only === undefined) {
    return `${role}: nothing in this repository defines it${reference.optional ? '; it may be missing.' : '.'}`;
  }
  const shown = targets.slice(0, most).map((target) => {
    const { path, range } = target.at;
    const line = range.start.line;
    const place = target.entity === 'file' || target.entity === 'folder' ? target.name : `${path}:${line + 1}`;
    const what =
      target.entity === 'file' || target.entity === 'folder' ? target.entity : `\`${code(titleOf(target))}\``;
    const named = appearancesText(target);
    return `- ${what} in [${escaped(place === '' ? '.' : place)}](${link(path, line)})${named === '' ? '' : `\n${indented(named)}`}`;
  });
  const more = targets.length > most ? [`- and ${targets.length - most} more`] : [];
  return [`${role}:`, '', ...shown, ...more].join('\n');
}

/** What overlays make of a name: one line for each that differs from what is written; empty where none does. */
function appearancesText({ appearances, object, entity }: Definition): string {
  if (entity !== 'object' || object === undefined) {
    return '';
  }
  const lines = new Map<string, string[]>();
  for (const appearance of appearances) {
    const name = label(appearance.effective);
    lines.set(name, [...(lines.get(name) ?? []), ...whereOf(appearance)]);
  }
  if (lines.size === 0 || (lines.size === 1 && lines.has(label(object)))) {
    return '';
  }
  return [...lines]
    .slice(0, most * 2)
    .map(([name, where]) => `- ${[...new Set(where)].map(escaped).join(', ')}: \`${code(name)}\``)
    .join('\n');
}

function whereOf({ environments, source }: Appearance): readonly string[] {
  return environments.length > 0 ? environments : [source];
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}

function code(text: string): string {
  return text.replaceAll('`', "'");
}

function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>|]/g, '\\$&');
}
