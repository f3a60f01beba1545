// A place that the graph names, in the text it stands in: the scalar that holds it, and the smallest edit that writes something else
// there. Files that are no YAML (env files of generators) are edited as plain text.
import type { Position, Range, TextEdit } from '../problem';
import { renameKey, setScalar } from '../edit/edits';
import { documentAt, pathAt } from '../yaml/path';
import type { JsonPath } from '../json';
import type { Pair, ParsedYaml, ScalarNode } from '../yaml/tree';

export interface ReadFile {
  path: string;
  parsed: ParsedYaml;
}

/** A scalar with what surrounds it. */
export interface WrittenScalar {
  node: ScalarNode;
  /** Set where it is a key or a value of a map. */
  pair?: Pair;
  isKey: boolean;
  path: JsonPath;
}

/** The scalar at a range of a YAML file; undefined where none stands there (an alias, a map, another language). */
export function scalarAt(file: ReadFile, range: Range): WrittenScalar | undefined {
  const start = file.parsed.lines.offsetAt(range.start);
  const document = documentAt(file.parsed, start);
  const found = document && pathAt(document, start);
  if (found?.node.kind !== 'scalar') {
    return undefined;
  }
  return {
    node: found.node,
    ...(found.pair === undefined ? {} : { pair: found.pair }),
    isKey: found.inKey,
    path: found.path,
  };
}

/** The pair whose key, value or both a range covers, for labels. */
export function pairAtRange(file: ReadFile, range: Range): { pair: Pair; scalar: WrittenScalar } | undefined {
  const scalar = scalarAt(file, range);
  return scalar?.pair === undefined ? undefined : { pair: scalar.pair, scalar };
}

/** Range of a scalar's text without its quotes: what a person sees as the name. */
export function innerRange(file: ReadFile, node: ScalarNode): Range {
  const quoted = (node.style === 'single' || node.style === 'double') && node.end - node.start >= 2;
  return file.parsed.lines.range(node.start + (quoted ? 1 : 0), node.end - (quoted ? 1 : 0));
}

/**
 * Writes `newText` where `oldText` stands at a range: in the whole scalar, or in the part of it that the range covers. Undefined where the
 * text there is not `oldText`, or cannot be changed without changing more.
 */
export function rewrite(file: ReadFile, range: Range, oldText: string, newText: string): TextEdit | undefined {
  const { parsed, path } = file;
  const start = parsed.lines.offsetAt(range.start);
  const end = parsed.lines.offsetAt(range.end);
  const scalar = scalarAt(file, range);
  if (scalar === undefined) {
    return parsed.text.slice(start, end) === oldText ? { path, range, newText } : undefined;
  }
  const { node } = scalar;
  if (end > node.end) {
    return undefined;
  }
  if (node.text === oldText) {
    return writeScalarAt(file, scalar, newText);
  }
  // A part of a longer text: as raw text, which is right where the part is written as it reads.
  if (parsed.text.slice(start, end) === oldText && isRawSafe(node, newText)) {
    return { path, range, newText };
  }
  const at = node.text.indexOf(oldText);
  return at < 0 || node.text.indexOf(oldText, at + 1) >= 0
    ? undefined
    : writeScalarAt(file, scalar, node.text.slice(0, at) + newText + node.text.slice(at + oldText.length));
}

/** Writes a scalar anew, keeping its quotes; as key or as value. */
export function writeScalarAt(
  file: ReadFile,
  { node, pair, isKey }: WrittenScalar,
  text: string,
): TextEdit | undefined {
  if (node.style === 'literal' || node.style === 'folded') {
    return undefined;
  }
  return isKey && pair !== undefined ? renameKey(file, pair, text) : setScalar(file, node, text);
}

/** Characters that mean themselves in every style of scalar, inside a longer one. */
function isRawSafe(node: ScalarNode, text: string): boolean {
  return /^[A-Za-z0-9_.=/-]*$/.test(text) && (node.style !== 'plain' || text !== '');
}

export function isSameRange(a: Range, b: Range): boolean {
  return comparePositions(a.start, b.start) === 0 && comparePositions(a.end, b.end) === 0;
}

export function comparePositions(a: Position, b: Position): number {
  return a.line - b.line || a.character - b.character;
}

export function holdsPosition(range: Range, position: Position): boolean {
  return comparePositions(range.start, position) <= 0 && comparePositions(position, range.end) <= 0;
}
