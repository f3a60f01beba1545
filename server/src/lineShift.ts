// Where the lines of a text went in a newer one, as far as it can be told at once: the same head and tail stay the same lines.

/** For a range of lines of `before`: by how many lines it moved; undefined where it was itself changed. */
export function lineShift(before: string, after: string): (start: number, end: number) => number | undefined {
  const a = before.split('\n');
  const b = after.split('\n');
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a[head] === b[head]) {
    head++;
  }
  let tail = 0;
  while (tail < most - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) {
    tail++;
  }
  return (start, end) => {
    if (end < head) {
      return 0;
    }
    return start >= a.length - tail ? b.length - a.length : undefined;
  };
}
