// Whether one name is another one with a slip of the finger: what may be said of a name that nothing answers to.
import { distanceWithin } from '../suggest';

/**
 * One letter added, left out, replaced, or swapped with its neighbour. Names that differ in a number, or in a last letter that tells things
 * apart (`db-a`, `db-b`; `key`, `keys`), are different names.
 */
export function isMisspelt(text: string, name: string): boolean {
  if (text === name || Math.min(text.length, name.length) < 4 || distanceWithin(text, name, 1) !== 1) {
    return false;
  }
  const letters = (word: string): string => word.replace(/\d/g, '');
  if (letters(text) === letters(name)) {
    return false;
  }
  const parts = (word: string): string[] => word.split(/[-._/]/);
  const [a, b] = [parts(text), parts(name)];
  if (a.length !== b.length) {
    return false;
  }
  const at = a.findIndex((part, i) => part !== b[i]);
  const [one = '', other = ''] = [a[at], b[at]];
  // A short part is a name of its own: `eu` and `us`, `a` and `b`.
  return (
    Math.min(one.length, other.length) >= 3 && one !== `${other}s` && other !== `${one}s` && !/\d/.test(one + other)
  );
}
