// Why a kind has no schema: misspelt, of another group, not served by this minor, removed from Kubernetes, or simply unknown here.
import { groupOf } from '../resource';
import type { ApiLifecycle } from './pack';
import { goneFromFlux } from './removedApis';
import { stability } from './successor';
import { nearest } from './suggest';

export interface MissingKind {
  /**
   * `removed` and `otherMinor`: no server of this minor has it. `otherVersion`: the release of the product that Plumbline knows has
   * it no more, or not yet; a cluster may run another one. `misspelt`: of a group that is known completely, or nearly the name
   * of a known kind. `noSchema`: nothing can be said about it, because its definition is not at hand.
   */
  reason: 'removed' | 'otherMinor' | 'otherVersion' | 'misspelt' | 'noSchema';
  /**
   * What the server says of it: it surely refuses it, or probably (a product dropped the version some time ago), or nobody knows here.
   * What a group of custom resources holds is the cluster's own affair, and of a Kubernetes version outside the pack only what went
   * before is known.
   */
  verdict: 'refused' | 'doubtful' | 'unknown';
  /** One sentence, with the next step. */
  message: string;
  /** Whether the apiVersion has other kinds: then the kind is what is wrong. */
  ofKnownVersion: boolean;
  /** What may be meant, best first. */
  suggestions: { apiVersion: string; kind: string }[];
}

export interface KnownKinds {
  builtin: { apiVersion: string; kind: string; minors: string[] }[];
  /** `origin`: the product that a bundled definition came with; absent where the repository or the cluster defines the kind. */
  custom: { apiVersion: string; kind: string; origin?: string }[];
  /** The life of a version of Kubernetes; undefined: not known. */
  lifecycle(apiVersion: string, kind: string): ApiLifecycle | undefined;
}

/** `minor` is the one of the pack that stands in for the version that was asked for. */
export function explainMissing(
  query: { apiVersion: string; kind: string; minor?: string | undefined },
  minor: string,
  known: KnownKinds,
): MissingKind {
  const served = known.builtin.filter((k) => k.minors.includes(minor));
  const ofKnownVersion = [...served, ...known.custom].some((k) => k.apiVersion === query.apiVersion);
  const missing = reasonOf(query, minor, known);
  const isOfPack = query.minor === undefined || numberOf(query.minor) === numberOf(minor);
  const refused =
    missing.reason === 'removed' || (isOfPack && missing.reason !== 'noSchema' && !isCustomGroup(query, known));
  const doubtful = missing.reason === 'otherVersion' && goneFromFlux(query.apiVersion) !== undefined;
  return { ...missing, verdict: refused ? 'refused' : doubtful ? 'doubtful' : 'unknown', ofKnownVersion };
}

/** A group that clusters can fill as they like: its name holds a dot, and Kubernetes itself has none of that name. */
function isCustomGroup({ apiVersion, kind }: { apiVersion: string; kind: string }, known: KnownKinds): boolean {
  const group = groupOf(apiVersion);
  return kindName.test(kind) && group.includes('.') && !known.builtin.some((k) => groupOf(k.apiVersion) === group);
}

const whereFrom =
  ' Add its CustomResourceDefinition to the repository, name its folder under "schemas" in .plumbline.yaml, or capture the schemas of your cluster.';

