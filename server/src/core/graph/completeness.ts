// Whether everything that could define an object is known here. Only then can something be missing.
import type { KindRef } from './facts';
import type { GraphContext } from './liveGraph';
import { nameKey, type Scope } from './scope';

/** Groups of custom resources that make no other objects but the ones named elsewhere. */
const harmless = new Set([
  'source.toolkit.fluxcd.io',
  'kustomize.toolkit.fluxcd.io',
  'helm.toolkit.fluxcd.io',
  'notification.toolkit.fluxcd.io',
  'image.toolkit.fluxcd.io',
  'cert-manager.io',
  'external-secrets.io/SecretStore',
  'external-secrets.io/ClusterSecretStore',
  'external-secrets.io/ExternalSecret',
  'bitnami.com',
  'argoproj.io/Application',
  'argoproj.io/AppProject',
  'monitoring.coreos.com/ServiceMonitor',
  'monitoring.coreos.com/PodMonitor',
  'monitoring.coreos.com/PrometheusRule',
  'gateway.networking.k8s.io/HTTPRoute',
  'gateway.networking.k8s.io/GRPCRoute',
  'gateway.networking.k8s.io/TLSRoute',
  'gateway.networking.k8s.io/TCPRoute',
  'gateway.networking.k8s.io/UDPRoute',
  'gateway.networking.k8s.io/ReferenceGrant',
  'gateway.networking.k8s.io/GatewayClass',
]);

/** Kinds that only Flux's own objects and manifests bring. */
const fluxGroups = /\.toolkit\.fluxcd\.io$/;

/** True for groups of custom resources: controllers act on them in ways that nobody knows here. */
export function isBringer(group: string): boolean {
  return group.includes('.') && (!group.endsWith('.k8s.io') || group === 'gateway.networking.k8s.io');
}

/** True where something in the scope, or nothing known about it, could define an object of the kind. */
export function couldBringMore(scope: Scope, kind: KindRef, namespace: string, { state }: GraphContext): boolean {
  const environment = state.workspace.environments.find(({ name }) => name === scope.environment);
  // An overlay or a folder is a part of something bigger.
  if (environment === undefined || environment.foundBy === 'overlay') {
    return true;
  }
  const isFlux = fluxGroups.test(kind.group);
  for (const { source, unknown } of scope.sources) {
    const isRendered = state.rendered.has(source.id);
    if (unknown !== undefined && !isRendered && !(isFlux && source.kind === 'fluxHelmRelease')) {
      return true;
    }
  }
  if (isFlux) {
    return bringsFlux(scope, kind, namespace);
  }
  // Who does not make the namespace does not have the last word on what is in it.
  if (namespace === '' || !scope.byName.has(nameKey({ group: '', kind: 'Namespace' }, namespace))) {
    return true;
  }
  return (
    [namespace, ''].some((place) => (scope.byNamespace.get(place) ?? []).some(({ key }) => isUnknownBringer(key))) ||
    (scope.byKind.get('argoproj.io/ApplicationSet') ?? []).length > 0
  );
}

function isUnknownBringer({ group, kind }: KindRef): boolean {
  return isBringer(group) && !harmless.has(group) && !harmless.has(`${group}/${kind}`);
}

/** Flux's objects of a kind are kept here where one of that kind is, in that namespace; its own operator makes more. */
function bringsFlux(scope: Scope, { group, kind }: KindRef, namespace: string): boolean {
  const isHere = (scope.byKind.get(`${group}/${kind}`) ?? []).some(({ key }) => key.namespace === namespace);
  return !isHere || [...scope.byKind.keys()].some((text) => text.startsWith('fluxcd.controlplane.io/'));
}

/** True where a rendering (of a chart, for example) has an object of that name. */
export function rendersName(
  scope: Scope,
  kinds: readonly KindRef[],
  namespace: string,
  name: string,
  { state }: GraphContext,
): boolean {
  return scope.sources.some(({ source }) =>
    state.rendered
      .get(source.id)
      ?.some(
        (key) =>
          key.name === name &&
          kinds.some(({ group, kind }) => kind === key.kind && (group === '*' || group === key.group)) &&
          (namespace === '' || key.namespace === '' || key.namespace === namespace),
      ),
  );
}
