// Kubernetes versions as people write them, and their order.

/** Oldest first; an unknown one stands for the newest. */
export function compareMinors(a: string | undefined, b: string | undefined): number {
  const number = (minor: string | undefined): number =>
    minor === undefined ? Infinity : Number(minor.slice(minor.indexOf('.') + 1));
  const [first, second] = [number(a), number(b)];
  return first === second ? 0 : first - second;
}

/** `1.35` of `v1.35.2`; undefined where a text is no version. */
export function minorText(version: string | undefined): string | undefined {
  return /^v?(\d+\.\d+)/.exec(version ?? '')?.[1];
}
