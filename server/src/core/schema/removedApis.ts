// API versions that are gone and that no module at hand still describes: those of Kubernetes that left before its types carried dates,
// and those of Flux, whose definitions stop naming a version when it goes. Everything else is in the schema pack.
import { groupOf, versionOf } from '../resource';
import type { ApiLifecycle } from './pack';

const gone: readonly { apiVersion: string; kinds: string[]; removed: string }[] = [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1alpha1',
    kinds: ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
    removed: '1.23',
  },
  { apiVersion: 'batch/v2alpha1', kinds: ['CronJob'], removed: '1.21' },
  { apiVersion: 'settings.k8s.io/v1alpha1', kinds: ['PodPreset'], removed: '1.20' },
  { apiVersion: 'auditregistration.k8s.io/v1alpha1', kinds: ['AuditSink'], removed: '1.19' },
];

/** The life of a version of Kubernetes that the pack does not know. */
export function goneFromKubernetes(apiVersion: string, kind: string): ApiLifecycle | undefined {
  const found = gone.find((one) => one.apiVersion === apiVersion && one.kinds.includes(kind));
  return found === undefined ? undefined : { apiVersion, kind, removed: found.removed };
}

/** The Flux release from which on a version of one of its kinds is no longer served; undefined for all others. */
export function goneFromFlux(apiVersion: string): string | undefined {
  const group = groupOf(apiVersion);
  if (!group.endsWith('.toolkit.fluxcd.io')) {
    return undefined;
  }
  switch (versionOf(apiVersion)) {
    case 'v1beta1':
    case 'v2beta1':
      return '2.7';
    case 'v2beta2':
      return '2.8';
    case 'v1beta2':
      return group === 'image.toolkit.fluxcd.io' ? '2.9' : '2.8';
    default:
      return undefined;
  }
}
