// What the API server does to a few built-in kinds between merge and storage, where it shows in a comparison: constant
// defaults inside atomic values, Secret.stringData, addresses and ports that a Service keeps, and metadata's empty maps.
import type { JsonObject, JsonValue } from '../json';
import { isObject } from '../json';
import type { KubernetesObject } from '../resource';
import { groupOf } from '../resource';
import { base64 } from './base64';
import { isEmpty } from './fieldSet';
import type { MapNode } from './mergeSchema';
import { childNode, itemElement } from './mergeSchema';

const builtInGroups = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
  'storagemigration.k8s.io',
]);

/** True for kinds that no API server has built in: defined by a CustomResourceDefinition. */
export function isCustom(object: KubernetesObject): boolean {
  return !builtInGroups.has(groupOf(object.apiVersion));
}

export function isSecret(object: JsonObject): boolean {
  return object.kind === 'Secret';
}

/**
 * Writes out constants that defaulting puts inside atomic values (`fieldRef.apiVersion`): without them every downward-API
 * reference would look changed. Shares what it does not change.
 */
export function withConstantDefaults(value: JsonValue): JsonValue {
  if (Array.isArray(value)) {
    let result: JsonValue[] | undefined;
    value.forEach((item, i) => {
      const next = withConstantDefaults(item);
      if (next !== item) {
        (result ??= value.slice())[i] = next;
      }
    });
    return result ?? value;
  }
  if (!isObject(value)) {
    return value;
  }
  let result: JsonObject | undefined;
  for (const key in value) {
    const child = value[key] as JsonValue;
    const needsVersion =
      key === 'fieldRef' && isObject(child) && child.fieldPath !== undefined && child.apiVersion === undefined;
    const next = needsVersion ? { apiVersion: 'v1', ...child } : withConstantDefaults(child);
    if (next !== child) {
      (result ??= { ...value })[key] = next;
    }
  }
  return result ?? value;
}

const metadataCollections = ['labels', 'annotations', 'finalizers', 'ownerReferences'];

/**
 * Metadata as its typed round trip leaves it: empty lists and maps are absent, a null label is the empty string. Custom
 * resources need it done here, because their structural part keeps empties. Takes and returns an own copy of metadata.
 */
export function normaliseMetadata(metadata: JsonObject): JsonObject {
  const result = { ...metadata };
  for (const key of metadataCollections) {
    const value = result[key];
    if (value === null || (typeof value === 'object' && isEmpty(value))) {
      result[key] = null;
    }
  }
  for (const key of ['labels', 'annotations']) {
    const map = result[key];
    if (isObject(map)) {
      for (const name in map) {
        if (map[name] === null) {
          result[key] = { ...(result[key] as JsonObject), [name]: '' };
        }
      }
    }
  }
  return result;
}

/** stringData written into data, as the typed conversion does; an applier owns `stringData`, never the `data` it becomes. */
export function secretWithData(object: KubernetesObject): KubernetesObject {
  const { stringData, ...rest } = object;
  if (!isObject(stringData)) {
    return object;
  }
  const data: JsonObject = isObject(object.data) ? { ...object.data } : {};
  for (const key in stringData) {
    const value = stringData[key];
    if (typeof value === 'string') {
      data[key] = base64(value);
    } else if (value === null) {
      // A null in a map of strings is decoded as the empty string.
      data[key] = '';
    }
  }
  return { ...rest, data };
}

const hasAddress = (spec: JsonObject): boolean => spec.type !== 'ExternalName';
const hasNodePorts = (spec: JsonObject): boolean =>
  spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
const objects = (value: JsonValue | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
const unset = (value: JsonValue | undefined): boolean =>
  value === undefined || value === null || value === '' || value === 0;

/** Keeps the addresses and ports that the stored Service was given, as the registry does before its update strategy runs. */
export function keepAllocations(merged: KubernetesObject, live: KubernetesObject): KubernetesObject {
  if (!isObject(merged.spec) || !isObject(live.spec)) {
    return merged;
  }
  const spec: JsonObject = { ...merged.spec };
  const old = live.spec;
  if (hasAddress(old) && hasAddress(spec)) {
    if (unset(spec.clusterIP) && old.clusterIP !== undefined) {
      spec.clusterIP = old.clusterIP;
    }
    const noAddresses = !Array.isArray(spec.clusterIPs) || spec.clusterIPs.length === 0;
    if (noAddresses && spec.clusterIP === old.clusterIP && old.clusterIPs !== undefined) {
      spec.clusterIPs = old.clusterIPs;
    }
  }
  if (hasNodePorts(old) && hasNodePorts(spec) && Array.isArray(spec.ports)) {
    const used = new Set(objects(spec.ports).map((p) => p.nodePort));
    spec.ports = spec.ports.map((port) => {
      if (!isObject(port) || !unset(port.nodePort)) {
        return port;
      }
      const before = objects(old.ports).find(
        (p) => p.port === port.port && (p.protocol ?? 'TCP') === (port.protocol ?? 'TCP'),
      )?.nodePort;
      return before === undefined || unset(before) || used.has(before) ? port : { ...port, nodePort: before };
    });
  }
  const localBalancer = spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
  if (unset(spec.healthCheckNodePort) && !unset(old.healthCheckNodePort) && localBalancer) {
    spec.healthCheckNodePort = old.healthCheckNodePort as JsonValue;
  }
  return { ...merged, spec };
}

/** Paths whose value only the server can choose: node ports that a Service is about to be given. */
export function allocatedPaths(root: MapNode, object: KubernetesObject): string[][] {
  if (object.kind !== 'Service' || !isObject(object.spec) || !hasNodePorts(object.spec)) {
    return [];
  }
  const spec = childNode(root, 'spec');
  const ports = spec?.kind === 'map' ? childNode(spec, 'ports') : undefined;
  if (ports?.kind !== 'list') {
    return [];
  }
  return objects(object.spec.ports)
    .filter((port) => unset(port.nodePort))
    .map((port) => ['f:spec', 'f:ports', itemElement(ports, port), 'f:nodePort']);
}
