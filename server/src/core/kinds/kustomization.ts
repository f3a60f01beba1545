// kustomization files: kustomize goes by the name, and by the group where the name says nothing (components, inline bases).
import { groupOf } from '../resource';
import { checkKustomization } from '../toolFiles/checkKustomization';
import type { Candidate, DocumentKind } from './kind';
import { syntaxOnly } from './kind';

const names = new Set(['kustomization.yaml', 'kustomization.yml', 'Kustomization']);

export const component: DocumentKind = {
  id: 'component',
  title: 'kustomize Component',
  detect: (candidate) =>
    candidate.identity?.kind === 'Component' && isOfKustomize(candidate)
      ? 'its kind is Component, of kustomize'
      : undefined,
  checks: syntaxOnly,
  check: checkKustomization,
};

export const kustomization: DocumentKind = {
  id: 'kustomization',
  title: 'kustomization',
  detect: (candidate) =>
    isNamed(candidate)
      ? 'kustomize goes by its name'
      : isOfKustomize(candidate)
        ? 'its apiVersion is of kustomize'
        : undefined,
  checks: syntaxOnly,
  check: checkKustomization,
};

function isOfKustomize({ identity }: Candidate): boolean {
  return identity !== undefined && groupOf(identity.apiVersion) === 'kustomize.config.k8s.io';
}

/** Flux's own Kustomization objects often lie in a file of that name, which its author surely does not mean for kustomize. */
function isNamed({ path, identity, neighbours }: Candidate): boolean {
  return (
    (neighbours.role === 'kustomization' || names.has(path.slice(path.lastIndexOf('/') + 1))) &&
    (identity === undefined || groupOf(identity.apiVersion) !== 'kustomize.toolkit.fluxcd.io')
  );
}
