// Which objects a search over the workspace finds first: the name itself, then names that begin so, then parts of names.
import type { Definition } from '../graph/graph';

/** Ordered best first. `query` may hold a kind or namespace beside the name: `deploy web`, `shop/web`. */
export function ranked(query: string, found: readonly Definition[]): Definition[] {
  const words = query
    .toLowerCase()
    .split(/[\s/]+/)
    .filter((word) => word !== '');
  const last = words[words.length - 1] ?? '';
  return found
    .map((definition, index) => ({ definition, index, score: scoreOf(definition, last) }))
    .sort((a, b) => a.score - b.score || a.index - b.index)
    .map(({ definition }) => definition);
}

function scoreOf({ name }: Definition, word: string): number {
  const lower = name.toLowerCase();
  if (lower === word) {
    return 0;
  }
  if (lower.startsWith(word)) {
    return 1;
  }
  const at = lower.indexOf(word);
  return at < 0 ? 4 : /[^a-z0-9]/.test(lower[at - 1] ?? '-') ? 2 : 3;
}
