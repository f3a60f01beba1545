// Masking: what people, logs and files get to see of objects that hold secret values. It works on display copies only, before
// a report exists; what is compared and applied is never masked. Equal values stay equal, different ones stay different,
// nothing else of a value shows, its length included. In doubt a value is hidden.
import type { JsonObject, JsonValue } from '../json';
import { isObject } from '../json';
import { base64 } from './base64';
import { lastAppliedAnnotation } from './owners';

/** Gives the same mark to the same value; one masker serves everything that is shown together. */
export class Masker {
  private readonly marks = new Map<string, string>();

  mark(value: JsonValue | undefined): string {
    const text = JSON.stringify(value) ?? '';
    let mark = this.marks.get(text);
    if (mark === undefined) {
      mark = `<hidden ${this.marks.size + 1}>`;
      this.marks.set(text, mark);
    }
    return mark;
  }
}

/**
 * True for objects whose data is secret: Secrets of any group, objects encrypted with SOPS (their live form is not), and
 * what does not say what it is.
 */
export function isSensitive(object: JsonObject): boolean {
  const kind = typeof object.kind === 'string' ? object.kind.toLowerCase() : '';
  return kind === 'secret' || kind === '' || isObject(object.sops);
}

const secretFields = ['data', 'stringData', 'binaryData'];

/** The object as it may be shown. Returns the object itself where nothing in it is secret. */
export function maskObject<T extends JsonObject>(object: T, masker: Masker, sensitive = isSensitive(object)): T {
  if (Array.isArray(object.items) && /List$/.test(typeof object.kind === 'string' ? object.kind : 'List')) {
    const inherited = /^SecretList$/i.test(typeof object.kind === 'string' ? object.kind : '');
    const items = object.items.map((item) =>
      isObject(item) ? maskObject(item, masker, inherited || isSensitive(item)) : item,
    );
    return { ...object, items };
  }
  if (!sensitive) {
    return object;
  }
  const result: JsonObject = { ...object };
  for (const field of secretFields) {
    if (result[field] !== undefined && result[field] !== null) {
      result[field] = maskValues(result[field], masker);
    }
  }
  if (isObject(result.metadata) && isObject(result.metadata.annotations)) {
    const lastApplied = result.metadata.annotations[lastAppliedAnnotation];
    if (lastApplied !== undefined) {
      const annotations = { ...result.metadata.annotations, [lastAppliedAnnotation]: masker.mark(lastApplied) };
      result.metadata = { ...result.metadata, annotations };
    }
  }
  return result as T;
}

function maskValues(value: JsonValue, masker: Masker): JsonValue {
  if (!isObject(value)) {
    return masker.mark(value);
  }
  const result: JsonObject = {};
  for (const [key, child] of Object.entries(value)) {
    result[key] = child === null ? null : masker.mark(child);
  }
  return result;
}

/** What a message about a sensitive object may say: validation messages quote values. */
export function maskCause(
  cause: { type: string; field: string; message: string },
  sensitive: boolean,
): { type: string; field: string; message: string } {
  return sensitive ? { ...cause, message: 'the server would not accept this value (not shown)' } : cause;
}

// ---- snapshots: masked objects that are written to files and compared again

/** Eighteen bytes, so that its base64 is the beginning of the base64 of every text that starts with it. */
export const placeholder = 'plumbline:masked:1';

/**
 * A Secret's masked copy for a file: still a valid object, and recognisable as masked when it is compared. `marked`: what stands
 * for a value of `data` in place of the plain placeholder. What is masked already stays as it is.
 */
export function maskForFile<T extends JsonObject>(object: T, marked: ReadonlyMap<string, string> = new Map()): T {
  if (!isSensitive(object)) {
    return object;
  }
  const result: JsonObject = { ...object };
  for (const field of secretFields) {
    const values = result[field];
    if (isObject(values)) {
      const text = field === 'stringData' ? placeholder : base64(placeholder);
      const hidden = (key: string, value: JsonValue | undefined): JsonValue =>
        field !== 'data' ? text : typeof value === 'string' && isMasked(value) ? value : (marked.get(key) ?? text);
      result[field] = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, hidden(key, value)]));
    } else if (values !== undefined) {
      delete result[field];
    }
  }
  if (isObject(result.metadata) && isObject(result.metadata.annotations)) {
    const { [lastAppliedAnnotation]: _dropped, ...annotations } = result.metadata.annotations;
    result.metadata = { ...result.metadata, annotations };
  }
  return result as T;
}

const placeholderBase64 = base64(placeholder);

/** True for what stands in the place of a secret value: such a text is never a value to apply. */
export function isMasked(text: string): boolean {
  return text.startsWith(placeholder) || text.startsWith(placeholderBase64) || /^<hidden \d+>$/.test(text);
}

/** Keys of `data` whose live value is a placeholder of `maskForFile`; secretMarks.ts says what is known of them. */
export function placeholderKeys(live: JsonObject): string[] {
  const data = live.data;
  const isHidden = (value: JsonValue | undefined): boolean =>
    typeof value === 'string' && value.startsWith(placeholderBase64);
  return isSensitive(live) && isObject(data) ? Object.keys(data).filter((key) => isHidden(data[key])) : [];
}
