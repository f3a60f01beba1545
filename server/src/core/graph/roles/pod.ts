// What Pods refer to: fields below the `spec` of a Pod, wherever one stands, and below each of its containers.
import type { RoleLine } from '../roleLine';
import { defines, key, labels, object, port, within } from './lines';

const optional = { optionalAt: '../optional' };
const optionalAbove = { optionalAt: '../../../optional' };

// prettier-ignore
export const podLines: readonly RoleLine[] = [
  defines('container', 'name', 'container', 'container'),
  defines('container', 'ports[].name', 'port', 'container port'),
  defines('Pod', 'volumes[].name', 'volume', 'volume'),

  object('container', 'env[].valueFrom.configMapKeyRef.name', 'ConfigMap of an environment variable', 'ConfigMap', optional),
  key('container', 'env[].valueFrom.configMapKeyRef.key', 'key of an environment variable', '../name', optional),
  object('container', 'env[].valueFrom.secretKeyRef.name', 'Secret of an environment variable', 'Secret', optional),
  key('container', 'env[].valueFrom.secretKeyRef.key', 'key of an environment variable', '../name', optional),
  object('container', 'envFrom[].configMapRef.name', 'ConfigMap of all environment variables', 'ConfigMap', optional),
  object('container', 'envFrom[].secretRef.name', 'Secret of all environment variables', 'Secret', optional),
  within('container', 'env[].valueFrom.resourceFieldRef.containerName', 'container of a resource field', 'container'),
  within('container', 'volumeMounts[].name', 'mounted volume', 'volume'),
  within('container', 'volumeDevices[].name', 'volume of a device', 'volume'),
  ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) => [
    port('container', `${probe}.httpGet.port`, 'port of a probe'),
    port('container', `${probe}.tcpSocket.port`, 'port of a probe'),
  ]),
  ...['postStart', 'preStop'].flatMap((hook) => [
    port('container', `lifecycle.${hook}.httpGet.port`, 'port of a lifecycle hook'),
    port('container', `lifecycle.${hook}.tcpSocket.port`, 'port of a lifecycle hook'),
  ]),

  object('Pod', 'volumes[].configMap.name', 'ConfigMap of a volume', 'ConfigMap', optional),
  key('Pod', 'volumes[].configMap.items[].key', 'key of a volume', '../../../name', optionalAbove),
  object('Pod', 'volumes[].secret.secretName', 'Secret of a volume', 'Secret', optional),
  key('Pod', 'volumes[].secret.items[].key', 'key of a volume', '../../../secretName', optionalAbove),
  object('Pod', 'volumes[].projected.sources[].configMap.name', 'ConfigMap of a projected volume', 'ConfigMap', optional),
  key('Pod', 'volumes[].projected.sources[].configMap.items[].key', 'key of a projected volume', '../../../name', optionalAbove),
  object('Pod', 'volumes[].projected.sources[].secret.name', 'Secret of a projected volume', 'Secret', optional),
  key('Pod', 'volumes[].projected.sources[].secret.items[].key', 'key of a projected volume', '../../../name', optionalAbove),
  within('Pod', 'volumes[].downwardAPI.items[].resourceFieldRef.containerName', 'container of a resource field', 'container'),
  within('Pod', 'volumes[].projected.sources[].downwardAPI.items[].resourceFieldRef.containerName', 'container of a resource field', 'container'),
  object('Pod', 'volumes[].persistentVolumeClaim.claimName', 'claim of a volume', 'PersistentVolumeClaim'),
  object('Pod', 'volumes[].csi.nodePublishSecretRef.name', 'Secret of a CSI volume', 'Secret'),
  object('Pod', 'volumes[].ephemeral.volumeClaimTemplate.spec.storageClassName', 'StorageClass of a volume', 'storage.k8s.io/StorageClass', { cluster: true }),
  object('Pod', 'imagePullSecrets[].name', 'image pull Secret', 'Secret'),
  object('Pod', 'serviceAccountName', 'ServiceAccount of Pods', 'ServiceAccount'),
  object('Pod', 'serviceAccount', 'ServiceAccount of Pods', 'ServiceAccount'),
  object('Pod', 'priorityClassName', 'PriorityClass of Pods', 'scheduling.k8s.io/PriorityClass', { cluster: true }),
  object('Pod', 'runtimeClassName', 'RuntimeClass of Pods', 'node.k8s.io/RuntimeClass', { cluster: true }),
  object('Pod', 'resourceClaims[].resourceClaimName', 'ResourceClaim of Pods', 'resource.k8s.io/ResourceClaim'),
  object('Pod', 'resourceClaims[].resourceClaimTemplateName', 'ResourceClaimTemplate of Pods', 'resource.k8s.io/ResourceClaimTemplate'),
  ...['podAffinity', 'podAntiAffinity'].flatMap((affinity) => [
    labels('Pod', `affinity.${affinity}.requiredDuringSchedulingIgnoredDuringExecution[].labelSelector.matchLabels`, 'Pods of an affinity rule', 'pods', { quiet: true }),
    labels('Pod', `affinity.${affinity}.preferredDuringSchedulingIgnoredDuringExecution[].podAffinityTerm.labelSelector.matchLabels`, 'Pods of an affinity rule', 'pods', { quiet: true }),
  ]),
  labels('Pod', 'topologySpreadConstraints[].labelSelector.matchLabels', 'Pods of a spread constraint', 'pods', {
    quiet: true,
  }),
];
