// Resources: objects with an identity that does not depend on the API version they are written in.
import type { JsonObject } from './json';
import { isObject } from './json';

/** Identity of an object: never the version. `namespace` is empty for cluster-scoped objects. */
export interface ResourceKey {
  group: string;
  kind: string;
  namespace: string;
  name: string;
}

/** An object as JSON. Callers that hold one have checked apiVersion, kind and metadata.name. */
export interface KubernetesObject extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: JsonObject;
}

/** Stable text of a key, usable as a map key and in URIs: `group|kind|namespace|name`. */
export function keyText(key: ResourceKey): string {
  return `${key.group}|${key.kind}|${key.namespace}|${key.name}`;
}

export function parseKeyText(text: string): ResourceKey {
  const [group = '', kind = '', namespace = '', name = ''] = text.split('|');
  return { group, kind, namespace, name };
}

/** `Kind namespace/name`, as messages and trees name an object. */
export function label(key: ResourceKey): string {
  return `${key.kind} ${key.namespace === '' ? '' : key.namespace + '/'}${key.name}`;
}

/** Group of an apiVersion; the core group is the empty string. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

export function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}

export function keyOf(object: KubernetesObject, namespace?: string): ResourceKey {
  const meta = object.metadata;
  return {
    group: groupOf(object.apiVersion),
    kind: object.kind,
    namespace: namespace ?? (typeof meta.namespace === 'string' ? meta.namespace : ''),
    name: typeof meta.name === 'string' ? meta.name : '',
  };
}

/** True when a value has what every Kubernetes object has: apiVersion, kind and a metadata map. */
export function isKubernetesObject(value: unknown): value is KubernetesObject {
  const o = value as JsonObject | undefined;
  return isObject(o) && typeof o.apiVersion === 'string' && typeof o.kind === 'string' && isObject(o.metadata);
}
