// The two texts of an object for a diff: live on one side, what an apply would store on the other. Both come from masked
// copies, without what only the server sets, and in one order, so that every line that differs is a real difference.
import { DUMP_SCHEMA, dump } from 'js-yaml';
import type { JsonObject, JsonValue } from '../json';
import { isObject } from '../json';
import type { KubernetesObject } from '../resource';
import type { ComparedObject } from './comparison';
import { withoutServerFields } from './decide';
import { Masker, isSensitive, maskObject } from './mask';
import { lastAppliedAnnotation } from './owners';

export interface ObjectTexts {
  /** Undefined: that side has no object. */
  desired?: string;
  live?: string;
}

/** `written`: only what Git says and what of it is live, without what the server filled in. */
export type View = 'whole' | 'written';

export function objectTexts(object: ComparedObject, view: View = 'whole'): ObjectTexts {
  const masker = new Masker();
  const written = object.desired?.object;
  const sensitive = [written, object.live].some((o) => o !== undefined && isSensitive(o));
  const show = (value: KubernetesObject | undefined): JsonObject | undefined =>
    value && maskObject(presentable(value), masker, sensitive);
  const author = show(written);
  const stored = view === 'whole' ? (show(object.predicted) ?? author) : author;
  const live = show(object.live);
  const desiredShown = stored && (author ? inOrderOf(author, stored) : stored);
  const whole = live && (desiredShown ? inOrderOf(desiredShown, live) : live);
  const liveShown = whole && view === 'written' && author ? onPathsOf(author, whole) : whole;
  return {
    ...(desiredShown === undefined || object.drift.state === 'extra' ? {} : { desired: yamlText(desiredShown) }),
    ...(liveShown === undefined ? {} : { live: yamlText(liveShown) }),
  };
}

/** An object as a YAML document, as people see it. Never use it for what is applied: it is masked. */
export function maskedYaml(object: KubernetesObject): string {
  return yamlText(maskObject(presentable(object), new Masker()));
}

/** Two states of one object, masked together: equal values stay equal. Keys of `before` in the order of `after`. */
export function maskedPair(
  before: KubernetesObject | undefined,
  after: KubernetesObject | undefined,
): { before?: string; after?: string } {
  const masker = new Masker();
  const sensitive = [before, after].some((o) => o !== undefined && isSensitive(o));
  const shownAfter = after && maskObject(presentable(after), masker, sensitive);
  const shownBefore = before && maskObject(presentable(before), masker, sensitive);
  const aligned = shownBefore && shownAfter ? inOrderOf(shownAfter, shownBefore) : shownBefore;
  return {
    ...(aligned ? { before: yamlText(aligned) } : {}),
    ...(shownAfter ? { after: yamlText(shownAfter) } : {}),
  };
}

export function yamlText(value: JsonValue): string {
  return dump(value, { schema: DUMP_SCHEMA, lineWidth: -1, noRefs: true });
}

function presentable(object: KubernetesObject): KubernetesObject {
  const result = withoutServerFields(object);
  const { annotations } = result.metadata;
  if (isObject(annotations) && annotations[lastAppliedAnnotation] !== undefined) {
    const { [lastAppliedAnnotation]: _copy, ...rest } = annotations;
    result.metadata.annotations = rest;
    if (Object.keys(rest).length === 0) {
      delete result.metadata.annotations;
    }
  }
  return result;
}

/** The value with its keys in the order of another one; what that one does not have comes behind. Lists keep their order. */
export function inOrderOf<T extends JsonValue>(model: JsonValue | undefined, value: T): T {
  if (Array.isArray(value)) {
    const models = Array.isArray(model) ? model : [];
    return value.map((item, i) => inOrderOf(counterpart(item, i, models), item)) as T;
  }
  if (!isObject(value)) {
    return value;
  }
  const reference = isObject(model) ? model : {};
  const result: JsonObject = {};
  for (const key of [...Object.keys(reference), ...Object.keys(value)]) {
    if (key in value && !(key in result)) {
      result[key] = inOrderOf(reference[key], value[key] as JsonValue);
    }
  }
  return result as T;
}

const nameOf = (item: JsonValue | undefined): JsonValue | undefined =>
  isObject(item) ? (item.name ?? item.key ?? item.mountPath ?? item.containerPort ?? item.port) : item;

/** The item of another list that an item is compared with: the one of the same name, else the one at the same place. */
function counterpart(item: JsonValue, index: number, items: readonly JsonValue[]): JsonValue | undefined {
  const name = nameOf(item);
  return name === undefined ? items[index] : items.find((other) => nameOf(other) === name);
}

/** What of a live value the written one speaks of. */
function onPathsOf(written: JsonValue, live: JsonValue): JsonValue {
  if (Array.isArray(written) && Array.isArray(live)) {
    return live.map((item, i) => {
      const model = counterpart(item, i, written);
      return model === undefined ? item : onPathsOf(model, item);
    });
  }
  if (!isObject(written) || !isObject(live)) {
    return live;
  }
  const result: JsonObject = {};
  for (const [key, child] of Object.entries(live)) {
    if (key in written) {
      result[key] = onPathsOf(written[key] as JsonValue, child);
    }
  }
  return result;
}
