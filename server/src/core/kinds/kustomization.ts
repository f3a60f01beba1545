// kustomization files: kustomize goes by the name, and by the group where the name says nothing (components, inline bases).
import { groupOf } from '../resource';
import type { DocumentKind } from './kind';
import { syntaxOnly } from './kind';

const names = new Set(['kustomization.yaml', 'kustomization.yml', 'Kustomization']);

export const kustomization: DocumentKind = {
  id: 'kustomization',
  title: 'kustomization',
  detect: ({ path, identity, neighbours }) =>
    neighbours.role === 'kustomization' ||
    names.has(path.slice(path.lastIndexOf('/') + 1)) ||
    (identity !== undefined && groupOf(identity.apiVersion) === 'kustomize.config.k8s.io'),
  checks: syntaxOnly,
};
