// Unresolved merges: `<<<<<<<` … `>>>>>>>` at the start of lines. One clear fault for each, and the first side is read as
// if the merge were resolved in its favour, so that the rest of the file keeps its tree.
import type { SyntaxFault } from './tree';

export interface Unmerged {
  /** As long as the original: markers and the other sides are blanked out, so every offset stays. */
  text: string;
  faults: SyntaxFault[];
}

/** Undefined where there is no conflict marker, which is nearly always. */
export function maskConflicts(text: string): Unmerged | undefined {
  if (!text.includes('<<<<<<<')) {
    return undefined;
  }
  const faults: SyntaxFault[] = [];
  const parts: string[] = [];
  let side: 'none' | 'ours' | 'other' = 'none';
  const lastEnd = lastEndOf(text);
  const line = /[^\r\n]*(?:\r\n|\r|\n|$)/y;
  for (let at = 0; at < text.length; at = line.lastIndex) {
    line.lastIndex = at;
    const content = line.exec(text)?.[0] ?? '';
    let hidden = side === 'other';
    if (/^<{7}(?: |\r?\n?$)/.test(content)) {
      hidden = true;
      // Without an end, no line is surely of the other side.
      side = at < lastEnd ? 'ours' : 'none';
      faults.push({
        rule: 'yaml/conflict-marker',
        message: 'Unresolved merge conflict: choose one side and remove the marker lines.',
        start: at,
        end: at + content.trimEnd().length,
      });
    } else if (side !== 'none' && /^(?:={7}|\|{7})(?: |\r?\n?$)/.test(content)) {
      hidden = true;
      side = 'other';
    } else if (side !== 'none' && /^>{7}(?: |\r?\n?$)/.test(content)) {
      hidden = true;
      side = 'none';
    }
    parts.push(hidden ? content.replace(/[^\r\n]/g, ' ') : content);
  }
  return faults.length === 0 ? undefined : { text: parts.join(''), faults };
}

/** Start of the last line that ends a conflict; -1 where none does. */
function lastEndOf(text: string): number {
  for (let at = text.lastIndexOf('>>>>>>>'); at > 0; at = text.lastIndexOf('>>>>>>>', at - 1)) {
    if (/^[\r\n]>{7}(?:[ \r\n]|$)/.test(text.slice(at - 1, at + 8))) {
      return at;
    }
  }
  return -1;
}
