// What is said to other YAML extensions, and which findings of theirs and ours are the same. No vscode here.
import type { Range } from '../../../server/src/core/protocol';

/** The YAML extension of Red Hat. */
export const yamlExtension = 'redhat.vscode-yaml';

/** Under this name, which is also the scheme of the schema's address, the YAML extension knows us. */
export const contributor = 'plumbline';

/** Address of the schema for documents that Plumbline checks: no rule in it, so nobody else finds anything wrong. */
export const ownedSchema = 'plumbline://documents/checked';

export function schemaContent(address: string): string {
  return address === ownedSchema
    ? JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', title: 'Checked by Plumbline' })
    : '';
}

/** A finding, as far as it matters whether it is one of two. */
export interface Finding {
  range: Range;
  source: string | undefined;
  /** Only errors of others count. */
  error: boolean;
  code: string | undefined;
}

/** Faults that every reader of YAML, or of a Kubernetes schema, finds as well. */
const common = /^(?:yaml\/|kubernetes\/(?:unknown-field|missing-field|wrong-type|bad-enum|bad-format)$)/;

/** True where another YAML extension says an error of the same words. Ours gives way then: theirs cannot be taken away. */
export function isDoubled(ours: Finding, others: readonly Finding[]): boolean {
  return (
    common.test(ours.code ?? '') &&
    others.some(
      ({ source, error, range }) =>
        error &&
        /^yaml\b/i.test(source ?? '') &&
        ours.range.start.line === range.start.line &&
        overlap(ours.range, range),
    )
  );
}

function overlap(a: Range, b: Range): boolean {
  return !isBefore(a.end, b.start) && !isBefore(b.end, a.start);
}

function isBefore(a: Range['start'], b: Range['start']): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}
