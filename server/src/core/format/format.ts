// Formatting: the edits that bring a file into shape. Each document is read again before its edits are given out, and one whose tree
// or comments would be others stays as it is.
import { goReaderFaults } from '../check/goReader';
import { parseYaml } from '../yaml/parse';
import type { ParsedYaml, YamlDocument } from '../yaml/tree';
import { layoutEdits, type SpaceEdit } from './layout';
import { indentStyle, type ListIndent } from './listStyle';
import { sameDocuments } from './sameDocuments';

export type { SpaceEdit } from './layout';
export type { ListIndent } from './listStyle';

export interface FormatOptions {
  listIndent: ListIndent;
  /** Documents that may be changed; templates and files of other tools are none. Broken ones are left out in any case. */
  documents: readonly YamlDocument[];
  /** Only lines between these offsets. */
  range?: { start: number; end: number };
}

/** In text order, not overlapping; empty where nothing is to do, or nothing can be done safely. */
export function formatEdits(parsed: ParsedYaml, { listIndent, documents, range }: FormatOptions): SpaceEdit[] {
  const sound = documents.filter(({ faults, recovered }) => faults.length === 0 && !recovered);
  const style = indentStyle(parsed, sound, listIndent);
  const inRange = ({ start, end }: SpaceEdit): boolean =>
    range === undefined || (end >= range.start && start <= range.end);
  const edits: SpaceEdit[] = [];
  for (const document of sound) {
    const found = layoutEdits(parsed, document, style)?.filter(inRange) ?? [];
    if (found.length > 0 && isSafe(parsed, document, found)) {
      edits.push(...found);
    }
  }
  const last = parsed.documents.at(-1);
  if (range === undefined && last !== undefined && sound.includes(last)) {
    edits.push(...finalBreak(parsed, last, edits));
  }
  return edits;
}

/** The text with edits in text order. */
export function applySpaceEdits(text: string, edits: readonly SpaceEdit[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, newText } of edits) {
    result += text.slice(at, start) + newText;
    at = end;
  }
  return result + text.slice(at);
}

/** Whether the edits leave the document what it is to every reader. */
function isSafe(parsed: ParsedYaml, document: YamlDocument, edits: readonly SpaceEdit[]): boolean {
  const before = parsed.text.slice(document.start, document.end);
  const shifted = edits.map(({ start, end, newText }) => ({
    start: start - document.start,
    end: end - document.start,
    newText,
  }));
  return isSameText(before, applySpaceEdits(before, shifted));
}

function isSameText(before: string, after: string): boolean {
  const [old, now] = [parseYaml(before), parseYaml(after)];
  const faults = (of: ParsedYaml): number =>
    of.documents.reduce((sum, each) => sum + goReaderFaults(of, each).length, 0);
  return sameDocuments(old, now) && faults(old) === faults(now);
}

/** A file ends in a line break. */
function finalBreak(parsed: ParsedYaml, last: YamlDocument, edits: readonly SpaceEdit[]): SpaceEdit[] {
  const { text } = parsed;
  if (text === '' || /[\r\n]$/.test(text) || (edits.at(-1)?.end === text.length && /[\r\n][ \t]*$/.test(text))) {
    return [];
  }
  const eol = /\r\n|\r|\n/.exec(text)?.[0] ?? '\n';
  const before = text.slice(last.start);
  return isSameText(before, before + eol) ? [{ start: text.length, end: text.length, newText: eol }] : [];
}
