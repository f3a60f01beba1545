// Broken text, read by the exact reader after all: each fault is noted and blanked out in place, and the rest is read as if
// it were not there. Offsets stay, what is sound keeps its tree, and every fault is found, not only the first.
import { getScalarValue, parseEvents } from 'js-yaml';
import type { RawDocument } from './events';
import { repairStep } from './repairSteps';
import type { ReaderException } from './reread';
import type { Node, SyntaxFault } from './tree';
import { startOfLine } from './brackets';

/** More faults than this in one segment are not a typing mistake. */
const maxSteps = 12;

export interface RepairedReading {
  documents: RawDocument[];
  faults: SyntaxFault[];
}

/**
 * Undefined where the text cannot be repaired in a few steps. `failure` is what the exact reader threw at the text, and `read` is
 * that reader.
 */
export function readRepaired(
  text: string,
  base: number,
  failure: unknown,
  read: (text: string) => RawDocument[],
): RepairedReading | undefined {
  const faults: SyntaxFault[] = [];
  const faultyLines = new Set<number>();
  const joined: { start: number; end: number }[] = [];
  let current = text;
  let error = failure;
  for (let step = 0; step < maxSteps + joined.length && step < 100; step++) {
    const { reason, mark } = error as ReaderException;
    if (reason === undefined || mark === undefined || /null byte|non-printable|maxDepth/.test(reason)) {
      return undefined;
    }
    const repaired = repairStep(current, reason, mark.position);
    if (repaired === undefined || repaired.text === current || repaired.text.length !== text.length) {
      return undefined;
    }
    current = repaired.text;
    if (repaired.joined !== undefined) {
      joined.push(repaired.joined);
    }
    if (repaired.fault !== undefined) {
      const { message, start, end, related } = repaired.fault;
      const line = startOfLine(text, start);
      // A second fault of a line is the first one's consequence.
      if (!faultyLines.has(line)) {
        faultyLines.add(line);
        const visibleEnd = Math.min(Math.max(end, start + 1), text.length);
        faults.push({
          rule: 'yaml/syntax',
          message,
          start: Math.min(start, visibleEnd) + base,
          end: visibleEnd + base,
          ...(related === undefined
            ? {}
            : { related: { ...related, start: related.start + base, end: related.end + base } }),
        });
      }
    }
    try {
      const documents = read(current);
      for (const document of documents) {
        if (document.root !== undefined && joined.length > 0) {
          refold(document.root, text, base, joined);
        }
      }
      return { documents, faults: faults.sort((a, b) => a.start - b.start) };
    } catch (next) {
      error = next;
    }
  }
  return undefined;
}

/** Scalars that were changed for the exact reader get the value that the original text has. */
function refold(node: Node, text: string, base: number, joined: readonly { start: number; end: number }[]): void {
  if (node.kind === 'map') {
    for (const pair of node.pairs) {
      refold(pair.key, text, base, joined);
      refold(pair.value, text, base, joined);
    }
  } else if (node.kind === 'seq') {
    for (const item of node.items) {
      refold(item, text, base, joined);
    }
  } else if (node.kind === 'scalar') {
    const start = node.start - base;
    if (joined.some((range) => start >= range.start && start < range.end)) {
      const source = text.slice(start, node.end - base);
      if (node.style === 'plain' && !/[\r\n]/.test(source)) {
        node.text = source;
      } else if (node.style !== 'literal' && node.style !== 'folded') {
        node.text = valueAlone(node.style === 'double' ? source.replace(/\\'/g, "'") : source) ?? node.text;
      }
    }
  }
}

/** Value of a flow scalar that is a whole document: there its lines may start anywhere. */
function valueAlone(source: string): string | undefined {
  try {
    const scalar = parseEvents(source, {}).find((event) => event.type === 4);
    return scalar?.type === 4 ? getScalarValue(source, scalar) : undefined;
  } catch {
    return undefined;
  }
}
