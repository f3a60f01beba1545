// Fields that kustomize calls deprecated, with the edit that writes them anew: what `kustomize edit fix` does, but only there, and with
// comments, order and quotes as they were. Where an edit would have to touch more, the finding comes without one.
import { renameKey } from '../edit/edits';
import type { Fix, Problem, TextEdit } from '../problem';
import { entryOf } from '../yaml/path';
import { follow } from '../yaml/resolve';
import type { MapNode, Node, Pair, ParsedYaml, SeqNode } from '../yaml/tree';
import { kustomizationShape } from './kustomizationShape';

interface File {
  path: string;
  parsed: ParsedYaml;
}

/** One quiet line for each deprecated field. */
export function deprecatedFields(file: File, root: MapNode): Problem[] {
  return root.pairs.flatMap((pair) => {
    const name = pair.key.kind === 'scalar' ? pair.key.text : '';
    const field = Object.hasOwn(kustomizationShape.fields, name) ? kustomizationShape.fields[name] : undefined;
    if (field?.deprecated === undefined || !isUsed(pair)) {
      return [];
    }
    const fix = fixOf(file, root, pair, name);
    return [
      {
        rule: 'kustomize/deprecated-field',
        severity: 'info' as const,
        message: `"${name}" is deprecated: ${field.deprecated.replaceAll('`', '"')}`,
        path: file.path,
        range: file.parsed.lines.range(pair.key.start, pair.key.end),
        field: `/${name}`,
        ...(fix === undefined ? {} : { fixes: [fix] }),
      },
    ];
  });
}

function isUsed({ value }: Pair): boolean {
  const node = follow(value);
  return node?.kind === 'seq' || node?.kind === 'map';
}

function fixOf(file: File, root: MapNode, pair: Pair, name: string): Fix | undefined {
  const fix = (target: string, edits: TextEdit[] | undefined): Fix | undefined =>
    edits === undefined ? undefined : { title: `Write it as "${target}"`, edits, preferred: true };
  switch (name) {
    case 'bases':
      return fix('resources', moved(file, root, pair, 'resources'));
    case 'imageTags':
      return fix('images', moved(file, root, pair, 'images'));
    case 'patchesJson6902':
      return fix('patches', moved(file, root, pair, 'patches'));
    case 'patchesStrategicMerge':
      return fix('patches', strategicMerge(file, root, pair));
    case 'commonLabels':
      return fix('labels', commonLabels(file, root, pair));
    default:
      return undefined;
  }
}

/** The list under its new name; its lines go behind those of the list that is there already. */
function moved(file: File, root: MapNode, pair: Pair, target: string): TextEdit[] | undefined {
  const there = entryOf(root, target);
  if (there === undefined) {
    return [renameKey(file, pair, target)];
  }
  return appended(file, pair, there, (_list, text) => text);
}

function strategicMerge(file: File, root: MapNode, pair: Pair): TextEdit[] | undefined {
  const list = blockList(pair.value);
  if (list === undefined || list.items.some((item) => item.kind !== 'scalar')) {
    return undefined;
  }
  const there = entryOf(root, 'patches');
  if (there !== undefined) {
    return appended(file, pair, there, (items, _text, indent) =>
      items.items.map((item) => patchItem(file, item, indent) + eolOf(file)).join(''),
    );
  }
  const edits = list.items.map((item): TextEdit => {
    const dash = dashOf(file, item);
    const indent = file.parsed.lines.positionAt(dash).character;
    return edit(file, dash, item.end, patchItem(file, item, indent).slice(indent));
  });
  return [renameKey(file, pair, 'patches'), ...edits];
}

/** A file is named by `path`; a text becomes `patch`, two columns further in. */
function patchItem({ parsed }: File, item: Node, indent: number): string {
  const margin = ' '.repeat(indent);
  const written = parsed.text.slice(item.start, item.end);
  const isText = item.kind === 'scalar' && (item.style === 'literal' || item.style === 'folded');
  if (!isText) {
    const inline = item.kind === 'scalar' && (item.text.includes('\n') || /^\s*[{[]/.test(item.text));
    return `${margin}- ${inline ? 'patch' : 'path'}: ${written}`;
  }
  const [head = '', ...lines] = written.replace(/[\r\n]+$/, '').split(/\r\n|\r|\n/);
  const by = Math.max(0, indent + 4 - contentIndent(lines));
  const body = lines.map((line) => (line.trim() === '' ? line : ' '.repeat(by) + line));
  return [`${margin}- patch: ${head}`, ...body].join(eolOf({ path: '', parsed }));
}

function contentIndent(lines: readonly string[]): number {
  const indents = lines.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)?.[0].length ?? 0);
  return Math.min(...indents, Infinity);
}

