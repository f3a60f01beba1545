// How long to wait after a keystroke before rendering again: not at all where rendering is fast, longer where it is not, so that
// a slow rendering is not asked for once per letter.

/** Renderings up to this are asked for at once. */
const fast = 20;
const longest = 300;

/** Milliseconds to wait, from what the last rendering took. */
export function nextPause(took: number): number {
  return took <= fast ? 0 : Math.min(Math.round(took), longest);
}
