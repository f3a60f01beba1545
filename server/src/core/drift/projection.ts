// The live state projected onto the author's text: the text that a source file would have if it said what is live. It is the
// base text of the gutter's change bars, so it holds only what the author owns: every extra line would be a mark.
// Differences find their line through the rendering's origins, patches, values and transformers included.
import type { JsonPath, JsonValue } from '../json';
import { isObject } from '../json';
import type { Origin } from '../ports';
import type { Range } from '../problem';
import type { ResourceKey } from '../resource';
import { nodeAt, pairAt } from '../yaml/path';
import type { ParsedYaml } from '../yaml/tree';
import { strictlyEqual } from './compare';
import type { ComparedField, ComparedObject, Comparison } from './comparison';
import type { Desired } from './desired';
import type { Blame, FieldDrift } from './drift';
import { Masker, isSensitive, maskObject } from './mask';
import { oneLine, resolve } from './paths';
import { withLiveOrder } from './withLive';
import type { Entry } from './sourceIndex';
import { SourceIndex, keyText, scalarOf } from './sourceIndex';
import type { OffsetEdit } from './yamlEdit';
import {
  applyEdits,
  insertItem,
  insertPair,
  isScalarValue,
  removeEntry,
  replaceScalar,
  replaceValue,
} from './yamlEdit';

/** A source file as it is rendered from; its text is the editor's where it is open. */
export interface ProjectedFile {
  /** Repository-relative. */
  path: string;
  text: string;
  parsed: ParsedYaml;
}

/** A value of the file that is not what is live. */
export interface LiveValue {
  key: ResourceKey;
  field: FieldDrift;
  /** Where the desired value stands in the file; the key, where live lacks the field. */
  range: Range;
  /** One line, masked; undefined where live has no such field. */
  live: string | undefined;
  blame?: Blame;
  /** True for values of Secrets: `live` is a mark and must not be written anywhere. */
  masked: boolean;
}

export interface Projection {
  /** Equals the file's text, byte for byte, where nothing in it differs. */
  text: string;
  values: LiveValue[];
  /** Objects of the comparison that something in this file is an origin of. */
  objects: ResourceKey[];
}

/** Undefined where no compared object comes from this file. */
export function project(file: ProjectedFile, comparison: Comparison): Projection | undefined {
  const projector = new Projector(file);
  for (const object of comparison.objects.values()) {
    projector.add(object);
  }
  return projector.objects.length === 0
    ? undefined
    : { text: applyEdits(file.text, projector.edits), values: projector.values, objects: projector.objects };
}

/** What is to be shown of one difference: the written value and the live one, both as they may be shown. */
interface Change {
  object: ComparedObject;
  desired: Desired;
  field: FieldDrift;
  masked: boolean;
}

class Projector {
  readonly edits: OffsetEdit[] = [];
  readonly values: LiveValue[] = [];
  readonly objects: ResourceKey[] = [];
  private readonly index: SourceIndex;

  constructor(private readonly file: ProjectedFile) {
    this.index = new SourceIndex(file.parsed);
  }

  add(object: ComparedObject): void {
    const { desired, drift } = object;
    if (!desired || !this.concerns(desired)) {
      return;
    }
    this.objects.push(drift.key);
    if (drift.state === 'missing') {
      this.removeObject(desired);
    } else if (drift.state === 'drifted' && object.live) {
      const masked = isSensitive(desired.object) || isSensitive(object.live);
      const shown = masked ? maskObject(object.live, new Masker(), true) : object.live;
      drift.fields.forEach((field, i) => {
        const compared = object.fields[i];
        if (compared) {
          this.addField({ object, desired, field, masked }, compared, shown);
        }
      });
    }
  }

  /** Does any line of the object come from this file? */
  private concerns({ rendering, resource }: Desired): boolean {
    const root = nodeAt(resource.document.root, resource.at ?? []);
    if (!root) {
      return false;
    }
    const first = rendering.parsed.lines.positionAt(root.start).line;
    const last = rendering.parsed.lines.positionAt(root.end).line;
    for (let line = first; line <= last; line++) {
      if (rendering.origins[line]?.some((origin) => origin.path === this.file.path)) {
        return true;
      }
    }
    return false;
  }

  /** An object that is not live: its document is not there either. */
  private removeObject(desired: Desired): void {
    const origin = this.originsOf(desired, ['metadata', 'name']).find(
      (o) => o.role === 'resource' || o.role === 'file',
    );
    if (origin?.path !== this.file.path) {
      return;
    }
    const offset = this.file.parsed.lines.offsetAt(origin);
    const document = this.file.parsed.documents.find((d) => d.root && d.root.start <= offset && offset <= d.root.end);
    if (document && !desired.resource.at) {
      this.edits.push({ start: document.start, end: document.end, text: '' });
    }
  }

