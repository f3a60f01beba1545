// The desired side of a comparison: every rendered object of an environment once, with its scope known and its namespace
// filled in the way the target would.
import type { JsonObject } from '../json';
import { isObject } from '../json';
import type { Failure, KindInfo } from '../ports';
import { namespaceOf } from '../render/renderSource';
import type { Rendering, Resource } from '../render/rendering';
import { isHook } from '../render/resources';
import type { KubernetesObject, ResourceKey } from '../resource';
import { groupOf, keyOf, keyText, label } from '../resource';
import type { Environment } from '../workspace/source';
import { sourceLabel } from '../workspace/sourceLabel';
import type { Kinds } from './live';

export interface Desired {
  key: ResourceKey;
  object: KubernetesObject;
  resource: Resource;
  rendering: Rendering;
  /** Undefined where the target does not serve it; `failure` says more, or the kind is still to be created. */
  kind: KindInfo | undefined;
  /** The kind's definition is among the desired objects and not live yet. */
  definedHere: boolean;
  failure?: Failure;
}

export interface DesiredState {
  /** By key text. Where two sources say the same object, the later one wins, as it does when they are applied. */
  objects: Map<string, Desired>;
  /** Sources that could not be rendered. */
  failures: Failure[];
  /** True where everything that the environment says is known. */
  complete: boolean;
}

export function collectDesired(environment: Environment, renderings: readonly Rendering[], kinds: Kinds): DesiredState {
  const state: DesiredState = { objects: new Map(), failures: [], complete: true };
  const definitions = collectDefinitions(renderings);
  for (const rendering of renderings) {
    if (rendering.failure) {
      const { render } = rendering.source;
      const { path, line } = rendering.failure;
      const message = render.tool === 'unsupported' ? render.reason : rendering.failure.message;
      const at = path === undefined ? '' : ` (${path}${line === undefined ? '' : `:${line + 1}`})`;
      state.failures.push({
        reason: 'error',
        message: `${sourceLabel(rendering.source.id)} could not be rendered, so its objects are unknown: ${message}${at}`,
      });
      state.complete = false;
      continue;
    }
    for (const resource of rendering.resources) {
      if (isHook(resource.object) || resource.key.name === '') {
        continue;
      }
      const desired = describe(environment, rendering, resource, kinds, definitions);
      state.objects.set(keyText(desired.key), desired);
    }
  }
  return state;
}

function describe(
  environment: Environment,
  rendering: Rendering,
  resource: Resource,
  kinds: Kinds,
  definitions: Map<string, KindInfo>,
): Desired {
  const { object } = resource;
  const group = groupOf(object.apiVersion);
  const exact = kinds.exact(object.apiVersion, object.kind);
  const other = kinds.any(group, object.kind);
  const defined = definitions.get(`${object.apiVersion}/${object.kind}`);
  const scope = exact ?? other ?? defined;
  const own = object.metadata.namespace;
  const fallback = namespaceOf(rendering.source, environment);
  const namespace = scope?.namespaced === false ? '' : typeof own === 'string' && own !== '' ? own : fallback;
  const base = { resource, rendering };
  if (!scope) {
    // Its scope is what the schemas know of it, if they do.
    const { key } = resource;
    const message = `The target does not serve ${object.apiVersion} ${object.kind}, so ${label(key)} cannot be compared. Is its CustomResourceDefinition installed?`;
    return { ...base, key, object, kind: undefined, definedHere: false, failure: { reason: 'unsupported', message } };
  }
  const key = keyOf(object, namespace);
  const placed = inNamespace(object, namespace);
  if (!exact && other) {
    const served = other.group === '' ? other.version : `${other.group}/${other.version}`;
    const message = `The target serves ${object.kind} as ${served}, not as ${object.apiVersion}; ${label(key)} cannot be compared.`;
    return {
      ...base,
      key,
      object: placed,
      kind: undefined,
      definedHere: false,
      failure: { reason: 'unsupported', message },
    };
  }
  return { ...base, key, object: placed, kind: scope, definedHere: !exact };
}

function inNamespace(object: KubernetesObject, namespace: string): KubernetesObject {
  if (object.metadata.namespace === (namespace === '' ? undefined : namespace)) {
    return object;
  }
  const { namespace: _old, ...metadata } = object.metadata;
  return { ...object, metadata: namespace === '' ? metadata : { ...metadata, namespace } };
}

/** Kinds that CustomResourceDefinitions among the desired objects will bring, by `apiVersion/kind`. */
function collectDefinitions(renderings: readonly Rendering[]): Map<string, KindInfo> {
  const found = new Map<string, KindInfo>();
  for (const { object } of renderings.flatMap((r) => r.resources)) {
    const spec = object.kind === 'CustomResourceDefinition' ? object.spec : undefined;
    const names = isObject(spec) ? spec.names : undefined;
    if (!isObject(spec) || !isObject(names) || !Array.isArray(spec.versions)) {
      continue;
    }
    const { group } = spec;
    const { kind, plural } = names;
    for (const version of spec.versions.filter((v): v is JsonObject => isObject(v) && v.served === true)) {
      if (typeof group === 'string' && typeof kind === 'string' && typeof plural === 'string') {
        const name = typeof version.name === 'string' ? version.name : '';
        const info = { group, version: name, kind, resource: plural, namespaced: spec.scope !== 'Cluster' };
        found.set(`${group}/${name}/${kind}`, info);
      }
    }
  }
  return found;
}
