// "Did you mean": the nearest of some names, where one is near enough to be meant.

/** The nearest candidate, case ignored first; undefined where none is near. */
export function nearest(text: string, names: Iterable<string>): string | undefined {
  const wanted = text.toLowerCase();
  const candidates = [...names];
  // One mistake in three letters is a typing error; more is another word.
  const allowed = Math.max(1, Math.min(3, Math.floor(wanted.length / 3)));
  let best: string | undefined;
  let bestDistance = allowed + 1;
  for (const candidate of candidates) {
    const c = candidate.toLowerCase();
    if (c === wanted) {
      return candidate;
    }
    const d = distance(wanted, c, bestDistance);
    if (d < bestDistance) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best ?? begun(wanted, candidates);
}

/** The only candidate that begins with the text: a name that was cut short. */
function begun(wanted: string, candidates: readonly string[]): string | undefined {
  if (wanted.length < 3) {
    return undefined;
  }
  const found = candidates.filter((candidate) => candidate.toLowerCase().startsWith(wanted));
  return found.length === 1 ? found[0] : undefined;
}

/** Edits (insert, delete, replace, swap neighbours) between two texts; anything at or above `limit` is `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) {
    return limit;
  }
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        (previous[j] ?? limit) + 1,
        (current[j - 1] ?? limit) + 1,
        (previous[j - 1] ?? limit) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? limit) + 1);
      }
      current[j] = cost;
    }
    before = previous;
    previous = current;
  }
  return Math.min(limit, previous[b.length] ?? limit);
}
