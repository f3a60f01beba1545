// Differences that configuration says to ignore: by JSON Pointer or by the manager that wrote them, for the kinds, names and
// namespaces that a rule names.
import { fromPointer } from '../json';
import type { ResourceKey } from '../resource';
import type { IgnoreDifference } from '../workspace/source';
import type { Blame } from './drift';

/** Does any rule ignore a difference at this place of this object? */
export function isIgnored(
  rules: readonly IgnoreDifference[],
  key: ResourceKey,
  field: { pointer: string; blame?: Blame | undefined },
): boolean {
  return rules.some(
    (rule) =>
      concerns(rule, key) &&
      ((rule.jsonPointers ?? []).some((pointer) => isAtOrBelow(field.pointer, pointer)) ||
        (field.blame !== undefined && (rule.managers ?? []).includes(field.blame.manager))),
  );
}

/** Fields that a rule leaves out match everything. */
function concerns(rule: IgnoreDifference, key: ResourceKey): boolean {
  const matches = (pattern: string | undefined, text: string): boolean => pattern === undefined || pattern === text;
  return (
    matches(rule.group, key.group) &&
    matches(rule.kind, key.kind) &&
    matches(rule.name, key.name) &&
    matches(rule.namespace, key.namespace)
  );
}

function isAtOrBelow(pointer: string, rule: string): boolean {
  const segments = fromPointer(pointer);
  return fromPointer(rule).every((segment, i) => segments[i] === segment);
}
