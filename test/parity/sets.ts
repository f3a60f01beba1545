// Work on large sets: so many at a time, and a random choice that is the same in every run.

/** Runs `work` on every item, `width` at a time; the answers in the order of the items. */
export async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const answers: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      answers[index] = await work(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return answers;
}

/** Numbers from 0 to 1 that a seed decides. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** PLUMBLINE_SEED, or a fresh one: every run looks somewhere else, and says where. */
export function seedOf(): number {
  const given = process.env['PLUMBLINE_SEED'];
  return given === undefined ? Date.now() % 1_000_000_007 : Number(given);
}
