// Splits a long list of objects into pages for the multi-file diff, which opens every document before it shows one.

/** Above this the editor becomes slow to open and warns of too many listeners. */
export const pageSize = 100;

export interface Page<T> {
  /** `shop … web (101–200)`. */
  title: string;
  items: T[];
}

/** Pages in the given order; one page has no number. */
export function pagesOf<T>(items: readonly T[], nameOf: (item: T) => string, size = pageSize): Page<T>[] {
  const pages: Page<T>[] = [];
  for (let start = 0; start < items.length; start += size) {
    const part = items.slice(start, start + size);
    const [first, last] = [part[0], part[part.length - 1]];
    if (first !== undefined && last !== undefined) {
      pages.push({ title: `${start + 1}–${start + part.length}: ${nameOf(first)} … ${nameOf(last)}`, items: part });
    }
  }
  return pages;
}
