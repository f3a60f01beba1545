// A change as the server would judge it: the object of the revision is stored, the new one is applied over it. Only what the update
// brings is reported, never what a new object would be refused for, too.
import type { JsonObject, JsonValue } from '../json';
import { isObject } from '../json';
import type { Abort, EngineProblem, EngineVerdict, Validator } from '../ports';
import type { Problem } from '../problem';
import { keyText, type KubernetesObject, type ResourceKey } from '../resource';
import { fieldSteps } from '../yaml/path';
import type { EngineObject } from './checkFile';
import { engineProblems } from './engineProblems';
import { fieldSpot } from './objectPlace';

export interface UpdateOptions {
  /** What the revision is called, for messages. */
  name: string;
  validator: Validator;
  /** Objects of the revision by key text. */
  old: ReadonlyMap<string, JsonObject>;
  /** Identity with the namespace that the object ends up in; undefined where it has none. */
  keyOf: (object: JsonObject) => ResourceKey | undefined;
  abort?: Abort;
}

const manager = 'plumbline';

/** Problems of the objects as updates. `verdicts` are those of the objects on their own, one to one. */
export async function updateProblems(
  objects: readonly EngineObject[],
  verdicts: readonly EngineVerdict[],
  options: UpdateOptions,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [index, each] of objects.entries()) {
    const key = options.keyOf(each.object);
    const old = key === undefined ? undefined : options.old.get(keyText(key));
    const verdict = verdicts[index];
    if (key === undefined || old === undefined || verdict?.known !== true || isSame(old, each.object)) {
      continue;
    }
    if (!isReplaced(each.object) && !isReplaced(old)) {
      const found = await judge(placed(old, key), placed(each.object, key), verdict, options);
      problems.push(...found.flatMap((one) => worded(one, each, old, options.name)));
    }
  }
  return problems;
}

async function judge(
  old: JsonObject,
  object: JsonObject,
  verdict: EngineVerdict,
  { validator, abort }: UpdateOptions,
): Promise<EngineProblem[]> {
  const stored = await validator.apply({ desired: old, manager, force: true }, abort);
  if (!stored.known || stored.problems.length > 0 || stored.object === undefined) {
    // What was refused then is stored nowhere.
    return [];
  }
  const live = inUse({
    ...stored.object,
    metadata: { ...stored.object.metadata, resourceVersion: '1' },
  });
  const updated = await validator.apply({ live, desired: object, manager, force: true }, abort);
  if (!updated.known || updated.problems.length === 0) {
    return [];
  }
  const created = await validator.apply({ desired: object, manager, force: true }, abort);
  const known = new Set([...verdict.problems, ...created.problems].map(faultOf));
  return updated.problems.filter(
    (problem) => problem.assumed !== true && problem.type !== 'TypedPatch' && !known.has(faultOf(problem)),
  );
}

/** A claim that exists is bound as a rule, and only a bound one may grow. */
function inUse(live: KubernetesObject): KubernetesObject {
  const { spec } = live;
  if (live.kind !== 'PersistentVolumeClaim' || live.apiVersion !== 'v1' || !isObject(spec)) {
    return live;
  }
  const capacity = isObject(spec.resources) ? (spec.resources.requests ?? {}) : {};
  return { ...live, spec: { volumeName: 'bound', ...spec }, status: { phase: 'Bound', capacity } };
}

const faultOf = ({ type, field, message }: EngineProblem): string => `${type}|${field}|${message}`;

/** The update in words, at the very field that changed: what HEAD has, and what to do. */
function worded(found: EngineProblem, { place, object }: EngineObject, old: JsonObject, name: string): Problem[] {
  const [problem] = engineProblems({ known: true, problems: [found], warnings: [] }, place);
  if (problem === undefined) {
    return [];
  }
  const immutable = /immutable|may not change|cannot be changed|updates to .* are forbidden/.test(found.message);
  const field = immutable ? changedField(found, old, object) : found.field;
  const { range, pointer } = fieldSpot(place, field);
  const steps = fieldSteps(field);
  const before = field === '' || object.kind === 'Secret' ? undefined : shown(valueAt(old, steps));
  const had = before === undefined || before === shown(valueAt(object, steps)) ? '' : ` ${name} has ${before}.`;
  const subject = field === '' ? place.identity.label : `${field} of ${place.identity.label}`;
  const reason = immutable ? `${subject} cannot be changed once the object exists` : problem.message.replace(/\.$/, '');
  return [
    {
      ...problem,
      range,
      field: pointer,
      rule: 'kubernetes/immutable',
      message: `${reason}: the API server would refuse this change.${had} Keep the value, give the object another name, or delete it first.`,
    },
  ];
}

/** The server names a field that may be large: the one part of it that differs, where there is one. */
function changedField({ field, message }: EngineProblem, old: JsonObject, object: JsonObject): string {
  let [at, before, now]: [string, JsonValue | undefined, JsonValue | undefined] = [
    field,
    valueAt(old, fieldSteps(field)),
    valueAt(object, fieldSteps(field)),
  ];
  for (let first = true; ; first = false) {
    const [a, b] = [partsOf(before), partsOf(now)];
    if (a === undefined || b === undefined || Array.isArray(before) !== Array.isArray(now)) {
      return at;
    }
    const differing = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
      // What the sentence allows to change is not what is wrong.
      (key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]) && !(first && message.includes(`'${key}'`)),
    );
    const [only] = differing;
    if (only === undefined || differing.length > 1) {
      return at;
    }
    at = Array.isArray(now)
      ? `${at}[${only}]`
      : /[.[\]]/.test(only)
        ? `${at}[${only}]`
        : at === ''
          ? only
          : `${at}.${only}`;
    [before, now] = [a[only], b[only]];
  }
}

function partsOf(value: JsonValue | undefined): Record<string, JsonValue | undefined> | undefined {
  return Array.isArray(value) ? Object.fromEntries(value.entries()) : isObject(value) ? value : undefined;
}

/** `{app: web}` on one line; undefined where it is long or absent. */
function shown(value: JsonValue | undefined): string | undefined {
  const text = value === undefined ? undefined : JSON.stringify(value);
  return text === undefined || text.length > 80
    ? undefined
    : text.replace(/"(\w[\w.-]*)":/g, '$1: ').replace(/,/g, ', ');
}

function valueAt(value: JsonValue, steps: readonly (string | number)[]): JsonValue | undefined {
  let at: JsonValue | undefined = value;
  for (const step of steps) {
    at = Array.isArray(at) ? at[Number(step)] : isObject(at) ? at[String(step)] : undefined;
  }
  return at;
}

/** An apply needs the namespace that the object ends up in. */
function placed(object: JsonObject, { namespace }: ResourceKey): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  return namespace === '' ? object : { ...object, metadata: { ...metadata, namespace } };
}

function isSame(a: JsonObject, b: JsonObject): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Objects that are deleted and made again, by who applies them or when they are done: for them nothing is immutable. */
function isReplaced(object: JsonObject): boolean {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
  const text = (name: string): string => {
    const value = annotations[name];
    return typeof value === 'string' ? value : '';
  };
  const isForgotten =
    object.kind === 'Job' && isObject(object.spec) && object.spec.ttlSecondsAfterFinished !== undefined;
  return (
    isForgotten ||
    /^(?:enabled|true)$/i.test(text('kustomize.toolkit.fluxcd.io/force')) ||
    /(?:Replace|Force)=true/.test(text('argocd.argoproj.io/sync-options')) ||
    text('argocd.argoproj.io/hook') !== '' ||
    text('helm.sh/hook') !== ''
  );
}
