// Files that hold parts of objects without a kustomization that says so itself: patches that a transformer names, and definitions of
// which only the conversion is written, for `kubectl patch`.
import { rootOf, type FileFacts } from './facts';
import type { Kustomization } from './kustomization';
import { joinPath } from './paths';
import { itemsAt, nodeAt, pairsAt, keyText, resolved } from './read';

const patchTransformer = /^Patch(?:StrategicMerge|Json6902)?Transformer$/;

/** Paths of the patch files that a kustomization's transformer files name. kustomize reads them from the kustomization's folder. */
export function patchesOfTransformers(
  { dir, references }: Kustomization,
  factsOf: (path: string) => FileFacts | undefined,
): string[] {
  const paths: string[] = [];
  for (const { role, path } of references) {
    const facts = role === 'transformer' && path !== undefined ? factsOf(path) : undefined;
    for (const fact of facts?.objects ?? []) {
      if (facts === undefined || fact.apiVersion !== 'builtin' || !patchTransformer.test(fact.kind)) {
        continue;
      }
      const root = rootOf(facts, fact);
      for (const node of [nodeAt(root, ['path']), ...itemsAt(root, 'paths')]) {
        const scalar = resolved(node);
        const named = scalar?.kind === 'scalar' && scalar.text !== '' ? joinPath(dir, scalar.text) : undefined;
        if (named !== undefined) {
          paths.push(named);
        }
      }
    }
  }
  return paths;
}

/** True for a file whose only object is a definition that defines nothing and converts something: no server takes it as a whole. */
export function isPartialDefinition(facts: FileFacts): boolean {
  const [fact] = facts.objects;
  if (fact === undefined || facts.objects.length > 1 || fact.kind !== 'CustomResourceDefinition') {
    return false;
  }
  const fields = pairsAt(rootOf(facts, fact), 'spec').map(keyText);
  return (
    fact.apiVersion.startsWith('apiextensions.k8s.io/') &&
    fields.length === 1 &&
    fields[0] === 'conversion' &&
    fact.name !== ''
  );
}
