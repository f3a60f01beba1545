// The engine speaks with the rules of its own Kubernetes version. For a cluster of another one, what differs by version is decided
// by that version's schema: fields, kinds and values that only one of the two knows.
import type { Identity } from '../kinds/identity';
import type { EngineProblem, EngineVerdict } from '../ports';
import { compareMinors } from '../schema/minors';
import type { SchemaNode } from '../schema/schemaNode';
import { childSchema } from '../schema/schemaPath';
import type { KindSchema, SchemaStore } from '../schema/schemaStore';
import { fieldSteps, nodeAt } from '../yaml/path';
import { scalarValue } from '../yaml/resolve';

/** The minor whose code the validate engine is built from. */
export const engineMinor = '1.36';

/** What remains of the engine's verdict on an object for a cluster of `minor`; undefined: the newest version. */
export function forVersion(
  verdict: EngineVerdict,
  identity: Identity,
  minor: string | undefined,
  store: SchemaStore | undefined,
): EngineVerdict {
  if (store === undefined || minor === undefined || store.minorFor(minor) === engineMinor) {
    return verdict;
  }
  const query = { apiVersion: identity.apiVersion, kind: identity.kind };
  const theirs = store.lookup({ ...query, minor });
  if (theirs?.custom === true) {
    return verdict;
  }
  if (theirs === undefined) {
    // Not served there: the structural check has said so, and nothing else can be wrong with it.
    return { ...verdict, problems: [], warnings: [] };
  }
  const ours = store.lookup({ ...query, minor: engineMinor });
  if (ours === undefined) {
    return { known: false, problems: [{ ...noRules, rulesOf: engineMinor }], warnings: [] };
  }
  if (!verdict.known) {
    return verdict;
  }
  return {
    ...verdict,
    problems: verdict.problems.flatMap((problem) => adjusted(problem, identity, theirs, ours)),
    warnings: verdict.warnings.filter((warning) => isSaidBy(warning, minor)),
  };
}

/** The engine's own version has the kind no more: it judged nothing. */
const noRules: EngineProblem = { type: 'NoKindMatch', field: '', message: 'not served any more' };

function adjusted(problem: EngineProblem, identity: Identity, theirs: KindSchema, ours: KindSchema): EngineProblem[] {
  const steps = fieldSteps(problem.field);
  let [there, here]: [SchemaNode, SchemaNode] = [theirs.schema, ours.schema];
  for (const step of steps) {
    const [nextThere, nextHere] = [childSchema(there, step), childSchema(here, step)];
    if (nextThere === undefined || nextHere === undefined) {
      // A field that one of the two does not have. Where both lack it, the path is none of the schema's.
      return nextThere === nextHere ? [problem] : [];
    }
    [there, here] = [nextThere, nextHere];
  }
  if (problem.type === 'FieldValueNotSupported' && there.values !== undefined) {
    const node = nodeAt(identity.root, steps);
    const value = node?.kind === 'scalar' ? scalarValue(node) : undefined;
    if (typeof value === 'string' && there.values.has(value) && here.values?.has(value) !== true) {
      return [];
    }
  }
  return [noted(problem, isDescribedOtherwise(there, here))];
}

/** Where the two versions describe a field differently, they may also judge it differently. */
function noted(problem: EngineProblem, differs: boolean): EngineProblem {
  return differs ? { ...problem, rulesOf: engineMinor } : problem;
}

/** True where two versions describe a value, not the parts of it, differently. */
function isDescribedOtherwise(a: SchemaNode, b: SchemaNode): boolean {
  const own = ({ raw, values, format, types }: SchemaNode): string =>
    JSON.stringify([types, format, values === undefined ? null : [...values], Object.keys(raw.properties ?? {})]);
  return a.raw !== b.raw && own(a) !== own(b);
}

/** Warnings that name no version, with the minor whose servers give them first. */
const givenFrom: [warning: RegExp, minor: string][] = [
  [/^spec\.trafficDistribution: "PreferClose" is deprecated/, '1.35'],
  [/^spec\.externalIPs is deprecated/, '1.36'],
];

/** A server does not warn of what only a later version deprecates. */
function isSaidBy(warning: string, minor: string): boolean {
  const since =
    givenFrom.find(([pattern]) => pattern.test(warning))?.[1] ??
    /deprecated (?:since|in) (?:Kubernetes )?v?(1\.\d+)/i.exec(warning)?.[1];
  return since === undefined || compareMinors(since, minor) <= 0;
}
