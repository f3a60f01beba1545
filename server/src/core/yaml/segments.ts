// Cuts a file's text at its `---` lines. At column 0 such a line is a marker wherever it stands, even inside a block
// scalar or a quote, so the cut needs no parsing; a segment's tree depends on nothing outside the segment.

export interface Segment {
  start: number;
  end: number;
}

/**
 * Segments cover the text without gaps. Each holds one document, or several where `...` lines end documents.
 * What stands before the first marker belongs to the first document when it is only comments and directives.
 */
export function splitSegments(text: string): Segment[] {
  const segments = atMarkers(text);
  return /\}\s*\{/.test(text) ? segments.flatMap((segment) => jsonObjects(text, segment)) : segments;
}

/** kubectl reads JSON objects that follow each other without anything between them; nothing else could be meant by such text. */
function jsonObjects(text: string, { start, end }: Segment): Segment[] {
  const content = text.slice(start, end);
  if (!/^\uFEFF?\s*\{/.test(content)) {
    return [{ start, end }];
  }
  const segments: Segment[] = [];
  let [from, depth] = [start, 0];
  for (const { 0: token, index } of content.matchAll(/"(?:[^"\\\r\n]|\\.)*"|[{}[\]]/g)) {
    depth += token === '{' || token === '[' ? 1 : token === '}' || token === ']' ? -1 : 0;
    const behind = start + index + 1;
    if (depth === 0 && token === '}' && /^\s*\{/.test(text.slice(behind, Math.min(end, behind + 1000)))) {
      segments.push({ start: from, end: behind });
      from = behind;
    }
  }
  return [...segments, { start: from, end }];
}

function atMarkers(text: string): Segment[] {
  const segments: Segment[] = [];
  let start = 0;
  let from = 0;
  for (;;) {
    const marker = nextMarker(text, from);
    if (marker < 0) {
      segments.push({ start, end: text.length });
      return segments;
    }
    from = marker + 3;
    const cut = marker - trailingDirectives(text, start, marker);
    if (cut > start && !(segments.length === 0 && onlyHeader(text, start, cut))) {
      segments.push({ start, end: cut });
      start = cut;
    }
  }
}

/** Offset of the next `---` at the start of a line, at or after `from`; -1 where there is none. */
function nextMarker(text: string, from: number): number {
  for (let at = text.indexOf('---', from); at >= 0; at = text.indexOf('---', at + 1)) {
    const lineStart = at === 0 || isBreak(text.charCodeAt(at - 1)) || (at === 1 && text.charCodeAt(0) === 0xfeff);
    if (lineStart) {
      const next = text.charCodeAt(at + 3);
      if (Number.isNaN(next) || next === 32 || next === 9 || isBreak(next)) {
        return at;
      }
    }
    // Runs of dashes (comment rulers) are skipped as a whole: none of their later dashes starts a line.
    while (text.charCodeAt(at + 3) === 45) {
      at++;
    }
  }
  return -1;
}

function isBreak(code: number): boolean {
  return code === 10 || code === 13;
}

/** True where a text holds only blank lines, comments and `%` directives. */
function onlyHeader(text: string, start: number, end: number): boolean {
  return /^\uFEFF?(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)|%[^\r\n]*(?:\r\n|\r|\n))*$/.test(text.slice(start, end));
}

/** Length of the `%` directives between a `...` line and the marker: they belong to the document that the marker starts. */
function trailingDirectives(text: string, start: number, marker: number): number {
  if (!/[\r\n]%/.test(text.slice(start, marker))) {
    return 0;
  }
  const match =
    /(?:\r\n|\r|\n)\.\.\.[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)((?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)|%[^\r\n]*(?:\r\n|\r|\n))+)$/.exec(
      text.slice(start, marker),
    );
  return match?.[1] !== undefined && /^%/m.test(match[1]) ? match[1].length : 0;
}
