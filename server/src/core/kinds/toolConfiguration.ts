// Configuration of tools that looks like an object and never reaches a cluster: kubeconfigs, Skaffold, kind, Backstage, transformers of
// kustomize. Nothing is said about it, except where a kustomization reads it: then its text must be sound.
import { isDeployable } from '../workspace/facts';
import type { DocumentKind } from './kind';
import { noChecks } from './kind';

export const toolConfiguration: DocumentKind = {
  id: 'toolConfiguration',
  title: 'configuration of a tool',
  detect: ({ identity, neighbours }) =>
    neighbours.role === 'transformer'
      ? 'a kustomization names it as the configuration of a generator or transformer'
      : identity !== undefined && !isDeployable(identity)
        ? `${identity.apiVersion} is read by a tool, not by a cluster`
        : undefined,
  checks: noChecks,
};
