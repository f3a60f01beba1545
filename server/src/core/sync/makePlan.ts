// From a comparison to a plan: which objects would be written or deleted, in which order, and which are left alone and why.
// Nothing is decided again here: the plan shows exactly the differences that the comparison found.
import type { ComparedField, ComparedObject, Comparison } from '../drift/comparison';
import { withoutServerFields } from '../drift/decide';
import { isSensitive } from '../drift/mask';
import { pruneRefusal, recordOwner, withApplierMarks } from '../drift/ownership';
import { clientSideTakeOver, ownManager, ownersOf } from '../drift/owners';
import { withLiveValues } from '../drift/withLive';
import type { Failure } from '../ports';
import type { KubernetesObject, ResourceKey } from '../resource';
import { keyText, label } from '../resource';
import type { Environment } from '../workspace/source';
import { contentText } from './content';
import type { Orderable } from './order';
import { compareForCreation } from './order';
import type { Operation, Plan, PlanStep, PlanView } from './plan';

export interface PlanOptions {
  operation: Operation;
  /** Only these objects; absent: all that differ. */
  keys?: readonly ResourceKey[];
  /** Delete leftovers as well; a `prune` does nothing else. */
  prune?: boolean;
  /** `<environment>@<repository>`, recorded on what is applied so that a later prune has evidence. */
  record?: string;
  revision?: string;
  /** Can the target rewrite managedFields? Without it, fields of client-side applies cannot be taken away. */
  canTakeOver?: boolean;
  /** A collision-free digest of a text. */
  digest(text: string): string;
}

/** Deleting these deletes what is in them; a prune of Plumbline never does. */
const containers = ['Namespace', 'CustomResourceDefinition', 'PersistentVolume', 'PersistentVolumeClaim'];

export function makePlan(comparison: Comparison, environment: Environment, options: PlanOptions): Plan {
  const chosen = options.keys && new Set(options.keys.map(keyText));
  const objects = [...comparison.objects.values()].filter((o) => !chosen || chosen.has(keyText(o.drift.key)));
  const skipped: Plan['skipped'] = [];
  const applies: { order: Orderable; step: PlanStep }[] = [];
  const prunes: { order: Orderable; step: PlanStep }[] = [];
  const prunable = options.operation === 'prune' || options.prune === true;
  const hasDesired = [...comparison.objects.values()].some((o) => o.desired !== undefined);

  for (const object of objects) {
    const { key, state, failure } = object.drift;
    const order = orderable(object, environment);
    if (state === 'extra') {
      if (prunable) {
        const refusal = pruneFailure(object, hasDesired);
        const step = refusal ? undefined : pruneStep(object, options);
        if (step) {
          prunes.push({ order, step });
        } else {
          skipped.push({ key, failure: refusal ?? notKnown(key) });
        }
      }
    } else if (options.operation !== 'prune') {
      if (state === 'unknown' || state === 'rejected') {
        skipped.push({ key, failure: failure ?? notKnown(key) });
      } else if (state === 'missing' || state === 'drifted') {
        const step = applyStep(object, options);
        if (step) {
          applies.push({ order, step });
        } else {
          skipped.push({ key, failure: notKnown(key) });
        }
      }
    }
  }
  applies.sort((a, b) => compareForCreation(a.order, b.order));
  prunes.sort((a, b) => compareForCreation(b.order, a.order));
  const plan: Plan = {
    id: '',
    operation: options.operation,
    environment: environment.name,
    target: comparison.report.target,
    protected: environment.protected,
    ...(options.revision === undefined ? {} : { revision: options.revision }),
    manager: ownManager,
    steps: [...applies, ...prunes].map((entry) => entry.step),
    skipped,
  };
  plan.id = options.digest(JSON.stringify(planView(plan)));
  return plan;
}

