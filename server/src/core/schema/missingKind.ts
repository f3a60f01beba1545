// Why a kind has no schema: misspelt, of another group, not served by this minor, removed from Kubernetes, or simply unknown here.
import { groupOf } from '../resource';
import { removedApi } from './removedApis';
import { nearest } from './suggest';

export interface MissingKind {
  /**
   * `removed` and `otherMinor`: no server of this minor has it. `misspelt`: of a group that is known completely, or nearly the name
   * of a known kind. `noSchema`: a custom resource whose definition is not at hand; nothing can be said about it.
   */
  reason: 'removed' | 'otherMinor' | 'misspelt' | 'noSchema';
  /** One sentence, with the next step. */
  message: string;
  /** Whether the apiVersion has other kinds: then the kind is what is wrong. */
  ofKnownVersion: boolean;
  /** What may be meant, best first. */
  suggestions: { apiVersion: string; kind: string }[];
}

export interface KnownKinds {
  builtin: { apiVersion: string; kind: string; minors: string[] }[];
  custom: { apiVersion: string; kind: string }[];
}

export function explainMissing(
  query: { apiVersion: string; kind: string },
  minor: string,
  known: KnownKinds,
): MissingKind {
  const served = known.builtin.filter((k) => k.minors.includes(minor));
  const ofKnownVersion = [...served, ...known.custom].some((k) => k.apiVersion === query.apiVersion);
  return { ...reasonOf(query, minor, known), ofKnownVersion };
}

/** Kinds have names that also make the name of a definition: letters, digits and dashes. */
const kindName = /^[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

function reasonOf(
  query: { apiVersion: string; kind: string },
  minor: string,
  known: KnownKinds,
): Omit<MissingKind, 'ofKnownVersion'> {
  const { apiVersion, kind } = query;
  const name = `${apiVersion} ${kind}`;
  const served = known.builtin.filter((k) => k.minors.includes(minor));
  const all = [...served, ...known.custom];

  const elsewhere = known.builtin.find((k) => k.apiVersion === apiVersion && k.kind === kind);
  if (elsewhere) {
    const suggestions = all.filter((k) => k.kind === kind && groupOf(k.apiVersion) === groupOf(apiVersion)).map(pair);
    return {
      reason: 'otherMinor',
      message: `Kubernetes ${minor} has no ${name}: it is served in ${span(elsewhere.minors)} only.${use(suggestions)}`,
      suggestions,
    };
  }
  const gone = removedApi(apiVersion, kind);
  if (gone) {
    return {
      reason: 'removed',
      message: `${name} was removed in Kubernetes ${gone.removedIn}.${gone.replacement ? ` Use apiVersion ${gone.replacement}.` : ' It has no replacement.'}`,
      suggestions: gone.replacement ? [{ apiVersion: gone.replacement, kind }] : [],
    };
  }

  const group = groupOf(apiVersion);
  const sameKind = all.filter((k) => k.kind === kind);
  const sameGroup = all.filter((k) => groupOf(k.apiVersion) === group);
  const ofBuiltinGroup = known.builtin.some((k) => groupOf(k.apiVersion) === group);
  if (sameGroup.length > 0) {
    const otherVersion = sameGroup.filter((k) => k.kind === kind);
    const near = nearest(kind, new Set(sameGroup.map((k) => k.kind)));
    const suggestions = unique([
      ...otherVersion,
      ...(near === undefined
        ? []
        : [
            ...sameGroup.filter((k) => k.kind === near && k.apiVersion === apiVersion),
            ...sameGroup.filter((k) => k.kind === near),
          ]),
      ...(ofBuiltinGroup ? sameKind : []),
    ]);
    if (ofBuiltinGroup || suggestions.length > 0) {
      return {
        reason: 'misspelt',
        message: `There is no ${name}${ofBuiltinGroup ? ` in Kubernetes ${minor}` : ''}.${meant(suggestions)}`,
        suggestions,
      };
    }
  } else {
    const nearGroup = nearest(group, new Set(all.map((k) => groupOf(k.apiVersion)).filter((g) => g !== '')));
    const suggestions = unique(sameKind.filter((k) => groupOf(k.apiVersion) === nearGroup || !group.includes('.')));
    // Custom groups always hold a dot, so a group without one can only be a mistake.
    if (suggestions.length > 0 || !group.includes('.')) {
      return { reason: 'misspelt', message: `There is no ${name}.${meant(suggestions)}`, suggestions };
    }
  }
  if (!kindName.test(kind)) {
    return {
      reason: 'misspelt',
      message: `There is no ${name}: ${JSON.stringify(kind)} cannot be the name of a kind.`,
      suggestions: [],
    };
  }
  return {
    reason: 'noSchema',
    message: `No schema is known for ${name}, so its fields are not checked. Add its CustomResourceDefinition to the repository or name its folder under "schemas" in .plumbline.yaml.`,
    suggestions: [],
  };
}

const pair = (k: { apiVersion: string; kind: string }): { apiVersion: string; kind: string } => ({
  apiVersion: k.apiVersion,
  kind: k.kind,
});

function unique(kinds: { apiVersion: string; kind: string }[]): { apiVersion: string; kind: string }[] {
  const seen = new Map(kinds.map((k) => [`${k.apiVersion} ${k.kind}`, pair(k)]));
  return [...seen.values()].slice(0, 3);
}

function meant(suggestions: { apiVersion: string; kind: string }[]): string {
  const [first] = suggestions;
  return first ? ` Did you mean ${first.apiVersion} ${first.kind}?` : ' Check apiVersion and kind.';
}

function use(suggestions: { apiVersion: string; kind: string }[]): string {
  const [first] = suggestions;
  return first ? ` Use ${first.apiVersion}.` : '';
}

/** `1.33`, or `1.33 to 1.35`. */
function span(minors: string[]): string {
  const [first] = minors;
  const last = minors.at(-1);
  return first === last ? (first ?? '') : `${first ?? ''} to ${last ?? ''}`;
}
