// What the built-in kinds refer to.
import type { RoleLine } from '../roleLine';
import { defines, labels, object, port } from './lines';

const cluster = { cluster: true };
const workloads = ['apps/Deployment', 'apps/ReplicaSet', 'apps/StatefulSet', 'apps/DaemonSet', 'batch/Job'];

const serviceOf = (kind: string, path: string, role: string): RoleLine =>
  object(kind, `${path}.name`, role, 'Service', { namespaceAt: '../namespace' });

// prettier-ignore
export const kubernetesLines: readonly RoleLine[] = [
  defines('ConfigMap', 'data{}', 'key', 'key of a ConfigMap'),
  defines('ConfigMap', 'binaryData{}', 'key', 'key of a ConfigMap'),
  defines('Secret', 'data{}', 'key', 'key of a Secret'),
  defines('Secret', 'stringData{}', 'key', 'key of a Secret'),
  defines('Service', 'spec.ports[].name', 'port', 'port of a Service'),
  defines('apps/StatefulSet', 'spec.volumeClaimTemplates[].metadata.name', 'claimTemplate', 'volume claim template'),

  object('object', 'metadata.ownerReferences[].name', 'owner', [], {
    kindAt: '../kind',
    groupAt: '../apiVersion',
    optional: true,
  }),
  object('object', 'metadata.namespace', 'namespace', 'Namespace', { cluster: true, quiet: true }),
  object('Secret', 'metadata.annotations.(kubernetes.io/service-account.name)', 'ServiceAccount of a token', 'ServiceAccount'),
  object('ServiceAccount', 'imagePullSecrets[].name', 'image pull Secret', 'Secret'),
  object('ServiceAccount', 'secrets[].name', 'Secret of a ServiceAccount', 'Secret', { optional: true }),

  ...workloads.map((kind) => labels(kind, 'spec.selector.matchLabels', 'selector of its own Pods', 'self')),
  labels('ReplicationController', 'spec.selector', 'selector of its own Pods', 'self'),
  labels('Service', 'spec.selector', 'selector of a Service', 'pods'),
  labels('policy/PodDisruptionBudget', 'spec.selector.matchLabels', 'selector of a disruption budget', 'pods'),
  labels('networking.k8s.io/NetworkPolicy', 'spec.podSelector.matchLabels', 'Pods of a network policy', 'pods'),
  labels('networking.k8s.io/NetworkPolicy', 'spec.ingress[].from[].podSelector.matchLabels', 'Pods that a network policy lets in', 'pods', { quiet: true }),
  labels('networking.k8s.io/NetworkPolicy', 'spec.egress[].to[].podSelector.matchLabels', 'Pods that a network policy lets out to', 'pods', { quiet: true }),

  port('Service', 'spec.ports[].targetPort', 'target port of a Service', { selects: 'pods' }),
  port('networking.k8s.io/NetworkPolicy', 'spec.ingress[].ports[].port', 'port of a network policy', {
    selects: 'pods',
    quiet: true,
  }),
  object('apps/StatefulSet', 'spec.serviceName', 'governing Service', 'Service'),
  object('apps/StatefulSet', 'spec.volumeClaimTemplates[].spec.storageClassName', 'StorageClass of a claim', 'storage.k8s.io/StorageClass', cluster),
  object('PersistentVolumeClaim', 'spec.storageClassName', 'StorageClass of a claim', 'storage.k8s.io/StorageClass', cluster),
  object('PersistentVolumeClaim', 'spec.volumeName', 'volume of a claim', 'PersistentVolume', cluster),
  object('PersistentVolumeClaim', 'spec.dataSource.name', 'data source of a claim', [], {
    kindAt: '../kind',
    groupAt: '../apiGroup',
  }),
  object('PersistentVolume', 'spec.storageClassName', 'StorageClass of a volume', 'storage.k8s.io/StorageClass', cluster),
  object('PersistentVolume', 'spec.claimRef.name', 'claim of a volume', 'PersistentVolumeClaim', {
    namespaceAt: '../namespace',
  }),

  ...['RoleBinding', 'ClusterRoleBinding'].flatMap((kind) => [
    object(`rbac.authorization.k8s.io/${kind}`, 'roleRef.name', 'bound role', [], {
      kindAt: '../kind',
      groupAt: '../apiGroup',
    }),
    object(`rbac.authorization.k8s.io/${kind}`, 'subjects[].name', 'subject', [], {
      kindAt: '../kind',
      groupAt: '../apiGroup',
      namespaceAt: '../namespace',
    }),
  ]),

  object('networking.k8s.io/Ingress', 'spec.ingressClassName', 'class of an Ingress', 'networking.k8s.io/IngressClass', cluster),
  object('networking.k8s.io/Ingress', 'spec.tls[].secretName', 'certificate of an Ingress', 'Secret'),
  object('networking.k8s.io/Ingress', 'spec.rules[].http.paths[].backend.service.name', 'backend Service', 'Service'),
  port('networking.k8s.io/Ingress', 'spec.rules[].http.paths[].backend.service.port.name', 'port of a backend', {
    via: '../../name',
  }),
  object('networking.k8s.io/Ingress', 'spec.defaultBackend.service.name', 'backend Service', 'Service'),
  port('networking.k8s.io/Ingress', 'spec.defaultBackend.service.port.name', 'port of a backend', {
    via: '../../name',
  }),

  object('autoscaling/HorizontalPodAutoscaler', 'spec.scaleTargetRef.name', 'scaled workload', [], {
    kindAt: '../kind',
    groupAt: '../apiVersion',
  }),
  object('autoscaling.k8s.io/VerticalPodAutoscaler', 'spec.targetRef.name', 'scaled workload', [], {
    kindAt: '../kind',
    groupAt: '../apiVersion',
  }),
  object('autoscaling/HorizontalPodAutoscaler', 'spec.metrics[].object.describedObject.name', 'measured object', [], {
    kindAt: '../kind',
    groupAt: '../apiVersion',
  }),

  ...['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'].map((kind) =>
    serviceOf(`admissionregistration.k8s.io/${kind}`, 'webhooks[].clientConfig.service', 'Service of a webhook'),
  ),
  serviceOf('apiregistration.k8s.io/APIService', 'spec.service', 'Service of an API'),
  serviceOf('apiextensions.k8s.io/CustomResourceDefinition', 'spec.conversion.webhook.clientConfig.service', 'Service of a conversion webhook'),
  object('admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding', 'spec.policyName', 'bound admission policy', 'admissionregistration.k8s.io/ValidatingAdmissionPolicy', cluster),
  object('admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding', 'spec.paramRef.name', 'parameter of an admission policy', [], { namespaceAt: '../namespace', quiet: true }),
  object('networking.k8s.io/IngressClass', 'spec.parameters.name', 'parameters of an IngressClass', [], {
    kindAt: '../kind',
    groupAt: '../apiGroup',
    namespaceAt: '../namespace',
  }),
  object('discovery.k8s.io/EndpointSlice', 'metadata.labels.(kubernetes.io/service-name)', 'Service of endpoints', 'Service'),
];
