// Words that several views share: counts, relative times, short commit names. No editor types, so that tests read them directly.

/** `1 object`, `3 objects`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function shortRevision(id: string): string {
  return /^[0-9a-f]{40}$/.test(id) ? id.slice(0, 7) : id;
}

const units: [string, number][] = [
  ['y', 365 * 24 * 3600],
  ['mo', 30 * 24 * 3600],
  ['d', 24 * 3600],
  ['h', 3600],
  ['min', 60],
];

/** `2 h ago`; empty where there is no such time. */
export function ago(iso: string | undefined, now: number): string {
  const time = iso === undefined ? NaN : Date.parse(iso);
  if (Number.isNaN(time)) {
    return '';
  }
  const seconds = Math.max(0, Math.round((now - time) / 1000));
  for (const [unit, size] of units) {
    if (seconds >= size) {
      return `${Math.floor(seconds / size)} ${unit} ago`;
    }
  }
  return 'just now';
}

/** The parts that are not empty, as one line. */
export function joined(...parts: (string | undefined | false)[]): string {
  return parts.filter((part): part is string => typeof part === 'string' && part !== '').join(' · ');
}

/** Last segment of a folder's URI or path, as people call the folder. */
export function folderName(folder: string): string {
  const name = folder.replace(/\/+$/, '').split('/').pop() ?? folder;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Hours and minutes in the person's own writing. */
export function clock(iso: string): string {
  return new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}
