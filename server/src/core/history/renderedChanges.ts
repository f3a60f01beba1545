// What differs between two renderings of the same source, object by object, as texts that may be shown.
import { strictlyEqual } from '../drift/compare';
import { maskedPair } from '../drift/display';
import type { Rendering, Resource } from '../render/rendering';
import type { ResourceKey } from '../resource';
import { keyText } from '../resource';

export interface RenderedChange {
  key: ResourceKey;
  change: 'create' | 'update' | 'delete';
  /** Masked YAML; undefined: not there. */
  before?: string;
  after?: string;
}

/** Objects that `after` creates, changes or drops compared with `before`; sorted by identity. */
export function renderedChanges(before: Rendering, after: Rendering): RenderedChange[] {
  const old = byKey(before);
  const fresh = byKey(after);
  const changes: RenderedChange[] = [];
  for (const text of [...new Set([...old.keys(), ...fresh.keys()])].sort()) {
    const a = old.get(text);
    const b = fresh.get(text);
    const key = (b ?? a)?.key;
    if (key === undefined || (a && b && strictlyEqual(a.object, b.object))) {
      continue;
    }
    const shown = maskedPair(a?.object, b?.object);
    changes.push({
      key,
      change: a ? (b ? 'update' : 'delete') : 'create',
      ...(shown.before === undefined ? {} : { before: shown.before }),
      ...(shown.after === undefined ? {} : { after: shown.after }),
    });
  }
  return changes;
}

const byKey = (rendering: Rendering): Map<string, Resource> =>
  new Map(rendering.resources.map((resource) => [keyText(resource.key), resource]));
