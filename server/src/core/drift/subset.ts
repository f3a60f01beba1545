// The comparison of last resort, for kinds whose merge rules nobody knows: everything that the desired object says must be
// live. What live has besides is not looked at, so fields that were removed from Git cannot be seen.
import type { JsonValue } from '../json';
import { isObject } from '../json';
import type { Difference, ElementPath } from './compare';
import { strictlyEqual } from './compare';

/** `desired` with its defaults written out where an engine knows them. */
export function subsetDifferences(desired: JsonValue, live: JsonValue | undefined): Difference[] {
  const found: Difference[] = [];
  collect(desired, live, [], found);
  return found;
}

function collect(desired: JsonValue, live: JsonValue | undefined, path: ElementPath, found: Difference[]): void {
  const nothing =
    desired === null || desired === '' || (typeof desired === 'object' && Object.keys(desired).length === 0);
  if (strictlyEqual(desired, live) || (nothing && (live === undefined || live === null))) {
    return;
  }
  if (isObject(desired) && isObject(live)) {
    for (const [key, child] of Object.entries(desired)) {
      collect(child, live[key], [...path, 'f:' + key], found);
    }
  } else if (Array.isArray(desired) && Array.isArray(live) && desired.length === live.length) {
    desired.forEach((item, i) => collect(item, live[i], [...path, `i:${i}`], found));
  } else {
    found.push({ path, order: false });
  }
}
