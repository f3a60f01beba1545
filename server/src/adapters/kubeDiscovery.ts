// Which kinds an API server serves: two requests where it can aggregate (Kubernetes 1.27 and newer), else one for each group and version.
import type { JsonObject, JsonValue } from '../core/json';
import { isObject } from '../core/json';
import type { Abort, Answer, KindInfo, Log } from '../core/ports';
import type { KubeClient } from './kubeClient';
import type { Attempt } from './kubeFailure';

const aggregated =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,' +
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

/**
 * Kinds that can be listed and read, every served version, each group's preferred version first. A group whose own server is down
 * may be missing: its kinds are then not served as far as anybody can tell, and `log` says so.
 */
export async function discoverKinds(
  client: KubeClient,
  attempt: Attempt,
  log: Log,
  abort?: Abort,
): Promise<Answer<KindInfo[]>> {
  const roots = await Promise.all(
    ['/api', '/apis'].map((path) => client.json({ method: 'GET', path, accept: aggregated, attempt }, abort)),
  );
  const kinds: KindInfo[] = [];
  for (const root of roots) {
    if (!root.ok) {
      return root;
    }
    if (root.value.kind === 'APIGroupDiscoveryList') {
      collectAggregated(root.value, kinds, log);
    } else {
      const answer = await discoverOneByOne(client, root.value, attempt, log, abort);
      if (!answer.ok) {
        return answer;
      }
      kinds.push(...answer.value);
    }
  }
  return { ok: true, value: kinds };
}

function collectAggregated(list: JsonObject, kinds: KindInfo[], log: Log): void {
  for (const group of objects(list.items)) {
    const name = isObject(group.metadata) ? text(group.metadata.name) : '';
    for (const version of objects(group.versions)) {
      if (version.freshness === 'Stale') {
        log.warn(
          `The API group ${name}/${text(version.version)} is not available at the moment; its kinds may be missing.`,
        );
      }
      for (const resource of objects(version.resources)) {
        const response = isObject(resource.responseKind) ? resource.responseKind : {};
        if (readable(resource.verbs)) {
          kinds.push({
            group: name,
            version: text(version.version),
            kind: text(response.kind),
            resource: text(resource.resource),
            namespaced: resource.scope === 'Namespaced',
          });
        }
      }
    }
  }
}

/** The older way: the root names groups and versions, each of which lists its resources. */
async function discoverOneByOne(
  client: KubeClient,
  root: JsonObject,
  attempt: Attempt,
  log: Log,
  abort: Abort | undefined,
): Promise<Answer<KindInfo[]>> {
  const groupVersions =
    root.kind === 'APIVersions'
      ? (Array.isArray(root.versions) ? root.versions : []).map((v) => ({ path: `/api/${text(v)}`, name: text(v) }))
      : objects(root.groups).flatMap((group) => preferredFirst(group).map((name) => ({ path: `/apis/${name}`, name })));
  const kinds: KindInfo[] = [];
  const lists = await Promise.all(
    groupVersions.map(({ path }) => client.json({ method: 'GET', path, attempt }, abort)),
  );
  for (const [i, list] of lists.entries()) {
    const name = groupVersions[i]?.name ?? '';
    if (!list.ok) {
      // One group's own server may be down (503, or 404 for a moment after a CRD went); the others' kinds still hold.
      if (
        ['unreachable', 'unsupported', 'not-found', 'error', 'timeout'].includes(list.failure.reason) &&
        groupVersions.length > 1
      ) {
        log.warn(`The API group ${name} is not available at the moment; its kinds are missing.`);
        continue;
      }
      return list;
    }
    const slash = name.indexOf('/');
    for (const resource of objects(list.value.resources)) {
      if (readable(resource.verbs) && !text(resource.name).includes('/')) {
        kinds.push({
          group: slash < 0 ? '' : name.slice(0, slash),
          version: name.slice(slash + 1),
          kind: text(resource.kind),
          resource: text(resource.name),
          namespaced: resource.namespaced === true,
        });
      }
    }
  }
  return { ok: true, value: kinds };
}

function preferredFirst(group: JsonObject): string[] {
  const preferred = isObject(group.preferredVersion) ? text(group.preferredVersion.groupVersion) : '';
  const all = objects(group.versions).map((v) => text(v.groupVersion));
  return all.includes(preferred) ? [preferred, ...all.filter((v) => v !== preferred)] : all;
}

const readable = (verbs: JsonValue | undefined): boolean =>
  Array.isArray(verbs) && verbs.includes('list') && verbs.includes('get');

const objects = (value: JsonValue | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
