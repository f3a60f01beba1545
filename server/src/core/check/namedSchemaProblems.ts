// What a document's own schema says of it, and what is said where that schema cannot be used: one quiet line at its name.
import { fromPointer, toPointer } from '../json';
import type { Identity } from '../kinds/identity';
import type { Problem } from '../problem';
import type { Directive } from '../schema/directive';
import type { SchemaStore } from '../schema/schemaStore';
import { nodeAt, pairAt } from '../yaml/path';
import { toJson } from '../yaml/resolve';
import type { Node, ParsedYaml, YamlDocument } from '../yaml/tree';

export const namedSchemaRule = 'schema/not-used';

/** A schema that is named and cannot be used. `isKnown`: another schema describes the document, so a URL need not be spoken of. */
export function unusedSchema(
  file: { path: string; parsed: ParsedYaml },
  directive: Directive,
  store: SchemaStore,
  isKnown: boolean,
): Problem[] {
  const reason = reasonOf(directive, store, isKnown);
  if (reason === undefined) {
    return [];
  }
  return [
    {
      rule: namedSchemaRule,
      severity: 'info',
      message: reason,
      path: file.path,
      range: file.parsed.lines.range(directive.start, directive.end),
    },
  ];
}

function reasonOf({ kind, target }: Directive, store: SchemaStore, isKnown: boolean): string | undefined {
  if (kind === 'url') {
    return isKnown
      ? undefined
      : `Schemas are never fetched, so ${target} is not used. Save it in the repository and name the file here.`;
  }
  if (kind === 'outside') {
    return `${target} lies outside the repository, so it is not used.`;
  }
  const schema = kind === 'file' ? store.named(target)?.schema : undefined;
  return schema?.kind === 'unusable' ? `${schema.reason}.` : undefined;
}

/** Faults by a JSON Schema that the document names. It is the person's, not the server's: warnings. */
export function jsonSchemaProblems(
  file: { path: string; parsed: ParsedYaml },
  document: YamlDocument,
  directive: Directive,
  store: SchemaStore,
  identity: Identity | undefined,
): Problem[] {
  const schema = directive.kind === 'file' ? store.named(directive.target)?.schema : undefined;
  if (schema?.kind !== 'json' || document.root === undefined || document.recovered) {
    return [];
  }
  const { root } = document;
  return schema.check(toJson(root)).map(({ path, key, message }) => {
    const steps = fromPointer(path);
    const node = placeOf(root, steps, key);
    return {
      rule: 'schema/invalid',
      severity: 'warning',
      message: `${steps.join('.') || 'The document'}: ${message} (${directive.target}).`,
      path: file.path,
      range: file.parsed.lines.range(node.start, node.end),
      field: key === undefined ? path : path + toPointer([key]),
      ...(identity === undefined ? {} : { resource: identity.label }),
    };
  });
}

/** A key that should not be there, a value, or the key of what holds more than one line can show. */
function placeOf(root: Node, steps: readonly string[], key: string | undefined): Node {
  const extra = key === undefined ? undefined : pairAt(root, [...steps, key]);
  const node = nodeAt(root, steps) ?? root;
  const first = node.kind === 'map' ? node.pairs[0]?.key : undefined;
  return (
    extra?.key ?? (node.kind === 'map' || node.kind === 'seq' ? (pairAt(root, steps)?.key ?? first ?? node) : node)
  );
}