/** What people see of a plan, and what its id is the digest of. Fields were masked when they were compared. */
export function planView(plan: Plan): PlanView {
  const { id, operation, environment, target, protected: isProtected, manager, skipped } = plan;
  return {
    id,
    operation,
    environment,
    target,
    protected: isProtected,
    ...(plan.revision === undefined ? {} : { revision: plan.revision }),
    manager,
    steps: plan.steps.map(({ action, key, fields, manager: own }) => ({
      action,
      key,
      fields,
      ...(own === undefined ? {} : { manager: own }),
    })),
    skipped,
  };
}

const notKnown = (key: ResourceKey): Failure => ({
  reason: 'error',
  message: `${label(key)} was not compared completely; refresh and plan again.`,
});

function orderable(object: ComparedObject, environment: Environment): Orderable {
  const index = environment.sources.indexOf(object.drift.source);
  return {
    key: object.drift.key,
    sourceIndex: index < 0 ? environment.sources.length : index,
    object: object.desired?.object ?? object.live,
  };
}

function applyStep(object: ComparedObject, options: PlanOptions): PlanStep | undefined {
  const { desired, live, kind } = object;
  if (!desired || !kind) {
    return undefined;
  }
  const base = withoutServerFields(desired.object);
  if (!live) {
    const created = options.record === undefined ? base : recordOwner(base, options.record, object.drift.source);
    return { action: 'create', key: desired.key, kind, desired: created, fields: [] };
  }
  const owners = ownersOf(live);
  const manager = object.drift.applier ?? ownManager;
  // Ignored differences stay as they are: an apply that overwrote them would do what the plan does not show.
  const kept = object.ignored.length === 0 ? base : withLiveValues(object.root, base, live, object.ignored);
  const marked = manager === owners.applier ? withApplierMarks(kept, live, owners.last) : kept;
  const recorded =
    options.record === undefined || isControllers(manager)
      ? marked
      : recordOwner(marked, options.record, object.drift.source);
  const takeOver =
    options.canTakeOver === true
      ? clientSideTakeOver(
          live,
          object.fields.filter(isRemoval).map((f) => f.path),
        )
      : undefined;
  return {
    action: 'update',
    key: desired.key,
    kind,
    desired: recorded,
    seen: seenOf(object, live, options),
    ...(manager === ownManager ? {} : { manager }),
    ...(takeOver ? { takeOver } : {}),
    fields: object.drift.fields,
  };
}

const isRemoval = (field: ComparedField): boolean => field.change === 'added';

/** Controllers keep their own evidence of ownership, and would remove ours. */
const isControllers = (manager: string): boolean => manager !== ownManager && manager !== 'kubectl';

function seenOf(object: ComparedObject, live: KubernetesObject, options: PlanOptions): NonNullable<PlanStep['seen']> {
  const identity = object.drift.live ?? { uid: '', resourceVersion: '' };
  // A digest of a Secret's content would let its values be guessed at; such objects are rechecked by version alone.
  return isSensitive(live) ? identity : { ...identity, content: options.digest(contentText(live)) };
}

function pruneStep(object: ComparedObject, options: PlanOptions): PlanStep | undefined {
  const { live, kind } = object;
  return live && kind
    ? { action: 'prune', key: object.drift.key, kind, seen: seenOf(object, live, options), fields: [] }
    : undefined;
}

function pruneFailure(object: ComparedObject, hasDesired: boolean): Failure | undefined {
  const { key } = object.drift;
  if (!hasDesired) {
    const message = `${label(key)} stays: nothing at all is desired in this environment, which is more likely a mistake than a wish.`;
    return { reason: 'invalid', message };
  }
  if (containers.includes(key.kind)) {
    const message = `${label(key)} stays: deleting it would delete what it holds. Delete it by hand if that is meant.`;
    return { reason: 'unsupported', message };
  }
  const refusal = object.live && pruneRefusal(object.live);
  return refusal === undefined ? undefined : { reason: 'forbidden', message: `${label(key)} stays. ${refusal}` };
}
