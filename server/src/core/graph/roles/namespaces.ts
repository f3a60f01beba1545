// Namespaces where they are written beside a name, of every line that knows of one, and where a tool sets one for all it deploys.
import type { RoleLine } from '../roleLine';
import { object } from './lines';

const asNamespace = { cluster: true, quiet: true } as const;

/** The lines of namespaces that belong to other lines: `spec.sourceRef.name` with `../namespace` makes `spec.sourceRef.namespace`. */
export function namespacesBeside(lines: readonly RoleLine[]): RoleLine[] {
  const found = new Map<string, RoleLine>();
  for (const line of lines) {
    if (line.namespaceAt?.startsWith('../') === true && !line.namespaceAt.startsWith('../../')) {
      const path = line.path.replace(/[^.]+$/, line.namespaceAt.slice(3));
      found.set(`${line.in} ${path}`, object(line.in, path, `namespace of: ${line.role}`, 'Namespace', asNamespace));
    }
  }
  return [...found.values()];
}

// prettier-ignore
export const namespaceLines: readonly RoleLine[] = [
  object('kustomization', 'namespace', 'namespace of a kustomization', 'Namespace', asNamespace),
  object('kustomization', 'configMapGenerator[].namespace', 'namespace of a generated object', 'Namespace', asNamespace),
  object('kustomization', 'secretGenerator[].namespace', 'namespace of a generated object', 'Namespace', asNamespace),
  object('kustomize.toolkit.fluxcd.io/Kustomization', 'spec.targetNamespace', 'namespace of a Kustomization', 'Namespace', asNamespace),
  object('helm.toolkit.fluxcd.io/HelmRelease', 'spec.targetNamespace', 'namespace of a release', 'Namespace', asNamespace),
  object('helm.toolkit.fluxcd.io/HelmRelease', 'spec.storageNamespace', 'namespace of the records of a release', 'Namespace', asNamespace),
];
