// The second half of a decision, for objects that the merge found different: the engine's typed update pass, and the
// server's own dry run where it may be asked. What neither can say stays unknown, or is marked as the weaker comparison.
import type { Abort, EngineVerdict, Failure, Target, ValidateItem, Validator } from '../ports';
import { Cancelled, EngineUnavailable } from '../ports';
import type { KubernetesObject } from '../resource';
import { label } from '../resource';
import type { IgnoreDifference } from '../workspace/source';
import type { Difference } from './compare';
import { differences, strictlyEqual } from './compare';
import type { ComparedObject, Pair } from './comparison';
import { comparedObject, rejectedObject, unknownObject } from './comparison';
import type { Prepared } from './decide';
import { comparable, compareStored, decideExactly, updateItem, withoutManagedFields } from './decide';
import type { ObjectDrift } from './drift';
import { touches } from './fieldSet';
import { concurrency } from './live';
import { valueAt } from './paths';
import { inParallel } from './pool';
import { applyDefaults, clone } from './structural';

/** Minor of the rules that the validate engine is built from. */
export const engineMinor = '1.36';

/** An object whose merge with live is not live. */
export interface Candidate extends Pair {
  root: Prepared['root'];
  prepared: Prepared;
  merged: KubernetesObject;
  /** Only the server can convert the sets of fields that decide here. */
  weak: boolean;
  /** What the dry run sends. */
  applied: KubernetesObject;
}

export interface ExactOptions {
  validator: Validator | undefined;
  ignore: readonly IgnoreDifference[];
  /** True where the engine's version is the target's: its defaults are then the target's. */
  sameVersion: boolean;
  abort: Abort | undefined;
}

/** Objects per engine call: small enough that a person's own question gets in between. */
const batch = 50;

export async function decideWithEngine(
  candidates: readonly Candidate[],
  options: ExactOptions,
): Promise<ComparedObject[]> {
  const results: ComparedObject[] = [];
  for (let start = 0; start < candidates.length; start += batch) {
    const part = candidates.slice(start, start + batch);
    const verdicts = await validate(part, options, (c) => updateItem(c.merged, c.live));
    const own = options.sameVersion ? undefined : await baselines(part, options);
    part.forEach((candidate, i) => {
      results.push(read(candidate, verdicts[i], own?.[i], options.ignore));
    });
  }
  return results;
}

async function validate(
  part: readonly Candidate[],
  options: ExactOptions,
  item: (candidate: Candidate) => ValidateItem,
): Promise<(EngineVerdict | Failure)[]> {
  if (!options.validator) {
    return part.map(() => engineMissing('it is not there'));
  }
  try {
    return await options.validator.validate(part.map(item), options.abort ? { abort: options.abort } : {});
  } catch (error) {
    if (error instanceof Cancelled) {
      throw error;
    }
    const reason = error instanceof EngineUnavailable ? error.message : 'it failed';
    return part.map(() => engineMissing(reason));
  }
}

const engineMissing = (reason: string): Failure => ({
  reason: 'error',
  message: `Something differs, but what exactly needs the validate engine: ${reason}`,
});

/** What the engine makes of a live object by itself. */
interface Baseline {
  changes: Difference[];
  problems: Set<string>;
  stored: KubernetesObject | undefined;
}

/** What the engine would change in the live objects by itself: the difference of two Kubernetes versions, not drift. */
async function baselines(part: readonly Candidate[], options: ExactOptions): Promise<(Baseline | undefined)[]> {
  const verdicts = await validate(part, options, (c) => updateItem(withoutManagedFields(c.live), c.live));
  return verdicts.map((verdict, i) => {
    const candidate = part[i];
    if (!candidate || 'reason' in verdict || !verdict.known) {
      return undefined;
    }
    const stored = verdict.object;
    return {
      changes: stored ? differences(candidate.root, comparable(candidate.live), comparable(stored)) : [],
      problems: new Set(verdict.problems.map((p) => `${p.type} ${p.field}`)),
      stored,
    };
  });
}

