// The edit that moves an object to the version that replaces its own. It is tried out first: only where the edited object has the
// shape of the new version is it offered as the fix.
import { applyEdits, setScalar, type EditedFile } from '../edit/edits';
import { identityOf, listItems, type Identity } from '../kinds/identity';
import type { Fix, Problem, TextEdit } from '../problem';
import { checkDocument } from '../schema/checkDocument';
import type { SchemaStore } from '../schema/schemaStore';
import { successors, type KindVersion } from '../schema/successor';
import { parseYaml } from '../yaml/parse';
import { entryOf } from '../yaml/path';
import type { ParsedYaml } from '../yaml/tree';
import { shapeEdits } from './shapes';

/**
 * The fix for an object of a version that is deprecated, removed or not served. `minors`: the versions of the clusters that it must suit
 * after the edit. Undefined where none of them has anything better, or the object cannot be edited in place.
 */
export function migrationFix(
  file: EditedFile,
  identity: Identity,
  store: SchemaStore,
  minors: readonly (string | undefined)[],
): Fix | undefined {
  const next = successors(identity, store).find((candidate) =>
    minors.every((minor) => store.lookup({ ...candidate, minor }) !== undefined),
  );
  return next === undefined ? undefined : fixTo(next, file, identity, store, minors);
}

function fixTo(
  next: KindVersion,
  file: EditedFile,
  identity: Identity,
  store: SchemaStore,
  minors: readonly (string | undefined)[],
): Fix | undefined {
  const { root } = identity;
  const apiVersion = entryOf(root, 'apiVersion')?.value;
  if (apiVersion?.kind !== 'scalar' || holdsAliases(file, identity)) {
    return undefined;
  }
  const own: TextEdit[] = [setScalar(file, apiVersion, next.apiVersion)];
  if (next.kind !== identity.kind) {
    own.push(setScalar(file, identity.kindNode, next.kind));
  }
  const shape = shapeEdits(identity.kind, { file, root, from: identity.apiVersion, to: next.apiVersion });
  const edits = shape === undefined ? own : [...own, ...shape].sort(byPlace);
  const rest = shape === undefined ? Infinity : faultsAfter(edits, next, file, identity, store, minors);
  return rest <= 0
    ? { title: `Migrate to ${next.apiVersion}`, preferred: true, edits }
    : {
        title: `Change to ${next.apiVersion}; its fields differ and need your hand`,
        edits,
      };
}

/** How many errors the edited object has more than the one before; what its old version cannot be asked counts as none. */
function faultsAfter(
  edits: readonly TextEdit[],
  next: KindVersion,
  file: EditedFile,
  identity: Identity,
  store: SchemaStore,
  minors: readonly (string | undefined)[],
): number {
  const { documents } = file.parsed;
  const index = documents.findIndex(({ start, end }) => identity.root.start >= start && identity.root.end <= end);
  const parsed = parseYaml(applyEdits(file.parsed, edits));
  const faults = (of: ParsedYaml, version: KindVersion): number => {
    const document = of.documents[index];
    const found = document === undefined ? undefined : identityOf(document.root);
    const roots = found === undefined ? [] : (listItems(found) ?? [found.root]);
    const same = roots
      .map((root) => identityOf(root))
      .find((one) => one !== undefined && isVersionOf(one, identity, version));
    if (document === undefined || same === undefined || document.faults.length > 0) {
      return Infinity;
    }
    const { start, end } = of.lines.range(same.root.start, same.root.end);
    const isInside = ({ range }: Problem): boolean => range.start.line >= start.line && range.start.line <= end.line;
    const options = { path: file.path, lines: of.lines, variables: true };
    return minors
      .flatMap((minor) => checkDocument(document, store, { ...options, ...(minor === undefined ? {} : { minor }) }))
      .filter((problem) => problem.severity === 'error' && isInside(problem)).length;
  };
  const known = minors.every((minor) => store.lookup({ ...versionIn(identity), minor }) !== undefined);
  return faults(parsed, next) - (known ? faults(file.parsed, versionIn(identity)) : 0);
}

const versionIn = ({ apiVersion, kind }: Identity): KindVersion => ({ apiVersion, kind });

function isVersionOf(one: Identity, of: Identity, { apiVersion, kind }: KindVersion): boolean {
  return one.name === of.name && one.namespace === of.namespace && one.kind === kind && one.apiVersion === apiVersion;
}

/** Edits inside what several places share would change all of them. */
function holdsAliases({ parsed }: EditedFile, { root }: Identity): boolean {
  return /(?:^|[\s[{,:-])[*&][A-Za-z]/m.test(parsed.text.slice(root.start, root.end));
}

function byPlace(a: TextEdit, b: TextEdit): number {
  return a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character;
}
