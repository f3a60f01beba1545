// How a file indents: most of its maps and lists say it.
import type { Node, ParsedYaml, YamlDocument } from '../yaml/tree';

export type ListIndent = 'keep' | 'flat' | 'indented';

export interface IndentStyle {
  /** How much deeper a map stands than its key. */
  step: number;
  /** How much deeper the dashes of a list stand than its key. */
  listStep: number;
}

/** `documents`: those that count. Two columns where the file does not say it. */
export function indentStyle(
  parsed: ParsedYaml,
  documents: readonly YamlDocument[],
  listIndent: ListIndent,
): IndentStyle {
  const steps = new Map<number, number>();
  const listSteps = new Map<number, number>();
  const count = (of: Map<number, number>, step: number): void => {
    of.set(step, (of.get(step) ?? 0) + 1);
  };
  const mark = parsed.text.startsWith('\uFEFF');
  const column = (offset: number): number => {
    const { line, character } = parsed.lines.positionAt(offset);
    return mark && line === 0 ? character - 1 : character;
  };
  const walk = (node: Node): void => {
    if (node.kind === 'map' && !node.flow) {
      for (const { key, value } of node.pairs) {
        if ((value.kind === 'map' || value.kind === 'seq') && !value.flow) {
          const by = column(value.start) - column(key.start);
          if (value.kind === 'seq' && by >= 0) {
            count(listSteps, by);
          } else if (value.kind === 'map' && by > 0) {
            count(steps, by);
          }
        }
        walk(value);
      }
    } else if (node.kind === 'seq' && !node.flow) {
      node.items.forEach(walk);
    }
  };
  for (const { root } of documents) {
    if (root !== undefined) {
      walk(root);
    }
  }
  // Three columns or seven are nobody's style.
  const step = mostFrequent(steps) === 4 ? 4 : 2;
  if (listIndent === 'keep') {
    const listStep = mostFrequent(listSteps) ?? step;
    return { step, listStep: listStep === 0 || listStep === 2 ? listStep : step };
  }
  return { step, listStep: listIndent === 'flat' ? 0 : step };
}

/** Of equal ones the one that was met first. */
function mostFrequent(counts: ReadonlyMap<number, number>): number | undefined {
  let best: number | undefined;
  for (const [value, count] of counts) {
    if (best === undefined || count > (counts.get(best) ?? 0)) {
      best = value;
    }
  }
  return best;
}
