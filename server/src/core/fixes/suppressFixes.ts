// The ways not to be told of a finding any more: a comment on its line, an annotation of its object, a severity in the configuration.
import { ignoreAnnotation } from '../check/suppress';
import { applyEdits, insertPair, setScalar, type EditedFile } from '../edit/edits';
import { sameTrees } from '../format/sameDocuments';
import type { Fix, Problem, Severity, TextEdit } from '../problem';
import { documentAt, entryOf } from '../yaml/path';
import { parseYaml } from '../yaml/parse';
import { follow } from '../yaml/resolve';
import type { MapNode, ParsedYaml } from '../yaml/tree';
import { objectAt } from './place';

/** A comment on the finding's line, or above it; undefined where neither could stand there. */
export function suppressOnLine(problem: Problem, { path, parsed }: EditedFile): Fix | undefined {
  if (problem.rule === 'yaml/syntax') {
    return undefined;
  }
  const { line } = problem.range.start;
  const start = parsed.lines.offsetAt({ line, character: 0 });
  const text = /^[^\r\n]*/.exec(parsed.text.slice(start))?.[0] ?? '';
  const end = start + text.length;
  const title = `Ignore ${problem.rule} on this line`;
  const edit = (from: number, to: number, newText: string): Fix => ({
    title,
    edits: [{ path, range: parsed.lines.range(from, to), newText }],
  });
  const comment = commentsOf(parsed).find((each) => each.start >= start && each.start <= end);
  const named =
    comment &&
    /#\s*plumbline-ignore\s+[\w/*-]+(?:\s*,\s*[\w/*-]+)*/.exec(parsed.text.slice(comment.start, comment.end));
  if (comment !== undefined && named?.index === 0) {
    const at = comment.start + named[0].length;
    return edit(at, at, `, ${problem.rule}`);
  }
  const eol = /\r\n|\r|\n/.exec(parsed.text)?.[0] ?? '\n';
  const indent = /^[ \t]*/.exec(text)?.[0] ?? '';
  const candidates = [
    ...(comment === undefined ? [edit(start + text.trimEnd().length, end, ` # plumbline-ignore ${problem.rule}`)] : []),
    edit(start, start, `${indent}# plumbline-ignore ${problem.rule}${eol}`),
  ];
  return candidates.find((fix) => isOneCommentMore(parsed, fix.edits));
}

/** The annotation of the finding's object, made where it is not there yet. */
export function suppressForObject(problem: Problem, file: EditedFile): Fix | undefined {
  const { parsed } = file;
  const offset = parsed.lines.offsetAt(problem.range.start);
  const document = documentAt(parsed, offset);
  const object = document === undefined || document.recovered ? undefined : objectAt(document, offset);
  const metadata = object && mapAt(object.root, 'metadata');
  if (object === undefined || metadata === undefined || problem.rule.startsWith('yaml/')) {
    return undefined;
  }
  const annotations = mapAt(metadata, 'annotations');
  const known = annotations && entryOf(annotations, ignoreAnnotation);
  const value = known === undefined ? undefined : follow(known.value);
  const empty = entryOf(metadata, 'annotations');
  if (annotations === undefined && empty !== undefined) {
    return undefined;
  }
  const edit =
    annotations === undefined
      ? insertPair(file, metadata, 'annotations', { [ignoreAnnotation]: problem.rule })
      : value?.kind === 'scalar'
        ? setScalar(file, value, value.text === '' ? problem.rule : `${value.text}, ${problem.rule}`)
        : known === undefined
          ? insertPair(file, annotations, ignoreAnnotation, problem.rule)
          : undefined;
  return edit === undefined
    ? undefined
    : { title: `Ignore ${problem.rule} in ${object.label} (annotation)`, edits: [edit] };
}

/** The configuration's text with another severity for a rule. `config`: the file as it is; undefined where there is none yet. */
export function changeSeverity(
  rule: string,
  severity: Severity | 'off',
  path: string,
  config: ParsedYaml | undefined,
): Fix | undefined {
  const title = severity === 'off' ? `Turn ${rule} off in ${path}` : `Make ${rule} ${article(severity)} in ${path}`;
  const root = config?.documents[0]?.root;
  if (config === undefined || root === undefined) {
    const parsed = config ?? parseYaml('');
    const end = parsed.text.length;
    const lead = parsed.text === '' || /[\r\n]$/.test(parsed.text) ? '' : '\n';
    const newText = `${lead}rules:\n  ${rule}: ${severity}\n`;
    return { title, edits: [{ path, range: parsed.lines.range(end, end), newText }] };
  }
  const file = { path, parsed: config };
  if (root.kind !== 'map' || config.documents.some(({ faults }) => faults.length > 0)) {
    return undefined;
  }
  const rules = entryOf(root, 'rules');
  const map = rules === undefined ? undefined : follow(rules.value);
  const known = map?.kind === 'map' ? entryOf(map, rule) : undefined;
  if (known?.value.kind === 'scalar') {
    return { title, edits: [setScalar(file, known.value, severity)] };
  }
  if (rules === undefined) {
    return { title, edits: [insertPair(file, root, 'rules', { [rule]: severity })] };
  }
  return map?.kind === 'map' ? { title, edits: [insertPair(file, map, rule, severity)] } : undefined;
}

function article(severity: Severity): string {
  return severity === 'error' ? 'an error' : severity === 'info' ? 'information' : `a ${severity}`;
}

function mapAt(map: MapNode, name: string): MapNode | undefined {
  const value = entryOf(map, name)?.value;
  const node = value === undefined ? undefined : follow(value);
  return node?.kind === 'map' ? node : undefined;
}

function commentsOf(parsed: ParsedYaml): { start: number; end: number }[] {
  return parsed.documents.flatMap(({ comments }) => comments);
}

function isOneCommentMore(parsed: ParsedYaml, edits: readonly TextEdit[]): boolean {
  const after = parseYaml(applyEdits(parsed, edits), parsed);
  return sameTrees(parsed, after) && commentsOf(after).length === commentsOf(parsed).length + 1;
}
