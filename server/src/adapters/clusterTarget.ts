// A cluster as a target of comparison and sync: one kubeconfig context. Reads nothing and contacts nobody until it is asked
// something; never changes the kubeconfig or its current context.
import { isMaskedObject } from './maskGuard';
import { ownManager } from '../core/drift/owners';
import type { JsonObject } from '../core/json';
import type { Abort, Answer, KindInfo, Log, WritableTarget } from '../core/ports';
import type { KubernetesObject, ResourceKey } from '../core/resource';
import { keyOf, label } from '../core/resource';
import type { KubeClient } from './kubeClient';
import { createKubeClient } from './kubeClient';
import { loadKubeconfig } from './kubeconfig';
import { discoverKinds } from './kubeDiscovery';
import type { Attempt } from './kubeFailure';
import { failure, failureOf } from './kubeFailure';
import { createOpenApiSource } from './openApiCache';

export interface ClusterTargetOptions {
  context: string;
  /** A kubeconfig file other than the usual ones. */
  kubeconfig?: string | undefined;
  log: Log;
}

/** A cluster target holds sockets: `close` lets them go. It can be used again afterwards. */
export interface ClusterTarget extends WritableTarget {
  /** Feature gates by name, as far as the server's metrics may be read. */
  features(abort?: Abort): Promise<Answer<Record<string, boolean>>>;
  close(): void;
}

export function createClusterTarget({ context, kubeconfig, log }: ClusterTargetOptions): ClusterTarget {
  let opened: KubeClient | undefined;
  let opening: Promise<Answer<KubeClient>> | undefined;
  const attemptOf = (what: string, secret = false): Attempt => ({ what, context, secret });

  function open(): Promise<Answer<KubeClient>> {
    opening ??= (async (): Promise<Answer<KubeClient>> => {
      const config = await loadKubeconfig({ file: kubeconfig });
      const access = config.ok ? await config.value.access(context) : config;
      if (!access.ok) {
        opening = undefined;
        return access;
      }
      opened = createKubeClient(access.value);
      return { ok: true, value: opened };
    })();
    return opening;
  }

  function close(): void {
    opened?.close();
    opened = undefined;
    opening = undefined;
  }

  /** Runs `work` with the client. Credentials or an address that no longer serve are read from the kubeconfig again next time. */
  async function using<T>(work: (client: KubeClient) => Promise<Answer<T>>): Promise<Answer<T>> {
    const client = await open();
    if (!client.ok) {
      return client;
    }
    const answer = await work(client.value);
    if (!answer.ok && (answer.failure.reason === 'unauthorized' || answer.failure.reason === 'unreachable')) {
      if (opened === client.value) {
        opening = undefined;
        opened = undefined;
      }
    }
    return answer;
  }

  const openApiSource = createOpenApiSource(open, attemptOf('Read the API description'));

  /** The one way an object is applied, for real or as a dry run. */
  async function patch(
    object: KubernetesObject,
    kind: KindInfo,
    options: { manager: string; force: boolean; dryRun: boolean },
    abort: Abort | undefined,
  ): Promise<Answer<KubernetesObject>> {
    const key = keyOf(object);
    const attempt = attemptOf(`${options.dryRun ? 'Dry run of' : 'Apply'} ${label(key)}`, holdsSecrets(kind));
    const refusal = cannotApply(object, key, kind, attempt);
    if (refusal) {
      return { ok: false, failure: refusal };
    }
    const answer = await using((client) =>
      client.json(
        {
          method: 'PATCH',
          path: pathOf(kind, key.namespace, key.name),
          query: {
            ...(options.dryRun ? { dryRun: 'All' } : {}),
            force: String(options.force),
            fieldManager: options.manager,
            // Without it, a server that knows no such field drops it and says yes.
            fieldValidation: 'Strict',
          },
          // A JSON text is YAML; `apply-patch+json` is not accepted.
          contentType: 'application/apply-patch+yaml',
          body: object,
          repeatable: options.dryRun,
          attempt,
        },
        abort,
      ),
    );
    return answer.ok ? { ok: true, value: asObject(answer.value, kind) } : answer;
  }

  return {
    name: context,
    type: 'cluster',
    close,

    version: (abort) =>
      using(async (client) => {
        const attempt = attemptOf('Read the version');
        const answer = await client.json({ method: 'GET', path: '/version', attempt, timeoutMs: 10_000 }, abort);
        if (!answer.ok) {
          return answer;
        }
        const { gitVersion } = answer.value;
        const version = typeof gitVersion === 'string' ? /^v?(\d+\.\d+\.\d+)/.exec(gitVersion)?.[1] : undefined;
        return version === undefined
          ? {
              ok: false,
              failure: failure('unsupported', `Context "${context}": the server names no Kubernetes version.`),
            }
          : { ok: true, value: version };
      }),

    features: (abort) =>
      using(async (client) => {
        const attempt = attemptOf('Read the feature gates');
        const answer = await client.send({ method: 'GET', path: '/metrics', attempt, timeoutMs: 20_000 }, abort);
        if (!answer.ok) {
          return answer;
        }
        if (answer.value.status !== 200) {
          return { ok: false, failure: failureOf(answer.value, attempt) };
        }
        const gates = answer.value.body
          .toString()
          .matchAll(/^kubernetes_feature_enabled\{name="(\w+)",[^}\n]*\} ([01])$/gm);
        return { ok: true, value: Object.fromEntries([...gates].map(([, name = '', on]) => [name, on === '1'])) };
      }),

    kinds: (abort) => using((client) => discoverKinds(client, attemptOf('List the kinds'), log, abort)),

    list: (kind, namespace, abort) =>
      using(async (client) => {
        const where = !kind.namespaced
          ? ''
          : namespace === undefined
            ? ' in all namespaces'
            : ` in namespace ${namespace}`;
        const attempt = attemptOf(`List ${nameOf(kind)}${where}`, holdsSecrets(kind));
        const answer = await client.list(pathOf(kind, namespace), attempt, abort);
        return answer.ok ? { ok: true, value: answer.value.map((item) => asObject(item, kind)) } : answer;
      }),

    get: (kind, key, abort) =>
      using(async (client) => {
        const attempt = attemptOf(`Read ${label(key)}`, holdsSecrets(kind));
        const answer = await client.json(
          { method: 'GET', path: pathOf(kind, key.namespace, key.name), attempt },
          abort,
        );
        if (answer.ok) {
          return { ok: true, value: asObject(answer.value, kind) };
        }
        // Only a 404 that names the object says that it is not there; a kind that is not served is `unsupported`.
        return answer.failure.reason === 'not-found' ? { ok: true, value: undefined } : answer;
      }),

    openApi: (groupVersions, abort) => using(() => openApiSource.documents(groupVersions, abort)),

    dryRun: (object, kind, manager, abort) => patch(object, kind, { manager, force: true, dryRun: true }, abort),

    apply: (object, kind, options, abort) => patch(object, kind, { ...options, dryRun: false }, abort),

    setManagedFields: (kind, key, seen, managedFields, abort) =>
      using(async (client) => {
        const attempt = attemptOf(`Take over fields of ${label(key)}`, holdsSecrets(kind));
        const answer = await client.json(
          {
            method: 'PATCH',
            path: pathOf(kind, key.namespace, key.name),
            query: { fieldManager: ownManager },
            contentType: 'application/json-patch+json',
            body: [
              { op: 'test', path: '/metadata/uid', value: seen.uid },
              // Writing the version that was seen makes the server refuse when it is no longer current.
              { op: 'replace', path: '/metadata/resourceVersion', value: seen.resourceVersion },
              { op: 'replace', path: '/metadata/managedFields', value: managedFields },
            ],
            attempt,
          },
          abort,
        );
        return answer.ok ? { ok: true, value: asObject(answer.value, kind) } : answer;
      }),

    delete: (kind, key, seen, abort) =>
      using(async (client) => {
        const attempt = attemptOf(`Delete ${label(key)}`, holdsSecrets(kind));
        const answer = await client.json(
          {
            method: 'DELETE',
            path: pathOf(kind, key.namespace, key.name),
            body: {
              apiVersion: 'v1',
              kind: 'DeleteOptions',
              preconditions: { uid: seen.uid, resourceVersion: seen.resourceVersion },
              // As kubectl does: what the object owns goes in the background.
              propagationPolicy: 'Background',
            },
            attempt,
          },
          abort,
        );
        return answer.ok ? { ok: true, value: undefined } : answer;
      }),
  };
}

