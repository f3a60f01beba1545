// The order of operations: what others need comes first, deletions go the opposite way.
import { isObject } from '../json';
import type { KubernetesObject, ResourceKey } from '../resource';

/** Kinds in creation order; kinds that are not named (custom resources among them) come before the webhooks at the end. */
const creationOrder = [
  'Namespace',
  'CustomResourceDefinition',
  'PriorityClass',
  'RuntimeClass',
  'StorageClass',
  'IngressClass',
  'GatewayClass',
  'ResourceQuota',
  'LimitRange',
  'ServiceAccount',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'NetworkPolicy',
  'Secret',
  'ConfigMap',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'StatefulSet',
  'Job',
  'CronJob',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'Ingress',
  'APIService',
];
const lastKinds = [
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
  'MutatingAdmissionPolicy',
  'ValidatingAdmissionPolicy',
];

function kindRank(kind: string): number {
  const early = creationOrder.indexOf(kind);
  const late = lastKinds.indexOf(kind);
  return early >= 0 ? early : creationOrder.length + (late >= 0 ? late + 1 : 0);
}

/** Namespaces and definitions go before everything else, whichever source they come from. */
const isFoundation = (kind: string): boolean => kind === 'Namespace' || kind === 'CustomResourceDefinition';

export interface Orderable {
  key: ResourceKey;
  /** Place of the object's source in the environment. */
  sourceIndex: number;
  object: KubernetesObject | undefined;
}

/** Argo CD's sync wave; 0 where there is none. */
export function waveOf(object: KubernetesObject | undefined): number {
  const annotations = object?.metadata.annotations;
  const wave = isObject(annotations) ? Number(annotations['argocd.argoproj.io/sync-wave'] ?? 0) : 0;
  return Number.isInteger(wave) ? wave : 0;
}

/** Creation order; a prune runs through it backwards. */
export function compareForCreation(a: Orderable, b: Orderable): number {
  const text = (x: string, y: string): number => (x < y ? -1 : x > y ? 1 : 0);
  return (
    Number(isFoundation(b.key.kind)) - Number(isFoundation(a.key.kind)) ||
    a.sourceIndex - b.sourceIndex ||
    waveOf(a.object) - waveOf(b.object) ||
    kindRank(a.key.kind) - kindRank(b.key.kind) ||
    text(a.key.kind, b.key.kind) ||
    text(a.key.namespace, b.key.namespace) ||
    text(a.key.name, b.key.name)
  );
}
