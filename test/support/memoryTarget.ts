// A target in memory for tests of the core: objects, kinds and merge rules as values. It answers like the real ones and
// notes what it was asked. Applying stores the object as it is; what a real server makes of it is tested with a real one.
import type { JsonObject } from '../../server/src/core/json';
import type { Answer, Failure, KindInfo, WritableTarget } from '../../server/src/core/ports';
import type { KubernetesObject } from '../../server/src/core/resource';
import { groupOf, keyOf, keyText, label, versionOf } from '../../server/src/core/resource';

export interface MemoryTargetOptions {
  objects?: KubernetesObject[];
  openApi?: JsonObject[];
  type?: 'cluster' | 'snapshot';
  version?: string;
  /** Kinds whose list fails, by `Kind` (as a whole) or `Kind namespace`. */
  failures?: Record<string, Failure>;
  kinds?: KindInfo[];
  /** Answer of every dry run. */
  dryRun?: (object: KubernetesObject) => Answer<KubernetesObject>;
}

export interface MemoryTarget extends WritableTarget {
  /** By key text. */
  readonly stored: Map<string, KubernetesObject>;
  /** What was asked, in order: `list Deployment`, `apply Deployment shop/web as plumbline`. */
  readonly asked: string[];
}

const kind = (apiVersion: string, name: string, resource: string, namespaced = true): KindInfo => ({
  group: groupOf(apiVersion),
  version: versionOf(apiVersion),
  kind: name,
  resource,
  namespaced,
});

export const knownKinds: KindInfo[] = [
  kind('v1', 'Namespace', 'namespaces', false),
  kind('v1', 'ConfigMap', 'configmaps'),
  kind('v1', 'Secret', 'secrets'),
  kind('v1', 'Service', 'services'),
  kind('apps/v1', 'Deployment', 'deployments'),
  kind('apps/v1', 'StatefulSet', 'statefulsets'),
  kind('apps/v1', 'DaemonSet', 'daemonsets'),
  kind('batch/v1', 'Job', 'jobs'),
  kind('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'),
  kind('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'),
  kind('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false),
  kind('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions', false),
  kind('lab.example.com/v1', 'Widget', 'widgets'),
];

export function memoryTarget(options: MemoryTargetOptions = {}): MemoryTarget {
  const stored = new Map((options.objects ?? []).map((o) => [keyText(keyOf(o)), o]));
  const asked: string[] = [];
  let version = 1000;
  const is = (object: KubernetesObject, info: KindInfo): boolean =>
    object.kind === info.kind && groupOf(object.apiVersion) === info.group;
  const put = (object: KubernetesObject): KubernetesObject => {
    const text = keyText(keyOf(object));
    const uid = stored.get(text)?.metadata.uid ?? `uid-${++version}`;
    const result = { ...object, metadata: { ...object.metadata, uid, resourceVersion: String(++version) } };
    stored.set(text, result);
    return result;
  };

  return {
    stored,
    asked,
    name: 'memory',
    type: options.type ?? 'snapshot',
    version: async () => ({ ok: true, value: options.version ?? '1.36.3' }),
    kinds: async () => ({ ok: true, value: options.kinds ?? knownKinds }),
    async list(info, namespace) {
      asked.push(`list ${info.kind}${namespace === undefined ? '' : ` in ${namespace}`}`);
      const failure = options.failures?.[namespace === undefined ? info.kind : `${info.kind} ${namespace}`];
      const value = [...stored.values()].filter(
        (o) => is(o, info) && (namespace === undefined || o.metadata.namespace === namespace),
      );
      return failure ? { ok: false, failure } : { ok: true, value };
    },
    get: async (_info, key) => ({ ok: true, value: stored.get(keyText(key)) }),
    openApi: async () => ({ ok: true, value: options.openApi ?? [] }),
    async dryRun(object) {
      asked.push(`dry run ${label(keyOf(object))}`);
      return options.dryRun?.(object) ?? { ok: false, failure: { reason: 'forbidden', message: 'no dry run' } };
    },
    async apply(object, _info, { manager }) {
      asked.push(`apply ${label(keyOf(object))} as ${manager}`);
      const before = stored.get(keyText(keyOf(object)));
      const expected = object.metadata.resourceVersion;
      return expected !== undefined && expected !== before?.metadata.resourceVersion
        ? { ok: false, failure: { reason: 'conflict', message: 'changed meanwhile' } }
        : { ok: true, value: put(object) };
    },
    async delete(_info, key, seen) {
      asked.push(`delete ${label(key)}`);
      const before = stored.get(keyText(key));
      if (before?.metadata.uid !== seen.uid) {
        return { ok: false, failure: { reason: 'conflict', message: 'replaced meanwhile' } };
      }
      stored.delete(keyText(key));
      return { ok: true, value: undefined };
    },
  };
}
