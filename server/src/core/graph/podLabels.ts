// Labels as they are deployed, and the selectors that choose by them: written labels, what patches add, what the layers add.
import type { LabelFact, PodFact, SelectorFact, WrittenObject } from './facts';
import type { Placed } from './placement';

export type ObjectOf = (placed: Placed) => WrittenObject | undefined;

/** Kinds whose selectors kustomize extends by its labels. */
const selecting = new Set([
  'Service',
  'ReplicationController',
  'Deployment',
  'ReplicaSet',
  'DaemonSet',
  'StatefulSet',
  'Job',
  'PodDisruptionBudget',
  'NetworkPolicy',
]);

export function podLabels(placed: Placed, pod: PodFact, objectOf: ObjectOf): Map<string, string> {
  const labels = new Map<string, string>();
  put(labels, pod.labels);
  for (const patch of placed.patches) {
    for (const patching of objectOf(patch)?.pods ?? []) {
      put(labels, patching.labels);
    }
  }
  for (const layer of placed.labels) {
    if (layer.templates || placed.key.kind === 'Pod') {
      put(labels, layer.pairs);
    }
  }
  return labels;
}

export function objectLabels(placed: Placed, object: WrittenObject, objectOf: ObjectOf): Map<string, string> {
  const labels = new Map<string, string>();
  put(labels, object.labels);
  placed.patches.forEach((patch) => put(labels, objectOf(patch)?.labels ?? []));
  placed.labels.forEach((layer) => put(labels, layer.pairs));
  return labels;
}

/** Pairs of a selector after the layers of its object. */
export function selectorPairs(placed: Placed, selector: SelectorFact): Map<string, string> {
  const pairs = new Map<string, string>();
  put(pairs, selector.pairs);
  if (selecting.has(placed.key.kind)) {
    for (const layer of placed.labels) {
      if (layer.selectors) {
        put(pairs, layer.pairs);
      }
    }
  }
  return pairs;
}

export function chooses(selector: ReadonlyMap<string, string>, labels: ReadonlyMap<string, string>): boolean {
  for (const [name, value] of selector) {
    if (labels.get(name) !== value) {
      return false;
    }
  }
  return true;
}

function put(labels: Map<string, string>, pairs: readonly LabelFact[]): void {
  for (const { name, value } of pairs) {
    labels.set(name, value);
  }
}
