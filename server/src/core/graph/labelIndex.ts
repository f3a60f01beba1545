// What can be chosen by labels in one scope: Pods and Services by namespace and by each of their labels, so that a selector looks only at
// what has its rarest pair.
import type { PodFact, WrittenObject } from './facts';
import { chooses, objectLabels, podLabels } from './podLabels';
import type { Placed } from './placement';
import type { Scope } from './scope';

/** A Pod (template) or a Service with the labels that it is deployed with. */
export interface Selectable {
  placed: Placed;
  /** Which of the object's Pods; undefined for a Service. A number, so that it outlives an edit which keeps the labels. */
  podIndex: number | undefined;
  labels: ReadonlyMap<string, string>;
}

interface Group {
  all: Selectable[];
  byPair: Map<string, Selectable[]>;
}

type ObjectOf = (placed: Placed) => WrittenObject | undefined;

export class LabelIndex {
  private readonly groups = new Map<string, Group>();

  constructor(
    scope: Scope,
    private readonly objectOf: ObjectOf,
  ) {
    for (const [namespace, objects] of scope.byNamespace) {
      for (const placed of objects) {
        for (const selectable of this.selectablesOf(placed)) {
          const what = selectable.podIndex === undefined ? 'services' : 'pods';
          this.add(`${what}:${namespace}`, selectable);
          this.add(`${what}:*`, selectable);
        }
      }
    }
  }

  /** Pods of one object. */
  static podsOf(placed: Placed, objectOf: ObjectOf): Selectable[] {
    return (objectOf(placed)?.pods ?? []).map((pod, podIndex) => ({
      placed,
      podIndex,
      labels: podLabels(placed, pod, objectOf),
    }));
  }

  static podOf({ placed, podIndex }: Selectable, objectOf: ObjectOf): PodFact | undefined {
    return podIndex === undefined ? undefined : objectOf(placed)?.pods[podIndex];
  }

  private selectablesOf(placed: Placed): Selectable[] {
    const object = this.objectOf(placed);
    if (object === undefined) {
      return [];
    }
    return placed.key.kind === 'Service' && placed.key.group === ''
      ? [{ placed, podIndex: undefined, labels: objectLabels(placed, object, this.objectOf) }]
      : LabelIndex.podsOf(placed, this.objectOf);
  }

  private add(key: string, selectable: Selectable): void {
    let group = this.groups.get(key);
    if (group === undefined) {
      group = { all: [], byPair: new Map() };
      this.groups.set(key, group);
    }
    group.all.push(selectable);
    for (const [name, value] of selectable.labels) {
      const pair = `${name}=${value}`;
      const list = group.byPair.get(pair);
      if (list === undefined) {
        group.byPair.set(pair, [selectable]);
      } else {
        list.push(selectable);
      }
    }
  }

  /** Everything of a namespace; `*` is all of them. */
  all(what: 'pods' | 'services', namespace: string): readonly Selectable[] {
    return this.groups.get(`${what}:${namespace}`)?.all ?? [];
  }

  /** Everything that has all of the pairs. */
  chosen(what: 'pods' | 'services', namespace: string, pairs: ReadonlyMap<string, string>): readonly Selectable[] {
    const group = this.groups.get(`${what}:${namespace}`);
    let rarest: readonly Selectable[] | undefined = group?.all;
    for (const [name, value] of pairs) {
      const having = group?.byPair.get(`${name}=${value}`) ?? [];
      if (rarest === undefined || having.length < rarest.length) {
        rarest = having;
      }
    }
    return (rarest ?? []).filter(({ labels }) => chooses(pairs, labels));
  }

  /** What has all of the pairs but one: where a selector with a slip would be meant to go. */
  almostChosen(
    what: 'pods' | 'services',
    namespace: string,
    pairs: ReadonlyMap<string, string>,
  ): readonly Selectable[] {
    if (pairs.size === 1) {
      return this.all(what, namespace);
    }
    const found = new Set<Selectable>();
    for (const left of pairs.keys()) {
      const others = new Map([...pairs].filter(([name]) => name !== left));
      this.chosen(what, namespace, others).forEach((selectable) => found.add(selectable));
    }
    return [...found];
  }
}
