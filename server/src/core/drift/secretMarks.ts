// What a snapshot remembers of a secret value that it hides: whether it was the one that Git says. The mark is a fingerprint of
// Git's value alone, so that nothing about a value that is not in Git is ever written, not even what would confirm a guess.
import type { JsonObject } from '../json';
import { isObject } from '../json';
import type { KubernetesObject, ResourceKey } from '../resource';
import { keyText } from '../resource';
import { base64 } from './base64';
import { isSecret, secretWithData } from './builtin';
import { isMasked, placeholder, placeholderKeys } from './mask';

/** A slow one-way digest of a base64 value; `place` salts it, so that equal values in two places have different ones. */
export type Fingerprint = (place: string, value: string) => Promise<string>;

/** `unknown`: nobody could say. */
export type HiddenVerdict = 'same' | 'different' | 'unknown';

const same = `${placeholder}:same:`;
/** The live value was another one than the value with this fingerprint. */
const other = `${placeholder}:other:`;

/** The data of a live Secret as a snapshot stores it, by key; values of keys that Git does not say are left out. */
export async function markedData(
  live: KubernetesObject,
  desired: KubernetesObject | undefined,
  key: ResourceKey,
  fingerprint: Fingerprint,
): Promise<Map<string, string>> {
  const marked = new Map<string, string>();
  const wanted = desired === undefined ? {} : plainData(desired);
  for (const [name, value] of Object.entries(isObject(live.data) ? live.data : {})) {
    const git = wanted[name];
    if (git !== undefined && typeof value === 'string' && !isMasked(value)) {
      const mark = await fingerprint(placeOf(key, name), git);
      marked.set(name, base64(`${sameBytes(value, git) ? same : other}${mark}`));
    }
  }
  return marked;
}

/** For each value that a snapshot's Secret hides and Git says: are the two the same? */
export async function hiddenVerdicts(
  live: KubernetesObject,
  desired: KubernetesObject,
  key: ResourceKey,
  fingerprint: Fingerprint | undefined,
): Promise<Map<string, HiddenVerdict>> {
  const verdicts = new Map<string, HiddenVerdict>();
  const wanted = plainData(desired);
  const data = isObject(live.data) ? live.data : {};
  for (const name of placeholderKeys(live)) {
    const git = wanted[name];
    const stored = data[name];
    if (git !== undefined && typeof stored === 'string') {
      const mark = await fingerprint?.(placeOf(key, name), git);
      verdicts.set(name, mark === undefined ? 'unknown' : verdictOf(stored, mark));
    }
  }
  return verdicts;
}

function verdictOf(stored: string, mark: string): HiddenVerdict {
  if (stored.startsWith(base64(same))) {
    // What was Git's value then is still live, whatever Git says now.
    return stored === base64(same + mark) ? 'same' : 'different';
  }
  return stored === base64(other + mark) ? 'different' : 'unknown';
}

const placeOf = (key: ResourceKey, name: string): string => `${keyText(key)} ${name}`;

/** Values that Git says in plain text. Encrypted ones are nobody's to compare. */
function plainData(desired: KubernetesObject): Record<string, string> {
  const { stringData } = desired;
  const isText = !isObject(stringData) || Object.values(stringData).every((value) => typeof value === 'string');
  if (!isSecret(desired) || desired.sops !== undefined || !isText) {
    return {};
  }
  const { data } = secretWithData(desired) as JsonObject;
  return Object.fromEntries(
    Object.entries(isObject(data) ? data : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}

/** Base64 may be broken into lines. */
const sameBytes = (a: string, b: string): boolean => a.replace(/\s/g, '') === b.replace(/\s/g, '');
