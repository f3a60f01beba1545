// Findings of documents that did not change: a keystroke in one document of a large file costs that document only.
import type { Problem, Range, TextEdit } from '../problem';
import type { ParsedYaml, YamlDocument } from '../yaml/tree';

export interface CheckCache {
  /**
   * Problems of a document, from the cache where its text and `key` are the ones of an earlier check. Whoever changes
   * schemas makes a new cache.
   */
  problemsOf(document: YamlDocument, parsed: ParsedYaml, key: string, check: () => Problem[]): Problem[];
}

interface Entry {
  key: string;
  /** Line on which the document started when it was checked. */
  line: number;
  problems: Problem[];
}

export function createCheckCache(): CheckCache {
  // Documents are dropped with the parses that hold them.
  const entries = new WeakMap<object, Entry>();
  return {
    problemsOf(document, parsed, key, check) {
      const start = parsed.lines.positionAt(document.start);
      const known = entries.get(document.identity);
      if (known !== undefined && known.key === key && start.character === 0) {
        const by = start.line - known.line;
        return by === 0 ? known.problems : known.problems.map((problem) => moved(problem, by));
      }
      const problems = check();
      if (start.character === 0) {
        entries.set(document.identity, { key, line: start.line, problems });
      }
      return problems;
    },
  };
}

/** A problem of a document that moved up or down: everything it points at in its own file moves along. */
function moved(problem: Problem, by: number): Problem {
  const range = (old: Range): Range => ({
    start: { line: old.start.line + by, character: old.start.character },
    end: { line: old.end.line + by, character: old.end.character },
  });
  const edit = (old: TextEdit): TextEdit => (old.path === problem.path ? { ...old, range: range(old.range) } : old);
  return {
    ...problem,
    range: range(problem.range),
    ...(problem.related === undefined
      ? {}
      : {
          related: problem.related.map(({ location, message }) => ({
            location: location.path === problem.path ? { ...location, range: range(location.range) } : location,
            message,
          })),
        }),
    ...(problem.fixes === undefined
      ? {}
      : { fixes: problem.fixes.map((fix) => ({ ...fix, edits: fix.edits.map(edit) })) }),
  };
}
