// Kubernetes objects: whatever has apiVersion and kind. Lists are their items; CRDs additionally make kinds known.
import { groupOf } from '../resource';
import type { Candidate, Checks, DocumentKind } from './kind';
import { lostObject, resemblesObject } from './lostObject';

const everything: Checks = { syntax: true, structure: 'whole', engine: true };

export const list: DocumentKind = {
  id: 'list',
  title: 'list of Kubernetes objects',
  detect: ({ identity }) => identity?.kind === 'List' && identity.apiVersion === 'v1',
  checks: everything,
};

export const crd: DocumentKind = {
  id: 'crd',
  title: 'custom resource definition',
  detect: ({ identity }) =>
    identity?.kind === 'CustomResourceDefinition' && groupOf(identity.apiVersion) === 'apiextensions.k8s.io',
  checks: everything,
};

export const kubernetes: DocumentKind = {
  id: 'kubernetes',
  title: 'Kubernetes object',
  detect: (candidate) => isObject(candidate),
  checks: everything,
};

/** A document may have lost its apiVersion or kind, or be broken there; the rest still shows what it is meant to be. */
function isObject({ identity, document, text, neighbours }: Candidate): boolean {
  if (neighbours.role === 'transformer' || neighbours.role === 'input') {
    return false;
  }
  return (
    identity !== undefined || (document.recovered ? resemblesObject(text) : lostObject(document.root) !== undefined)
  );
}
