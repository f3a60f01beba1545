// Kubernetes objects: whatever has apiVersion and kind. Lists are their items; CRDs additionally make kinds known.
import { groupOf } from '../resource';
import type { Candidate, Checks, DocumentKind } from './kind';
import { lostObject, resemblesObject } from './lostObject';

const everything: Checks = { syntax: true, structure: 'whole', engine: true };

export const list: DocumentKind = {
  id: 'list',
  title: 'list of Kubernetes objects',
  detect: ({ identity }) =>
    identity?.kind === 'List' && identity.apiVersion === 'v1' ? 'its kind is List' : undefined,
  checks: everything,
};

export const crd: DocumentKind = {
  id: 'crd',
  title: 'custom resource definition',
  detect: ({ identity }) =>
    identity?.kind === 'CustomResourceDefinition' && groupOf(identity.apiVersion) === 'apiextensions.k8s.io'
      ? 'its kind is CustomResourceDefinition'
      : undefined,
  checks: everything,
};

export const kubernetes: DocumentKind = {
  id: 'kubernetes',
  title: 'Kubernetes object',
  detect: (candidate) => whyObject(candidate),
  checks: everything,
};

/** A document may have lost its apiVersion or kind, or be broken there; the rest still shows what it is meant to be. */
function whyObject({ identity, document, text, neighbours }: Candidate): string | undefined {
  if (neighbours.role === 'transformer' || neighbours.role === 'input') {
    return undefined;
  }
  if (identity !== undefined) {
    return 'it has apiVersion and kind';
  }
  return (document.recovered ? resemblesObject(text) : lostObject(document.root) !== undefined)
    ? 'it has most of what makes an object'
    : undefined;
}
