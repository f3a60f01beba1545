// Objects that lost their identity: two of apiVersion, kind and metadata say what the document is meant to be, the third is misspelt,
// missing or no text. Nobody but a reader of the whole file would notice, because tools pass over what is no object.
import { entryOf } from '../yaml/path';
import { follow, keyName, scalarValue } from '../yaml/resolve';
import type { MapNode, Node, Pair } from '../yaml/tree';

const names = ['apiVersion', 'kind', 'metadata'] as const;

/** Cheap: whether a document's text may hold such an object, or any object. Lines of broken text count by their first word. */
export function resemblesObject(text: string): boolean {
  const found = new Set<string>();
  for (const match of text.matchAll(/^(?:--- +|\{)?[ \t]*(["']?)(apiVersion|kind|metadata)\1(?![\w-])/gm)) {
    // An indented word is a field of something else, except between brackets.
    if (/^[^ \t]/.test(match[0]) || /^\s*\{/.test(text)) {
      found.add(match[2] ?? '');
    }
  }
  return found.size >= 2 || (/^\s*\{/.test(text) && resemblesJsonObject(text));
}

/** The same for broken JSON on one line, where names behind the outermost bracket count. */
function resemblesJsonObject(text: string): boolean {
  const found = new Set<string>();
  let depth = 0;
  for (const [token] of text.slice(0, 20_000).matchAll(/"(?:[^"\\\n]|\\.)*"|[{}[\]]/g)) {
    depth += token === '{' || token === '[' ? 1 : token === '}' || token === ']' ? -1 : 0;
    if (depth === 1 && names.some((name) => token === `"${name}"`)) {
      found.add(token);
    }
  }
  return found.size >= 2;
}

/** The root of a document that is an object but for its identity; undefined for everything else. */
export function lostObject(node: Node | undefined): MapNode | undefined {
  const root = node === undefined ? undefined : follow(node);
  if (root?.kind !== 'map') {
    return undefined;
  }
  const present = names.filter((name) => entryOf(root, name) !== undefined);
  if (present.length < 2 || (isText(entryOf(root, 'apiVersion')) && isText(entryOf(root, 'kind')))) {
    return undefined;
  }
  // `metadata` is a common word: beside it, only a well-formed half of an identity counts.
  return present.includes('apiVersion') && present.includes('kind')
    ? root
    : entryOf(root, 'metadata')?.value.kind === 'map' && (isVersion(root) || isKind(root))
      ? root
      : undefined;
}

function isVersion(root: MapNode): boolean {
  return /^(?:v\d\w*|[a-z0-9.-]+\/v\d\w*)$/.test(textOf(entryOf(root, 'apiVersion')) ?? '');
}

function isKind(root: MapNode): boolean {
  return /^[A-Z][A-Za-z0-9]+$/.test(textOf(entryOf(root, 'kind')) ?? '');
}

export function isText(pair: Pair | undefined): boolean {
  return (textOf(pair) ?? '') !== '';
}

function textOf(pair: Pair | undefined): string | undefined {
  const node = pair === undefined ? undefined : follow(pair.value);
  const value = node?.kind === 'scalar' ? scalarValue(node) : undefined;
  return typeof value === 'string' ? value : undefined;
}

export interface IdentityFault {
  name: 'apiVersion' | 'kind';
  /** The field, where it is there and says nothing. */
  pair?: Pair;
  /** The field that is probably meant to be it. */
  misspelt?: Pair;
}

/** What is wrong with the identity: one entry for each of the two fields that does not say what it must. */
export function identityFaults(root: MapNode): IdentityFault[] {
  const faults: IdentityFault[] = [];
  for (const name of ['apiVersion', 'kind'] as const) {
    const pair = entryOf(root, name);
    const misspelt = root.pairs.find(({ key }) => isNearly(keyName(key) ?? '', name));
    if (!isText(pair)) {
      faults.push({ name, ...(pair !== undefined ? { pair } : misspelt !== undefined ? { misspelt } : {}) });
    }
  }
  return faults;
}

function isNearly(text: string, name: string): boolean {
  if (text.toLowerCase() === name.toLowerCase()) {
    return true;
  }
  // One letter more, less or other.
  for (let at = 0; at <= name.length; at++) {
    const [before, after] = [name.slice(0, at), name.slice(at)];
    const fits = text.startsWith(before) && [after, after.slice(1)].some((rest) => endsWithin(text.slice(at), rest));
    if (fits) {
      return true;
    }
  }
  return false;
}

/** True where `text` is `rest` with at most one letter in front of it. */
function endsWithin(text: string, rest: string): boolean {
  return text.endsWith(rest) && text.length - rest.length <= 1;
}
