// A person or a controller who writes to a cluster beside Plumbline: raw requests as one of the cluster's users, under any
// field manager, so that live objects change the way `kubectl` and others change them.
import type { KubeClient } from '../../server/src/adapters/kubeClient';
import { isObject, type JsonObject, type JsonValue } from '../../server/src/core/json';
import type { Cluster, ClusterUser } from './cluster';
import { clientOf } from './cluster';

const patchTypes = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

export interface Writer {
  get(path: string): Promise<JsonObject>;
  /** `apply` is forced, as by somebody who does not care. */
  patch(path: string, type: keyof typeof patchTypes, manager: string, body: JsonValue): Promise<JsonObject>;
  put(path: string, manager: string, body: JsonValue): Promise<JsonObject>;
  create(path: string, manager: string, body: JsonValue): Promise<JsonObject>;
  remove(path: string): Promise<JsonObject>;
  close(): void;
}

export async function writerAs(cluster: Cluster, user: ClusterUser): Promise<Writer> {
  const client: KubeClient = await clientOf(cluster.kubeconfig(user), cluster.context(user));
  async function ask(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    query: Record<string, string> = {},
    body?: JsonValue,
    contentType?: string,
  ): Promise<JsonObject> {
    const answer = await client.json({
      method,
      path,
      query,
      ...(body === undefined ? {} : { body }),
      ...(contentType === undefined ? {} : { contentType }),
      attempt: { what: `${method} ${path}`, context: user },
    });
    if (!answer.ok) {
      throw new Error(JSON.stringify(answer.failure));
    }
    return answer.value;
  }
  return {
    get: (path) => ask('GET', path),
    patch: (path, type, manager, body) =>
      ask(
        'PATCH',
        path,
        { fieldManager: manager, ...(type === 'apply' ? { force: 'true' } : {}) },
        body,
        patchTypes[type],
      ),
    put: (path, manager, body) => ask('PUT', path, { fieldManager: manager }, body),
    create: (path, manager, body) => ask('POST', path, { fieldManager: manager }, body),
    remove: (path) => ask('DELETE', path),
    close: () => client.close(),
  };
}

/** The value at a path of keys and indices; undefined where there is none. */
export function at(value: JsonValue | undefined, ...path: (string | number)[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>(
    (inside, key) => (Array.isArray(inside) ? inside[Number(key)] : isObject(inside) ? inside[String(key)] : undefined),
    value,
  );
}
