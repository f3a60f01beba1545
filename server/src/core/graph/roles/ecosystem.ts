// What common custom resources refer to: Gateway API, Prometheus operator, cert-manager, External Secrets, Sealed Secrets, KEDA, Argo Rollouts.
import type { RoleLine } from '../roleLine';
import { defines, key, labels, object, port } from './lines';

const cluster = { cluster: true };
const gateway = 'gateway.networking.k8s.io';
const monitoring = 'monitoring.coreos.com';
const certManager = 'cert-manager.io';
const externalSecrets = 'external-secrets.io';

const beside = { namespaceAt: '../namespace' };
const routes = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'].map((kind) => `${gateway}/${kind}`);

// prettier-ignore
export const ecosystemLines: readonly RoleLine[] = [
  object(`${gateway}/Gateway`, 'spec.gatewayClassName', 'class of a Gateway', `${gateway}/GatewayClass`, cluster),
  object(`${gateway}/Gateway`, 'spec.listeners[].tls.certificateRefs[].name', 'certificate of a listener', 'Secret', {
    ...beside,
    kindAt: '../kind',
    groupAt: '../group',
  }),
  defines(`${gateway}/Gateway`, 'spec.listeners[].name', 'port', 'listener of a Gateway'),
  ...routes.flatMap((route) => [
    object(route, 'spec.parentRefs[].name', 'parent of a route', `${gateway}/Gateway`, {
      ...beside,
      kindAt: '../kind',
      groupAt: '../group',
    }),
    port(route, 'spec.parentRefs[].sectionName', 'listener of a parent', { via: '../name' }),
    object(route, 'spec.rules[].backendRefs[].name', 'backend Service', 'Service', {
      ...beside,
      kindAt: '../kind',
      groupAt: '../group',
    }),
  ]),
  ...routes.slice(0, 2).flatMap((route) => [
    object(route, 'spec.rules[].filters[].requestMirror.backendRef.name', 'mirrored backend', 'Service', {
      ...beside,
      kindAt: '../kind',
      groupAt: '../group',
    }),
    object(route, 'spec.rules[].filters[].extensionRef.name', 'filter of a route', [], {
      kindAt: '../kind',
      groupAt: '../group',
    }),
  ]),
  object(`${gateway}/ReferenceGrant`, 'spec.to[].name', 'granted object', [], {
    kindAt: '../kind',
    groupAt: '../group',
  }),
  object(`${gateway}/BackendTLSPolicy`, 'spec.targetRefs[].name', 'target of a policy', [], {
    kindAt: '../kind',
    groupAt: '../group',
  }),

  labels(`${monitoring}/ServiceMonitor`, 'spec.selector.matchLabels', 'Services that are scraped', 'services'),
  port(`${monitoring}/ServiceMonitor`, 'spec.endpoints[].port', 'scraped port', { selects: 'services' }),
  labels(`${monitoring}/PodMonitor`, 'spec.selector.matchLabels', 'Pods that are scraped', 'pods'),
  port(`${monitoring}/PodMonitor`, 'spec.podMetricsEndpoints[].port', 'scraped port', { selects: 'pods' }),
  ...[`${monitoring}/ServiceMonitor`, `${monitoring}/PodMonitor`].flatMap((kind) => {
    const endpoints = kind.endsWith('PodMonitor') ? 'podMetricsEndpoints' : 'endpoints';
    return [
      'bearerTokenSecret',
      'authorization.credentials',
      'basicAuth.username',
      'basicAuth.password',
      'tlsConfig.keySecret',
      'tlsConfig.ca.secret',
      'tlsConfig.cert.secret',
    ].flatMap((field) => [
      object(kind, `spec.${endpoints}[].${field}.name`, 'Secret of an endpoint', 'Secret', {
        optionalAt: '../optional',
      }),
      key(kind, `spec.${endpoints}[].${field}.key`, 'key of an endpoint', '../name', { optionalAt: '../optional' }),
    ]);
  }),
  object(`${monitoring}/Prometheus`, 'spec.serviceAccountName', 'ServiceAccount of Pods', 'ServiceAccount'),
  object(`${monitoring}/Alertmanager`, 'spec.serviceAccountName', 'ServiceAccount of Pods', 'ServiceAccount'),
  object(`${monitoring}/Prometheus`, 'spec.alerting.alertmanagers[].name', 'Service of Alertmanager', 'Service', {
    ...beside,
    quiet: true,
  }),

  ...['issuerRef'].map((field) =>
    object(`${certManager}/Certificate`, `spec.${field}.name`, 'issuer', `${certManager}/Issuer`, {
      kindAt: '../kind',
      groupAt: '../group',
    }),
  ),
  defines(`${certManager}/Certificate`, 'spec.secretName', 'object', 'Secret of a Certificate', { kinds: ['Secret'] }),
  object(`${certManager}/Certificate`, 'spec.keystores.jks.passwordSecretRef.name', 'password of a keystore', 'Secret'),
  key(`${certManager}/Certificate`, 'spec.keystores.jks.passwordSecretRef.key', 'key of a keystore', '../name'),
  ...['Issuer', 'ClusterIssuer'].flatMap((kind) => [
    object(`${certManager}/${kind}`, 'spec.ca.secretName', 'Secret of an issuer', 'Secret', { quiet: true }),
    object(`${certManager}/${kind}`, 'spec.acme.privateKeySecretRef.name', 'account key of an issuer', 'Secret', {
      quiet: true,
      optional: true,
    }),
  ]),
  object('networking.k8s.io/Ingress', 'metadata.annotations.(cert-manager.io/cluster-issuer)', 'issuer', `${certManager}/ClusterIssuer`, cluster),
  object('networking.k8s.io/Ingress', 'metadata.annotations.(cert-manager.io/issuer)', 'issuer', `${certManager}/Issuer`),
  object(`${gateway}/Gateway`, 'metadata.annotations.(cert-manager.io/cluster-issuer)', 'issuer', `${certManager}/ClusterIssuer`, cluster),
  object(`${gateway}/Gateway`, 'metadata.annotations.(cert-manager.io/issuer)', 'issuer', `${certManager}/Issuer`),

  defines(`${externalSecrets}/ExternalSecret`, 'spec.target.name', 'object', 'Secret of an ExternalSecret', {
    kinds: ['Secret'],
  }),
  defines(`${externalSecrets}/ExternalSecret`, 'spec.data[].secretKey', 'key', 'key of an ExternalSecret', {
    kinds: ['Secret'],
  }),
  object(`${externalSecrets}/ExternalSecret`, 'spec.secretStoreRef.name', 'secret store', `${externalSecrets}/SecretStore`, { kindAt: '../kind' }),
  object(`${externalSecrets}/ExternalSecret`, 'spec.data[].sourceRef.storeRef.name', 'secret store', `${externalSecrets}/SecretStore`, { kindAt: '../kind' }),
  object(`${externalSecrets}/ClusterExternalSecret`, 'spec.externalSecretSpec.secretStoreRef.name', 'secret store', `${externalSecrets}/ClusterSecretStore`, { kindAt: '../kind', cluster: true }),
  object(`${externalSecrets}/PushSecret`, 'spec.secretStoreRefs[].name', 'secret store', `${externalSecrets}/SecretStore`, { kindAt: '../kind' }),
  object(`${externalSecrets}/PushSecret`, 'spec.selector.secret.name', 'pushed Secret', 'Secret'),
  defines('bitnami.com/SealedSecret', 'spec.template.metadata.name', 'object', 'Secret of a SealedSecret', {
    kinds: ['Secret'],
  }),
  defines('bitnami.com/SealedSecret', 'spec.encryptedData{}', 'key', 'key of a SealedSecret', { kinds: ['Secret'] }),

  object('keda.sh/ScaledObject', 'spec.scaleTargetRef.name', 'scaled workload', 'apps/Deployment', {
    kindAt: '../kind',
    groupAt: '../apiVersion',
  }),
  ...['ScaledObject', 'ScaledJob'].map((kind) =>
    object(`keda.sh/${kind}`, 'spec.triggers[].authenticationRef.name', 'authentication of a trigger', 'keda.sh/TriggerAuthentication', { kindAt: '../kind' }),
  ),
  object('keda.sh/TriggerAuthentication', 'spec.secretTargetRef[].name', 'Secret of an authentication', 'Secret'),
  key('keda.sh/TriggerAuthentication', 'spec.secretTargetRef[].key', 'key of an authentication', '../name'),
  object('argoproj.io/Rollout', 'spec.workloadRef.name', 'workload of a Rollout', 'apps/Deployment', {
    kindAt: '../kind',
    groupAt: '../apiVersion',
  }),
  labels('argoproj.io/Rollout', 'spec.selector.matchLabels', 'selector of its own Pods', 'self'),
  object('argoproj.io/Rollout', 'spec.strategy.canary.stableService', 'Service of a Rollout', 'Service'),
  object('argoproj.io/Rollout', 'spec.strategy.canary.canaryService', 'Service of a Rollout', 'Service'),
  object('argoproj.io/Rollout', 'spec.strategy.blueGreen.activeService', 'Service of a Rollout', 'Service'),
  object('argoproj.io/Rollout', 'spec.strategy.blueGreen.previewService', 'Service of a Rollout', 'Service'),
];
