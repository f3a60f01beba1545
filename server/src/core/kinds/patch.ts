// Patches that a kustomization names: parts of objects, whose rest stands in their base, so only what they do say is checked; and
// lists of JSON Patch operations.
import type { DocumentKind } from './kind';
import { syntaxOnly } from './kind';

const named = 'a kustomization names it as a patch';

export const jsonPatch: DocumentKind = {
  id: 'jsonPatch',
  title: 'JSON Patch',
  detect: ({ document, neighbours }) =>
    neighbours.role === 'patch' && document.root?.kind === 'seq'
      ? `${named}, and it is a list of operations`
      : undefined,
  checks: syntaxOnly,
};

export const patch: DocumentKind = {
  id: 'patch',
  title: 'strategic-merge patch',
  detect: ({ neighbours }) => (neighbours.role === 'patch' ? named : undefined),
  checks: { syntax: true, structure: 'partial', engine: false },
};