  private addField(change: Change, compared: ComparedField, shownLive: ComparedObject['live']): void {
    const { object, desired } = change;
    const written = resolve(object.root, desired.resource.object, secretPath(compared, desired));
    const live = shownLive && resolve(object.root, shownLive, compared.path);
    const liveValue = live?.complete === true ? live.value : undefined;
    if (compared.change === 'order') {
      if (written.complete && liveValue !== undefined && written.value !== undefined) {
        this.change(change, written.path, written.value, withLiveOrder(written.value, liveValue));
      }
    } else if (written.complete) {
      this.change(change, written.path, written.value ?? null, liveValue ?? undefined);
    } else if (
      compared.change === 'added' &&
      liveValue !== undefined &&
      written.path.length === compared.path.length - 1
    ) {
      const last = compared.path[compared.path.length - 1] ?? '';
      this.insert(change, written.path, last.startsWith('f:') ? last.slice(2) : undefined, liveValue);
    }
  }

  /** Makes the written value at a path of the rendered object read as the live one. */
  private change(change: Change, path: JsonPath, written: JsonValue, live: JsonValue | undefined): void {
    if (strictlyEqual(written, live)) {
      return;
    }
    if (live === undefined) {
      const entry = this.entryAt(change.desired, path);
      if (entry) {
        this.edits.push(removeEntry(this.file.text, entry));
        this.note(change, entry.pair?.key ?? entry.node, undefined);
      }
    } else if (isScalarValue(written)) {
      this.changeScalar(change, path, written, live);
    } else if (isObject(written) && isObject(live)) {
      for (const key of Object.keys(written)) {
        this.change(change, [...path, key], written[key] as JsonValue, live[key]);
      }
      for (const key of Object.keys(live).filter((k) => !(k in written))) {
        this.insert(change, path, key, live[key] as JsonValue);
      }
    } else if (Array.isArray(written) && Array.isArray(live)) {
      this.changeList(change, path, written, live);
    } else {
      const entry = this.entryAt(change.desired, path);
      if (entry) {
        this.edits.push(replaceValue(this.file.text, entry, live));
        this.note(change, entry.pair?.key ?? entry.node, live);
      }
    }
  }

  private changeScalar(change: Change, path: JsonPath, written: JsonValue, live: JsonValue): void {
    const place = this.scalarAt(change.desired, path, written, live);
    if (!place) {
      return;
    }
    const { entry, value } = place;
    const node = scalarOf(entry);
    this.edits.push(
      node && isScalarValue(value)
        ? replaceScalar(this.file.text, node, value, entry.pair?.key.start)
        : replaceValue(this.file.text, entry, value),
    );
    this.note(change, entry.node.start === entry.node.end && entry.pair ? entry.pair.key : entry.node, live);
  }

  /** Lists that are owned whole: equal items keep their text, the rest is replaced, removed or added in place. */
  private changeList(change: Change, path: JsonPath, written: JsonValue[], live: JsonValue[]): void {
    if (written.length === live.length) {
      written.forEach((item, i) => this.change(change, [...path, i], item, live[i]));
      return;
    }
    let after: Entry | undefined;
    let next = 0;
    const list = this.entryAt(change.desired, path)?.node;
    for (let i = 0; i < written.length; i++) {
      const found = live.findIndex((item, j) => j >= next && strictlyEqual(item, written[i]));
      const entry = this.entryAt(change.desired, [...path, i]);
      if (found < 0) {
        this.change(change, [...path, i], written[i] as JsonValue, undefined);
        continue;
      }
      if (list?.kind === 'seq') {
        live.slice(next, found).forEach((item) => this.pushItem(list, after, item));
      }
      after = entry;
      next = found + 1;
    }
    if (list?.kind === 'seq') {
      live.slice(next).forEach((item) => this.pushItem(list, after, item));
      this.note(change, list, live);
    }
  }

  private pushItem(list: Extract<Entry['node'], { kind: 'seq' }>, after: Entry | undefined, item: JsonValue): void {
    const edit = insertItem(this.file.text, list, after?.node, item);
    if (edit) {
      this.edits.push(edit);
    }
  }

  /** A field that live has and the file does not: it goes where its parent stands in this file. */
  private insert(change: Change, parent: JsonPath, key: string | undefined, live: JsonValue): void {
    const entry = this.entryAt(change.desired, parent);
    const node = entry?.node;
    const edit =
      node?.kind === 'map' && key !== undefined
        ? insertPair(this.file.text, node, key, live)
        : node?.kind === 'seq'
          ? insertItem(this.file.text, node, node.items[node.items.length - 1], live)
          : undefined;
    if (edit) {
      this.edits.push(edit);
    }
  }

