// Offsets to positions and back, for one text. UTF-16 as editors count; LF, CR and CRLF each end a line.
import type { Position, Range } from '../problem';
import type { LineIndex } from './tree';

/** Makes the index; the line starts are found on first use. */
export function lineIndex(text: string): LineIndex {
  return new TextLines(text);
}

class TextLines implements LineIndex {
  private starts: number[] | undefined;

  constructor(private readonly text: string) {}

  get count(): number {
    return this.lineStarts().length;
  }

  positionAt(offset: number): Position {
    const starts = this.lineStarts();
    const at = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= at) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return { line: low, character: at - (starts[low] ?? 0) };
  }

  offsetAt(position: Position): number {
    const starts = this.lineStarts();
    if (position.line < 0) {
      return 0;
    }
    if (position.line >= starts.length) {
      return this.text.length;
    }
    const start = starts[position.line] ?? 0;
    const next = starts[position.line + 1] ?? this.text.length + 1;
    return Math.max(start, Math.min(start + position.character, next - 1, this.text.length));
  }

  range(start: number, end: number): Range {
    return { start: this.positionAt(start), end: this.positionAt(end) };
  }

  private lineStarts(): number[] {
    return (this.starts ??= findLineStarts(this.text));
  }
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  if (!text.includes('\r')) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      starts.push(at + 1);
    }
    return starts;
  }
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) {
      starts.push(i + 1);
    }
  }
  return starts;
}
