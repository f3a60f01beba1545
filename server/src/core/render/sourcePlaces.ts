// From a finding in rendered text to the line that a person wrote: which of a line's origins causes it, and how far the marked
// text reaches there.
import { visibleRange } from '../check/objectPlace';
import type { FileTree, Origin } from '../ports';
import type { Location, Position, Problem } from '../problem';
import { isYamlFile } from '../workspace/paths';
import { documentAt, pairAt, pathAt } from '../yaml/path';
import { parseYaml } from '../yaml/parse';
import type { ParsedYaml } from '../yaml/tree';
import type { Rendering } from './rendering';
import { originAt } from './resources';

/** Source files as they are needed, each read and parsed once. */
export interface SourceFiles {
  parsed(path: string): Promise<ParsedYaml | undefined>;
}

export function sourceFiles(tree: FileTree, known: ReadonlyMap<string, ParsedYaml> = new Map()): SourceFiles {
  const cache = new Map<string, Promise<ParsedYaml | undefined>>();
  return {
    parsed(path) {
      let parsed = cache.get(path);
      if (parsed === undefined) {
        const there = known.get(path);
        parsed =
          there !== undefined
            ? Promise.resolve(there)
            : tree.read(path).then((text) => (text === undefined ? undefined : parseYaml(text)));
        cache.set(path, parsed);
      }
      return parsed;
    },
  };
}

/** A problem of the rendering's text as a problem of the source that causes it. */
export async function atSource(problem: Problem, rendering: Rendering, files: SourceFiles): Promise<Problem> {
  const { start } = problem.range;
  const key = startsAtKey(rendering.parsed, start);
  const origin = chooseOrigin(rendering, start, key);
  const place =
    origin === undefined ? rendering.source.declared : await sourceRange(origin, key, files, problem, rendering);
  const { fixes: _fixes, related: _related, ...rest } = problem;
  return { ...rest, ...place, rendered: { source: rendering.source.id, line: start.line } };
}

/**
 * A fault of a value is caused by what prints the value, a fault of a key by the line that holds the key. In a chart these are
 * different files.
 */
function chooseOrigin(rendering: Rendering, start: Position, key: boolean): Origin | undefined {
  const origins = rendering.origins[start.line] ?? [];
  const values = key ? undefined : origins.find((origin) => origin.role === 'values');
  return values ?? originAt(rendering, start.line, start.character);
}

function startsAtKey(parsed: ParsedYaml, start: Position): boolean {
  const offset = parsed.lines.offsetAt(start);
  const document = documentAt(parsed, offset);
  return document === undefined ? false : (pathAt(document, offset)?.inKey ?? false);
}

function keyAt(parsed: ParsedYaml, start: Position): string | undefined {
  const offset = parsed.lines.offsetAt(start);
  const document = documentAt(parsed, offset);
  const last = document === undefined ? undefined : pathAt(document, offset)?.path.at(-1);
  return typeof last === 'string' ? last : undefined;
}

async function sourceRange(
  origin: Origin,
  key: boolean,
  files: SourceFiles,
  problem: Problem,
  rendering: Rendering,
): Promise<Location> {
  const { path } = origin;
  if (rendering.source.render.tool === 'folder') {
    const lines = problem.range.end.line - problem.range.start.line;
    return {
      path,
      range: {
        start: { line: origin.line, character: problem.range.start.character },
        end: { line: origin.line + lines, character: problem.range.end.character },
      },
    };
  }
  const parsed = await files.parsed(path);
  if (parsed === undefined) {
    const start = { line: origin.line, character: origin.character };
    return { path, range: { start, end: start } };
  }
  const lineStart = parsed.lines.offsetAt({ line: origin.line, character: 0 });
  const lineEnd = parsed.lines.offsetAt({ line: origin.line + 1, character: 0 });
  const text = parsed.text.slice(lineStart, lineEnd).replace(/[\r\n]+$/, '');
  const indent = /^[\s]*(?:- +)*/.exec(text)?.[0].length ?? 0;
  const first = Math.max(origin.character, Math.min(indent, text.length));
  const whole: Location = {
    path,
    range: {
      start: { line: origin.line, character: first },
      end: { line: origin.line, character: Math.max(first, text.trimEnd().length) },
    },
  };
  if (!isYamlFile(path) || origin.role === 'template' || origin.role === 'file') {
    return whole;
  }
  const document = documentAt(parsed, lineStart + first);
  const found = document === undefined ? undefined : pathAt(document, lineStart + first);
  if (found?.pair === undefined || found.inKey === false) {
    return whole;
  }
  // A map's own line has the origin of its first child where the tool kept no better one: the key itself is an ancestor then.
  const wanted = key ? keyAt(rendering.parsed, problem.range.start) : undefined;
  const ancestor = wanted === undefined ? -1 : found.path.lastIndexOf(wanted);
  const pair =
    ancestor >= 0 && ancestor < found.path.length - 1
      ? (pairAt(document?.root, found.path.slice(0, ancestor + 1)) ?? found.pair)
      : found.pair;
  return {
    path,
    range: key ? parsed.lines.range(pair.key.start, pair.key.end) : visibleRange(parsed, pair.value, pair.key),
  };
}