  private note(change: Change, at: { start: number; end: number }, live: JsonValue | undefined): void {
    const { field, object, masked } = change;
    const text = oneLine(live);
    this.values.push({
      key: object.drift.key,
      field,
      range: this.file.parsed.lines.range(at.start, at.end),
      live: text,
      ...(field.blame ? { blame: field.blame } : {}),
      masked,
    });
  }

  private originsOf({ rendering, resource }: Desired, path: JsonPath): readonly Origin[] {
    const full = [...(resource.at ?? []), ...path];
    const { root } = resource.document;
    const node = pairAt(root, full)?.key ?? nodeAt(root, full);
    return node ? (rendering.origins[rendering.parsed.lines.positionAt(node.start).line] ?? []) : [];
  }

  /**
   * The pair or item of this file that the rendered field at a path is. Only the line that wrote it counts: a base's line
   * that a patch overwrote stays as it is.
   */
  private entryAt(desired: Desired, path: JsonPath): Entry | undefined {
    if (path.length === 0) {
      return undefined;
    }
    const key = path[path.length - 1];
    const origin = this.originsOf(desired, path)[0];
    if (origin?.path !== this.file.path || (origin.role !== 'resource' && origin.role !== 'patch')) {
      return undefined;
    }
    const entries = this.index.at(origin.line);
    return typeof key === 'string'
      ? entries.find((entry) => keyText(entry) === key)
      : entries.find((entry) => entry.pair === undefined);
  }

  /** The scalar of this file that the rendered one was made from, and what it would have to be for the live value. */
  private scalarAt(
    desired: Desired,
    path: JsonPath,
    written: JsonValue,
    live: JsonValue,
  ): { entry: Entry; value: JsonValue } | undefined {
    const key = path[path.length - 1];
    for (const origin of this.originsOf(desired, path)) {
      const direct = origin.role === 'resource' || origin.role === 'patch';
      if (origin.path !== this.file.path) {
        if (direct) {
          return undefined;
        }
        continue;
      }
      const entries = this.index.at(origin.line);
      const named = entries.find((e) => (typeof key === 'string' ? keyText(e) === key : e.pair === undefined));
      if (direct && named && saysSame(named, written)) {
        return { entry: named, value: live };
      }
      const candidates = entries.flatMap((entry) => {
        const value = derived(entry, written, live);
        return value === undefined ? [] : [{ entry, value }];
      });
      if (candidates.length === 1) {
        return candidates[0];
      }
    }
    return undefined;
  }
}

/** stringData is what the author wrote of a Secret's data. */
function secretPath(compared: ComparedField, desired: Desired): readonly string[] {
  const [first, key] = compared.path;
  const { stringData } = desired.resource.object;
  const inText = first === 'f:data' && key !== undefined && isObject(stringData) && key.slice(2) in stringData;
  return inText ? ['f:stringData', ...compared.path.slice(1)] : compared.path;
}

const textOf = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value));

function saysSame(entry: Entry, written: JsonValue): boolean {
  const scalar = scalarOf(entry);
  if (!scalar) {
    return false;
  }
  const same = scalar.text === textOf(written) || (written === null && /^(~|null|)$/i.test(scalar.text));
  return same || (typeof written !== 'string' && scalar.style === 'plain' && isNumberLike(scalar.text, written));
}

const isNumberLike = (text: string, written: JsonValue): boolean =>
  (typeof written === 'number' && Number(text) === written) || typeof written === 'boolean';

/**
 * What a scalar that is only a part of the written value (an image's tag, a value that a template prints) would have to be
 * for the live one. Undefined where that cannot be told.
 */
function derived(entry: Entry, written: JsonValue, live: JsonValue): JsonValue | undefined {
  const scalar = scalarOf(entry);
  if (!scalar || scalar.text === '' || !isScalarValue(live)) {
    return undefined;
  }
  if (saysSame(entry, written)) {
    return live;
  }
  if (typeof written !== 'string' || typeof live !== 'string') {
    return undefined;
  }
  const at = written.indexOf(scalar.text);
  if (at < 0 || written.indexOf(scalar.text, at + 1) >= 0) {
    return undefined;
  }
  const before = written.slice(0, at);
  const behind = written.slice(at + scalar.text.length);
  const fits = live.length >= before.length + behind.length && live.startsWith(before) && live.endsWith(behind);
  return fits ? live.slice(before.length, live.length - behind.length) : undefined;
}
