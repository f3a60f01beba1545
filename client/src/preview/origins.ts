// Which source lines a rendered line comes from, and the other way round, as an index over one preview's answer.

/** A place in a file, by its URI. */
export interface SourcePlace {
  uri: string;
  line: number;
  character: number;
}

/** The part of a preview's answer that this needs: per rendered line, triples of index into `uris`, line and character, best first. */
export interface OriginTable {
  uris: string[];
  origins: number[][];
}

export class OriginIndex {
  /** Rendered lines by source URI and line, with the rank that the place has among the line's origins. */
  private readonly rendered = new Map<string, Map<number, { line: number; rank: number }[]>>();

  constructor(private readonly table: OriginTable) {
    table.origins.forEach((_, line) => {
      this.sourcesOf(line).forEach(({ uri, line: sourceLine }, rank) => {
        const lines = this.rendered.get(uri) ?? new Map<number, { line: number; rank: number }[]>();
        this.rendered.set(uri, lines);
        const at = lines.get(sourceLine) ?? [];
        lines.set(sourceLine, at);
        at.push({ line, rank });
      });
    });
  }

  /** True where some line of the preview comes from this file. */
  has(uri: string): boolean {
    return this.rendered.has(uri);
  }

  /** Places that a rendered line comes from, best first. */
  sourcesOf(line: number): SourcePlace[] {
    const flat = this.table.origins[line] ?? [];
    const places: SourcePlace[] = [];
    for (let i = 0; i + 2 < flat.length; i += 3) {
      const uri = this.table.uris[flat[i] ?? -1];
      if (uri !== undefined) {
        places.push({ uri, line: flat[i + 1] ?? 0, character: flat[i + 2] ?? 0 });
      }
    }
    return places;
  }

  /**
   * Rendered lines that a source line becomes. Lines of which it is the best origin hide those that it only helped to make:
   * a namespace line of a kustomization would else light up every object.
   */
  renderedOf(uri: string, line: number): number[] {
    const found = this.rendered.get(uri)?.get(line) ?? [];
    const best = Math.min(...found.map((f) => f.rank));
    return found.filter((f) => f.rank === best).map((f) => f.line);
  }
}

/** Consecutive numbers as inclusive ranges: decorations are made per range, not per line. */
export function rangesOf(lines: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const line of [...lines].sort((a, b) => a - b)) {
    const last = ranges[ranges.length - 1];
    if (last && line <= last[1] + 1) {
      last[1] = line;
    } else {
      ranges.push([line, line]);
    }
  }
  return ranges;
}