/** The same labels with what `commonLabels` implies; only where no `labels` stand beside it. */
function commonLabels(file: File, root: MapNode, pair: Pair): TextEdit[] | undefined {
  const map = follow(pair.value);
  if (entryOf(root, 'labels') !== undefined || map !== pair.value || map.kind !== 'map' || map.flow) {
    return undefined;
  }
  const { text, lines } = file.parsed;
  const eol = eolOf(file);
  const first = lines.positionAt(map.start).line;
  if (lines.positionAt(pair.key.start).character !== 0 || first <= lines.positionAt(pair.key.start).line) {
    return undefined;
  }
  const start = lines.offsetAt({ line: first, character: 0 });
  const body = text
    .slice(start, map.end)
    .split(/\r\n|\r|\n/)
    .map((line) => (line.trim() === '' ? line : `    ${line}`))
    .join(eol);
  return [
    renameKey(file, pair, 'labels'),
    edit(file, start, map.end, `  - includeSelectors: true${eol}    pairs:${eol}${body}`),
  ];
}

/** The items of one list behind those of another, and the first list gone with its lines. */
function appended(
  file: File,
  from: Pair,
  to: Pair,
  write: (list: SeqNode, text: string, indent: number) => string,
): TextEdit[] | undefined {
  const [list, target] = [blockList(from.value), blockList(to.value)];
  const last = target?.items.at(-1);
  if (list === undefined || target === undefined || last === undefined || list.items.length === 0) {
    return undefined;
  }
  const { text, lines } = file.parsed;
  const indent = lines.positionAt(dashOf(file, target.items[0] as Node)).character;
  const own = lines.positionAt(dashOf(file, list.items[0] as Node)).character;
  const start = lines.offsetAt({ line: lines.positionAt(dashOf(file, list.items[0] as Node)).line, character: 0 });
  const end = lineEnd(text, list.items.at(-1)?.end ?? list.end);
  const body = text
    .slice(start, end)
    .split(/(?<=\n)/)
    .map((line) => (own === indent || line.trim() === '' ? line : shift(line, indent - own)))
    .join('');
  const keyLine = lines.offsetAt({ line: lines.positionAt(from.key.start).line, character: 0 });
  const at = lineEnd(text, last.end);
  const eol = eolOf(file);
  const items = write(list, body, indent);
  const whole = items.endsWith('\n') ? items : items + eol;
  if (keyLine === at) {
    return [edit(file, at, end, whole)];
  }
  const gap = text.slice(0, at).endsWith('\n') ? '' : eol;
  const added = gap === '' ? whole : gap + whole.slice(0, -eol.length);
  return [edit(file, at, at, added), edit(file, keyLine, end, '')];
}

function shift(line: string, by: number): string {
  return by > 0 ? ' '.repeat(by) + line : line.slice(Math.min(-by, /^ */.exec(line)?.[0].length ?? 0));
}

function blockList(node: Node): SeqNode | undefined {
  return node.kind === 'seq' && !node.flow ? node : undefined;
}

/** Offset of the dash in front of an item. */
function dashOf({ parsed }: File, item: Node): number {
  return parsed.text.lastIndexOf('-', item.start - 1);
}

/** Offset behind the line break of the line that holds the last character before `at`. */
function lineEnd(text: string, at: number): number {
  if (at > 0 && text[at - 1] === '\n') {
    return at;
  }
  const next = text.indexOf('\n', at);
  return next < 0 ? text.length : next + 1;
}

function eolOf({ parsed }: File): string {
  return /\r\n|\r|\n/.exec(parsed.text)?.[0] ?? '\n';
}

function edit({ path, parsed }: File, start: number, end: number, newText: string): TextEdit {
  return { path, range: parsed.lines.range(start, end), newText };
}
