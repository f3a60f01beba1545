// kustomization files: kustomize goes by the name, and by the group where the name says nothing (components, inline bases).
import { groupOf } from '../resource';
import { checkKustomization } from '../toolFiles/checkKustomization';
import type { Candidate, DocumentKind } from './kind';
import { syntaxOnly } from './kind';

const names = new Set(['kustomization.yaml', 'kustomization.yml', 'Kustomization']);

export const kustomization: DocumentKind = {
  id: 'kustomization',
  title: 'kustomization',
  detect: (candidate) =>
    isNamed(candidate) || candidate.identity?.apiVersion.startsWith('kustomize.config.k8s.io/') === true,
  checks: syntaxOnly,
  check: checkKustomization,
};

/** Flux's own Kustomization objects often lie in a file of that name, which its author surely does not mean for kustomize. */
function isNamed({ path, identity, neighbours }: Candidate): boolean {
  return (
    (neighbours.role === 'kustomization' || names.has(path.slice(path.lastIndexOf('/') + 1))) &&
    (identity === undefined || groupOf(identity.apiVersion) !== 'kustomize.toolkit.fluxcd.io')
  );
}