/** Refusals before anything is sent: what would be written to the wrong place, or would write a placeholder. */
function cannotApply(object: KubernetesObject, key: ResourceKey, kind: KindInfo, attempt: Attempt) {
  if (key.name === '') {
    return failure('invalid', `${attempt.what}: the object has no metadata.name.`);
  }
  if (kind.namespaced && key.namespace === '') {
    return failure(
      'invalid',
      `${attempt.what}: the object names no namespace. Set metadata.namespace, or the environment's namespace.`,
    );
  }
  return isMaskedObject(object)
    ? failure('invalid', `${attempt.what}: it holds masked values, which are never applied.`)
    : undefined;
}

/** Items of a list carry neither apiVersion nor kind. */
function asObject(value: JsonObject, kind: KindInfo): KubernetesObject {
  const { apiVersion, kind: name, metadata, ...rest } = value;
  return {
    apiVersion: typeof apiVersion === 'string' ? apiVersion : groupVersionOf(kind),
    kind: typeof name === 'string' ? name : kind.kind,
    metadata: (metadata ?? {}) as JsonObject,
    ...rest,
  };
}

function pathOf(kind: KindInfo, namespace: string | undefined, name?: string): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const inside =
    kind.namespaced && namespace !== undefined && namespace !== ''
      ? `/namespaces/${encodeURIComponent(namespace)}`
      : '';
  return `${root}${inside}/${kind.resource}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

const groupVersionOf = (kind: KindInfo): string => (kind.group === '' ? kind.version : `${kind.group}/${kind.version}`);

/** `deployments.apps`, as kubectl names a kind. */
const nameOf = (kind: KindInfo): string => (kind.group === '' ? kind.resource : `${kind.resource}.${kind.group}`);

const holdsSecrets = (kind: KindInfo): boolean => /secret/i.test(kind.kind);
