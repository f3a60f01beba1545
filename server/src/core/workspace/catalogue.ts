// All objects that the repository declares, and the questions that GitOps objects ask about each other.
import type { JsonObject } from '../json';
import { groupOf } from '../resource';
import type { Location } from '../problem';
import { objectJson, rootOf, type FileFacts, type ObjectFact } from './facts';
import type { FileSet } from './kustomization';
import { locationOf, nodeAt } from './read';
import type { Remote } from './repositoryMatch';

export interface Catalogue {
  files: FileSet;
  /** Empty where the repository has none or they were not asked for. */
  remotes: readonly Remote[];
  objects: readonly ObjectFact[];
  facts(path: string): FileFacts | undefined;
}

/** Objects of a kind, in any version. */
export function ofKind(catalogue: Catalogue, group: string, kind: string): ObjectFact[] {
  return catalogue.objects.filter((o) => o.kind === kind && groupOf(o.apiVersion) === group);
}

/**
 * The object of that name. One repository often holds several clusters with objects of the same name: the one whose file lies
 * nearest to `near` is meant.
 */
export function findObject(
  catalogue: Catalogue,
  wanted: { group: string; kind: string; name: string; namespace: string },
  near: string,
): ObjectFact | undefined {
  let best: ObjectFact | undefined;
  let bestShared = -1;
  for (const fact of catalogue.objects) {
    if (
      fact.kind === wanted.kind &&
      fact.name === wanted.name &&
      groupOf(fact.apiVersion) === wanted.group &&
      (fact.namespace === wanted.namespace || fact.namespace === '')
    ) {
      const shared = sharedFolders(fact.path, near);
      if (shared > bestShared) {
        best = fact;
        bestShared = shared;
      }
    }
  }
  return best;
}

export function jsonOf(catalogue: Catalogue, fact: ObjectFact): JsonObject {
  const facts = catalogue.facts(fact.path);
  return (facts === undefined ? undefined : objectJson(facts, fact)) ?? {};
}

/** Where an object, or a value inside it, is written. */
export function placeOf(catalogue: Catalogue, fact: ObjectFact, ...path: (string | number)[]): Location {
  const facts = catalogue.facts(fact.path);
  const root = facts === undefined ? undefined : rootOf(facts, fact);
  const node = nodeAt(root, path) ?? root;
  if (facts === undefined || node === undefined) {
    return { path: fact.path, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } };
  }
  return locationOf({ path: fact.path, parsed: facts.parsed() }, node);
}

function sharedFolders(a: string, b: string): number {
  const x = a.split('/');
  const y = b.split('/');
  let n = 0;
  while (n < x.length - 1 && n < y.length - 1 && x[n] === y[n]) {
    n++;
  }
  return n;
}
