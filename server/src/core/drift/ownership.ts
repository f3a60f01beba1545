// Whose object is it? Evidence that a live object belongs to a source: Plumbline's own record, Flux's labels, Argo CD's
// tracking. Without evidence an object is nobody's: absence from Git alone never makes it a leftover.
import type { JsonObject, JsonValue } from '../json';
import { isObject } from '../json';
import { isHook } from '../render/resources';
import type { KubernetesObject } from '../resource';
import { groupOf, keyOf } from '../resource';
import type { Source } from '../workspace/source';
import type { FieldSet } from './fieldSet';

/** Written by a sync: `<environment>@<repository> <source id>`. The repository keeps two of them from pruning each other. */
export const ownerAnnotation = 'plumbline.dev/owner';
export const argoTracking = 'argocd.argoproj.io/tracking-id';
const fluxPrefixes = { fluxKustomization: 'kustomize.toolkit.fluxcd.io', fluxHelmRelease: 'helm.toolkit.fluxcd.io' };

/** Labels and annotations that appliers add to what Git says. They are theirs, not a difference. */
const applierMarks: Record<'labels' | 'annotations', string[]> = {
  labels: [
    'kustomize.toolkit.fluxcd.io/name',
    'kustomize.toolkit.fluxcd.io/namespace',
    'helm.toolkit.fluxcd.io/name',
    'helm.toolkit.fluxcd.io/namespace',
    'app.kubernetes.io/managed-by',
  ],
  annotations: [
    ownerAnnotation,
    argoTracking,
    'argocd.argoproj.io/installation-id',
    'meta.helm.sh/release-name',
    'meta.helm.sh/release-namespace',
  ],
};

export function recordOwner(object: KubernetesObject, owner: string, source: string): KubernetesObject {
  const annotations = isObject(object.metadata.annotations) ? object.metadata.annotations : {};
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, [ownerAnnotation]: `${owner} ${source}` } },
  };
}

/**
 * The desired object as its applier would send it: with the marks that the applier's last apply wrote and owns. Without
 * them every comparison would say that a sync takes the applier's own labels away.
 */
export function withApplierMarks(
  desired: KubernetesObject,
  live: KubernetesObject,
  last: FieldSet | undefined,
): KubernetesObject {
  let metadata: JsonObject | undefined;
  for (const place of ['labels', 'annotations'] as const) {
    const has = live.metadata[place];
    const wants = desired.metadata[place];
    const owned = last?.['f:metadata']?.[`f:${place}`];
    if (!isObject(has) || !owned) {
      continue;
    }
    for (const name of applierMarks[place]) {
      const value = has[name];
      const declared: JsonValue | undefined = isObject(wants) ? wants[name] : undefined;
      if (value !== undefined && declared === undefined && owned[`f:${name}`] !== undefined) {
        metadata ??= { ...desired.metadata };
        metadata[place] = { ...(isObject(metadata[place]) ? metadata[place] : {}), [name]: value };
      }
    }
  }
  return metadata ? { ...desired, metadata } : desired;
}

/** What can be an object's owner in one environment: its record's name and its sources. */
export interface OwnerScope {
  /** `<environment>@<repository>`, as recorded; undefined where nothing was ever recorded. */
  record: string | undefined;
  sources: readonly Source[];
}

/** Id of the source that the live object was applied for; undefined where nothing proves one. */
export function ownerOf(live: KubernetesObject, scope: OwnerScope): string | undefined {
  if (isControlled(live) || isHook(live)) {
    return undefined;
  }
  const labels = isObject(live.metadata.labels) ? live.metadata.labels : {};
  const annotations = isObject(live.metadata.annotations) ? live.metadata.annotations : {};
  const record = annotations[ownerAnnotation];
  if (typeof record === 'string' && scope.record !== undefined && record.startsWith(scope.record + ' ')) {
    return record.slice(scope.record.length + 1);
  }
  for (const source of scope.sources) {
    const declared = source.id.slice(source.id.indexOf('#') + 1);
    if (source.kind === 'fluxKustomization' || source.kind === 'fluxHelmRelease') {
      const prefix = fluxPrefixes[source.kind];
      const name = labels[`${prefix}/name`];
      const namespace = labels[`${prefix}/namespace`];
      if (typeof name === 'string' && typeof namespace === 'string' && declared === `${namespace}/${name}`) {
        return source.id;
      }
    }
    if (source.kind === 'argoApplication' && tracks(annotations[argoTracking], source.name, live)) {
      return source.id;
    }
  }
  return undefined;
}

/** `<application>:<group>/<kind>:<namespace>/<name>`, naming the object itself: a copy of an annotation proves nothing. */
function tracks(tracking: JsonValue | undefined, application: string, live: KubernetesObject): boolean {
  if (typeof tracking !== 'string') {
    return false;
  }
  const key = keyOf(live);
  const [name = '', kind = '', object = ''] = splitInThree(tracking);
  // Applications outside Argo CD's own namespace are written `<namespace>_<name>`.
  const sameApplication = name === application || name.endsWith('_' + application);
  const sameObject = object === `${key.namespace}/${key.name}` || key.namespace === '';
  return (
    sameApplication &&
    kind === `${groupOf(live.apiVersion)}/${live.kind}` &&
    sameObject &&
    object.endsWith('/' + key.name)
  );
}

/** Names of RBAC objects hold colons, so only the first two separate. */
function splitInThree(text: string): string[] {
  const first = text.indexOf(':');
  const second = text.indexOf(':', first + 1);
  return second < 0 ? [text] : [text.slice(0, first), text.slice(first + 1, second), text.slice(second + 1)];
}

/** Made by a controller from another object; labels and annotations on it may be copies. */
function isControlled(live: KubernetesObject): boolean {
  const references = live.metadata.ownerReferences;
  return Array.isArray(references) && references.some((r) => isObject(r) && r.controller === true);
}

/** Why an owner's leftover must not be deleted, where the object itself says so. */
export function pruneRefusal(live: KubernetesObject): string | undefined {
  const annotations = isObject(live.metadata.annotations) ? live.metadata.annotations : {};
  const labels = isObject(live.metadata.labels) ? live.metadata.labels : {};
  const flux = 'kustomize.toolkit.fluxcd.io/prune';
  if (annotations[flux] === 'disabled' || labels[flux] === 'disabled') {
    return `It carries ${flux}: disabled.`;
  }
  const options = annotations['argocd.argoproj.io/sync-options'];
  if (typeof options === 'string' && options.split(',').some((o) => /^\s*(Prune|Delete)=(false|confirm)\s*$/.test(o))) {
    return `Its sync options say ${options}.`;
  }
  if (annotations['helm.sh/resource-policy'] === 'keep') {
    return 'It carries helm.sh/resource-policy: keep.';
  }
  return undefined;
}