/** Kinds have names that also make the name of a definition: letters, digits and dashes. */
const kindName = /^[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

function reasonOf(
  query: { apiVersion: string; kind: string; minor?: string | undefined },
  minor: string,
  known: KnownKinds,
): Omit<MissingKind, 'ofKnownVersion' | 'verdict'> {
  const { apiVersion, kind } = query;
  const name = `${apiVersion} ${kind}`;
  const served = known.builtin.filter((k) => k.minors.includes(minor));
  const all = [...served, ...known.custom];

  const elsewhere = known.builtin.find((k) => k.apiVersion === apiVersion && k.kind === kind);
  const life = known.lifecycle(apiVersion, kind);
  const ofGroup = all
    .filter((k) => k.kind === kind && groupOf(k.apiVersion) === groupOf(apiVersion))
    .map(pair)
    .sort((a, b) => stability(b.apiVersion) - stability(a.apiVersion));
  // A replacement that Kubernetes named long ago may be of another group; in the same one there may be something newer by now.
  const replacement = life?.replacement;
  const isElsewhere = replacement !== undefined && !ofGroup.some((k) => is(k, replacement));
  const suggestions = isElsewhere && all.some((k) => is(k, replacement)) ? [replacement] : ofGroup;
  // The pack's nearest minor stands in for versions that it does not hold; what was there then is no mistake.
  const asked = numberOf(query.minor) ?? numberOf(minor) ?? Infinity;
  if (life?.removed !== undefined && asked >= (numberOf(life.removed) ?? 0)) {
    return {
      reason: 'removed',
      message: `${name} was removed in Kubernetes ${life.removed}.${suggestions.length > 0 ? use(suggestions, kind) : ' It has no replacement.'}`,
      suggestions,
    };
  }
  const isAbsent = numberOf(query.minor) !== undefined && numberOf(query.minor) !== numberOf(minor);
  if (isAbsent && life !== undefined && elsewhere === undefined && asked >= (numberOf(life.introduced) ?? 0)) {
    return {
      reason: 'noSchema',
      message: `The schemas of Kubernetes ${query.minor ?? minor} are not known here, so the fields of ${name} are not checked.`,
      suggestions: [],
    };
  }
  if (elsewhere) {
    const introduced = numberOf(life?.introduced) ?? 0;
    return {
      reason: 'otherMinor',
      message:
        introduced > asked
          ? `Kubernetes ${query.minor ?? minor} has no ${name}: it is there from ${life?.introduced ?? ''} on.${use(suggestions, kind)}`
          : `Kubernetes ${minor} has no ${name}: it is served in ${span(elsewhere.minors)} only.${use(suggestions, kind)}`,
      suggestions,
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
    const origin = sameGroup.find((k) => k.kind === kind && 'origin' in k) as { origin?: string } | undefined;
    if (!ofBuiltinGroup && origin?.origin !== undefined) {
      const flux = goneFromFlux(apiVersion);
      return {
        reason: 'otherVersion',
        message:
          flux === undefined
            ? `${origin.origin} has no ${name}; yours may.${use(suggestions, kind)}`
            : `${name} is not served from Flux ${flux} on.${use(suggestions, kind)}`,
        suggestions,
      };
    }
    if (ofBuiltinGroup || suggestions.length > 0) {
      return {
        reason: 'misspelt',
        message: ofBuiltinGroup
          ? `There is no ${name} in Kubernetes ${minor}.${meant(suggestions)}`
          : `No schema is known for ${name}, so its fields are not checked.${meant(suggestions)}${whereFrom}`,
        suggestions,
      };
    }
  } else {
    const nearGroup = nearest(group, new Set(all.map((k) => groupOf(k.apiVersion)).filter((g) => g !== '')));
    const suggestions = unique(sameKind.filter((k) => groupOf(k.apiVersion) === nearGroup || !group.includes('.')));
    // Custom groups always hold a dot, so a group without one can only be a mistake.
    if (suggestions.length > 0 || !group.includes('.')) {
      const message = group.includes('.')
        ? `No schema is known for ${name}, so its fields are not checked.${meant(suggestions)}${whereFrom}`
        : `There is no ${name}.${meant(suggestions)}`;
      return { reason: 'misspelt', message, suggestions };
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
    message: `No schema is known for ${name}, so its fields are not checked.${whereFrom}`,
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

function use(suggestions: { apiVersion: string; kind: string }[], kind: string): string {
  const [first] = suggestions;
  return first ? ` Use ${first.apiVersion}${first.kind === kind ? '' : ` ${first.kind}`}.` : '';
}

const is = (
  k: { apiVersion: string; kind: string },
  other: { apiVersion: string; kind: string } | undefined,
): boolean => k.apiVersion === other?.apiVersion && k.kind === other.kind;

function numberOf(minor: string | undefined): number | undefined {
  const match = /^v?1\.(\d+)/.exec(minor ?? '');
  return match === null ? undefined : Number(match[1]);
}

/** `1.33`, or `1.33 to 1.35`. */
export function span(minors: string[]): string {
  const [first] = minors;
  const last = minors.at(-1);
  return first === last ? (first ?? '') : `${first ?? ''} to ${last ?? ''}`;
}
