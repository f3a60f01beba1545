// The tolerant reader: `yaml` reads a broken segment as far as it can, with its errors. Ten times slower than the exact
// reader, so only the segment that the exact reader refused comes here.
import { isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import type { Node as LibraryNode, Range as LibraryRange, Scalar } from 'yaml';
import type { Node, ScalarNode } from './tree';
import type { RawDocument } from './events';
import { blockEnd, maxDepth } from './events';

/** An error as the library gives it; faults.ts words it. Offsets are those of the whole text. */
export interface ReaderError {
  code: string;
  message: string;
  start: number;
  end: number;
}

export interface TolerantReading {
  documents: RawDocument[];
  errors: ReaderError[];
}

/** Never throws. Documents are partial where there are errors; every offset is right and moved by `base`. */
export function readTolerantly(text: string, base: number): TolerantReading {
  try {
    const parsed = parseAllDocuments(text, {
      // Scalars stay text: their meaning depends on the dialect (resolve.ts).
      schema: 'failsafe',
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
      strict: true,
    });
    const documents: RawDocument[] = [];
    const errors: ReaderError[] = [];
    for (const document of Array.isArray(parsed) ? parsed : []) {
      for (const error of document.errors) {
        errors.push({
          code: error.code,
          message: error.message,
          start: error.pos[0] + base,
          end: Math.max(error.pos[1], error.pos[0]) + base,
        });
      }
      const empty = document.contents === null || isEmptyScalar(document.contents);
      documents.push({
        root: empty ? undefined : convert(document.contents, text, base, 0),
        contentEnd: base + document.range[1],
        explicitEnd: document.directives.docEnd,
        anchored: true,
      });
    }
    return { documents, errors };
  } catch {
    // Only the library's own recursion limit is known to come here.
    return { documents: [], errors: [] };
  }
}

function isEmptyScalar(node: LibraryNode): boolean {
  return isScalar(node) && node.range?.[0] === node.range?.[1] && node.tag === undefined && node.anchor === undefined;
}

const styles: Record<string, ScalarNode['style']> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};

function convert(node: LibraryNode | null | undefined, text: string, base: number, at: number, depth = 0): Node {
  const range: LibraryRange = (node as { range?: LibraryRange } | null | undefined)?.range ?? [at, at, at];
  const start = range[0] + base;
  const end = Math.min(Math.max(range[1], range[0]), text.length) + base;
  if (node === null || node === undefined || depth > maxDepth) {
    return { kind: 'scalar', start, end: start, text: '', style: 'plain' };
  }
  if (isAlias(node)) {
    return { kind: 'alias', start, end, name: node.source };
  }
  const properties = {
    ...(node.anchor === undefined ? {} : { anchor: node.anchor }),
    ...(node.tag === undefined ? {} : { tag: node.tag.replace(/^tag:yaml\.org,2002:/, '!!') }),
  };
  if (isMap<LibraryNode, LibraryNode | null>(node)) {
    const pairs = node.items.map((pair) => {
      const key = convert(pair.key, text, base, range[0], depth + 1);
      const value =
        pair.value === null
          ? emptyAfter(key.end, text, base)
          : convert(pair.value, text, base, key.end - base, depth + 1);
      return { key, value };
    });
    const parts = pairs.flatMap(({ key, value }) => [key, value]);
    return {
      kind: 'map',
      ...around(parts, start, node.flow === true ? end : start),
      pairs,
      flow: node.flow === true,
      ...properties,
    };
  }
  if (isSeq<LibraryNode>(node)) {
    const items = node.items.map((item) => convert(item, text, base, range[0], depth + 1));
    return {
      kind: 'seq',
      ...around(items, start, node.flow === true ? end : start),
      items,
      flow: node.flow === true,
      ...properties,
    };
  }
  const scalar = node as Scalar;
  const style = styles[scalar.type ?? 'PLAIN'] ?? 'plain';
  const value = typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? '');
  const block = style === 'literal' || style === 'folded';
  const scalarEnd = block ? blockEnd(text, range[0], headerEnd(text, range[0]), range[1]) + base : end;
  return { kind: 'scalar', start, end: scalarEnd, text: value, style, ...properties };
}

/** A range that holds all parts: the library gives some of what it could not read places outside their parents. */
function around(parts: readonly Node[], start: number, end: number): { start: number; end: number } {
  return parts.reduce(
    (range, part) => ({ start: Math.min(range.start, part.start), end: Math.max(range.end, part.end) }),
    {
      start,
      end,
    },
  );
}

/** An empty value after a key: behind its colon where there is one. */
function emptyAfter(keyEnd: number, text: string, base: number): ScalarNode {
  let at = keyEnd - base;
  while (text[at] === ' ' || text[at] === '\t') {
    at++;
  }
  const place = (text[at] === ':' ? at + 1 : keyEnd - base) + base;
  return { kind: 'scalar', start: place, end: place, text: '', style: 'plain' };
}

function headerEnd(text: string, start: number): number {
  const lineEnd = text.indexOf('\n', start);
  return lineEnd < 0 ? text.length : lineEnd + 1;
}
