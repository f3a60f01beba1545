// "Did you mean": the nearest of some names, where one is near enough to be meant. Field and kind names are held to a narrower measure
// than other words, and a name that was only begun counts.
import { distanceWithin } from '../suggest';

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
    const d = distanceWithin(wanted, c, bestDistance - 1);
    if (d !== undefined) {
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
