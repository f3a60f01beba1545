// Patches: parts of objects, or lists of JSON Patch operations, that a kustomization names. What they leave out stands in
// their base, so only what they do say is checked.
import type { DocumentKind } from './kind';

export const patch: DocumentKind = {
  id: 'patch',
  title: 'patch',
  detect: ({ neighbours }) => neighbours.role === 'patch',
  checks: { syntax: true, structure: 'partial', engine: false },
};