function read(
  candidate: Candidate,
  verdict: EngineVerdict | Failure | undefined,
  own: Baseline | undefined,
  ignore: readonly IgnoreDifference[],
): ComparedObject {
  const { desired, live, prepared, owners, root } = candidate;
  if (!verdict || 'reason' in verdict) {
    return unknownObject(desired, verdict ?? engineMissing('it gave no answer'), live);
  }
  const relevant = own
    ? { ...verdict, problems: verdict.problems.filter((p) => !own.problems.has(`${p.type} ${p.field}`)) }
    : verdict;
  const decision = decideExactly(prepared, live, candidate.merged, relevant);
  if (decision.verdict === 'rejected') {
    return rejectedWithFields(candidate, decision.causes, 'exact', ignore);
  }
  const weak = candidate.weak || owners.history === 'none';
  const basis: ObjectDrift['basis'] = weak ? 'subset' : 'exact';
  if (decision.verdict === 'unknownKind') {
    return withoutEngine(candidate, ignore);
  }
  if (decision.verdict === 'inSync') {
    return comparedObject(candidate, [], live, [], basis, ignore, [prepared.set, owners.last]);
  }
  // With another version's rules, a change that the engine makes to the live object by itself says nothing.
  const found = decision.differences.filter(
    ({ path }) =>
      touches(prepared.set, path) ||
      touches(owners.last, path) ||
      !own?.changes.some(
        (change) =>
          change.path.join('\n') === path.join('\n') &&
          strictlyEqual(valueAt(root, own.stored, path), valueAt(root, decision.predicted, path)),
      ),
  );
  return comparedObject(candidate, found, decision.predicted, decision.allocated, basis, ignore, [
    prepared.set,
    owners.last,
  ]);
}

/** An object that the server would not accept merged with what is live; what the merge would change still says what differs. */
function rejectedWithFields(
  candidate: Candidate,
  causes: readonly { type: string; field: string; message: string }[],
  basis: ObjectDrift['basis'],
  ignore: readonly IgnoreDifference[],
): ComparedObject {
  const { desired, live, merged, root } = candidate;
  const rejected = rejectedObject(desired, causes, basis, candidate);
  const found = differences(root, comparable(live), comparable(merged));
  const { drift, fields, ignored } = comparedObject(candidate, found, merged, [], basis, ignore, []);
  return { ...rejected, drift: { ...rejected.drift, fields: drift.fields }, fields, ignored };
}

/** A kind that the engine does not know: the merge with the schema's own defaults, which is weaker. */
function withoutEngine(candidate: Candidate, ignore: readonly IgnoreDifference[]): ComparedObject {
  const { live, prepared, owners, root } = candidate;
  const predicted = clone(candidate.merged);
  applyDefaults(root, predicted);
  const decision = compareStored(root, live, predicted);
  const found = decision.verdict === 'drifted' ? decision : { differences: [], allocated: [] };
  return comparedObject(candidate, found.differences, predicted, found.allocated, 'subset', ignore, [
    prepared.set,
    owners.last,
  ]);
}

/**
 * Asks the server about objects that differ locally, or whose local verdict is weak. A refusal to answer keeps the local
 * verdict; nothing is claimed that the server did not say.
 */
export async function confirmByDryRun(
  asked: readonly { candidate: Candidate; local: ComparedObject }[],
  target: Target,
  options: ExactOptions,
): Promise<ComparedObject[]> {
  const results: ComparedObject[] = asked.map((a) => a.local);
  // One refusal by the authorizer is enough for a kind and namespace: the answer will not change within a comparison.
  const refused = new Set<string>();
  await inParallel(asked, concurrency, async ({ candidate, local }, i) => {
    const scope = `${candidate.kind.group}/${candidate.kind.kind}/${candidate.desired.key.namespace}`;
    if (refused.has(scope) || options.abort?.aborted === true) {
      return;
    }
    const manager = candidate.owners.applier ?? fallbackManager;
    const answer = await target.dryRun(candidate.applied, candidate.kind, manager, options.abort);
    if (answer.ok) {
      results[i] = fromDryRun(candidate, local, answer.value, options.ignore);
    } else if (answer.failure.reason === 'invalid') {
      const causes = answer.failure.causes ?? [{ type: 'Invalid', field: '', message: answer.failure.message }];
      results[i] = rejectedWithFields(candidate, causes, 'dryRun', options.ignore);
    } else if (answer.failure.reason === 'forbidden' || answer.failure.reason === 'unsupported') {
      refused.add(scope);
    }
  });
  return results;
}

/** Nobody applied the object yet; the first apply would be Plumbline's own. */
const fallbackManager = 'plumbline';

function fromDryRun(
  candidate: Candidate,
  local: ComparedObject,
  predicted: KubernetesObject,
  ignore: readonly IgnoreDifference[],
): ComparedObject {
  const { live, prepared, owners, root } = candidate;
  const seen = predicted.metadata.uid === undefined || predicted.metadata.uid === live.metadata.uid;
  if (!seen) {
    const message = `${label(candidate.desired.key)} was replaced while it was compared; refresh to compare again.`;
    return unknownObject(candidate.desired, { reason: 'conflict', message }, live);
  }
  const decision = compareStored(root, live, predicted);
  const found = decision.verdict === 'drifted' ? decision : { differences: [], allocated: [] };
  const result = comparedObject(candidate, found.differences, predicted, found.allocated, 'dryRun', ignore, [
    prepared.set,
    owners.last,
  ]);
  // Local rules saw a difference that the cluster's own pipeline takes back: something in it rewrites the object.
  if (local.drift.state === 'drifted' && result.drift.state === 'inSync') {
    result.drift.mutatorPossible = true;
  }
  return result;
}
