// The Drift view as values: environment → owner → object → field, with the words that a person reads. No editor types here.
import type {
  DriftReport,
  EnvironmentView,
  FailureReason,
  FieldDrift,
  ObjectDrift,
  ObjectRef,
  Origin,
  WorkspaceView,
} from '../../../server/src/core/protocol';
import { keyText, label } from '../../../server/src/core/protocol';
import { environmentKey, findSource, kindText, targetText, type EnvironmentRef } from '../sources/model';
import { ago, folderName, joined, plural, shortRevision } from '../text';

export type DriftState = ObjectDrift['state'];
export type Counts = DriftReport['counts'];

/** What is known of one environment. `report` is the last one, also while it is compared again or after that failed. */
export interface Comparison extends EnvironmentRef {
  state: 'comparing' | 'compared' | 'failed';
  report?: DriftReport;
  failure?: { reason: FailureReason; message: string };
}

interface Node {
  /** Stable over refreshes: keeps what is expanded and selected. */
  id: string;
  label: string;
  description: string;
  /** Read aloud; begins with the label. */
  accessible: string;
  parent?: DriftNode;
  children: DriftNode[];
}
export type EnvironmentNode = Node & {
  type: 'environment';
  ref: EnvironmentRef;
  environment: EnvironmentView | undefined;
  comparison: Comparison | undefined;
  state: DriftState | 'comparing' | 'notCompared';
};
export type NoteNode = Node & { type: 'note' };
export type OwnerNode = Node & { type: 'owner'; ref: EnvironmentRef; source: string; state: DriftState };
/** Stands between an owner and its objects where they are very many. */
export type KindNode = Node & { type: 'kind'; ref: EnvironmentRef; state: DriftState };
/** The objects that are as they should be, folded away. */
export type InSyncNode = Node & { type: 'inSync' };
export type ObjectNode = Node & { type: 'object'; ref: ObjectRef; object: ObjectDrift; state: DriftState };
export type FieldNode = Node & { type: 'field'; ref: ObjectRef; field: FieldDrift; folder: string };
export type DriftNode = EnvironmentNode | NoteNode | OwnerNode | KindNode | InSyncNode | ObjectNode | FieldNode;

/** More siblings than this are grouped by kind: the editor asks for every sibling, not only for those in sight. */
export const mostSiblings = 500;

/** From what needs a person most to what needs none. */
const order: DriftState[] = ['rejected', 'drifted', 'missing', 'extra', 'unknown', 'inSync'];

const words: Record<DriftState, string> = {
  rejected: 'would be rejected',
  drifted: 'drifted',
  missing: 'missing',
  extra: 'leftover',
  unknown: 'unknown',
  inSync: 'in sync',
};
export const stateText = (state: DriftState): string => words[state];

/** Objects that differ, surely: the number on the badge. Unknown is not among them, and not in sync either. */
export const differing = (counts: Counts): number => counts.drifted + counts.missing + counts.extra + counts.rejected;

/** True where a sync would write this object. */
export const isSyncable = (object: ObjectDrift): boolean => object.state === 'drifted' || object.state === 'missing';
export const isPrunable = (object: ObjectDrift): boolean => object.state === 'extra';

/** `2 drifted · 1 unknown`, or `in sync`. Failures of the whole comparison forbid to say in sync (wall 7). */
export function countsText(counts: Counts, failures = 0): string {
  const parts = order.filter((s) => s !== 'inSync' && counts[s] > 0).map((s) => `${counts[s]} ${words[s]}`);
  if (failures > 0 && counts.unknown === 0) {
    parts.push('incomplete');
  }
  return parts.length > 0 ? parts.join(' · ') : 'in sync';
}

/** The worst state of a report: what the environment's icon shows. */
export function worst(counts: Counts, failures = 0): DriftState {
  const found = order.find((state) => state !== 'inSync' && counts[state] > 0);
  return found ?? (failures > 0 ? 'unknown' : 'inSync');
}

/** What a field is on both sides, in one line. */
export function fieldText(field: FieldDrift): string {
  switch (field.change) {
    case 'changed':
      return `${field.desired ?? '?'} in Git, ${field.live ?? '?'} live`;
    case 'removed':
      return `${field.desired ?? 'set'} in Git, absent live`;
    case 'added':
      return `${field.live ?? 'set'} live, not in Git`;
    case 'order':
      return 'other order live';
  }
}

/** `kubectl-edit, 2 h ago`. */
export function blameText(field: FieldDrift, now: number): string {
  const blame = field.blame;
  if (blame === undefined) {
    return '';
  }
  const when = ago(blame.time, now);
  return when === '' ? blame.manager : `${blame.manager}, ${when}`;
}

/** One line on when and with which commit the comparison was made; the target stands beside the view's name. */
export function comparedText(comparison: Comparison, timeOf: (iso: string) => string): string {
  const { report, failure } = comparison;
  if (report === undefined) {
    return failure === undefined ? '' : failure.message;
  }
  const commit = report.revision === undefined ? '' : shortRevision(report.revision);
  const desired = report.dirty ? `${commit === '' ? '' : `${commit} and `}uncommitted changes` : commit;
  return joined(`Compared at ${timeOf(report.comparedAt)}`, desired);
}

/** The whole tree. `now` is for relative times. Empty until something was compared: the view then shows its welcome text. */
export function buildTree(
  views: readonly WorkspaceView[],
  comparisons: readonly Comparison[],
  now: number,
): EnvironmentNode[] {
  if (comparisons.every((c) => c.report === undefined && c.failure === undefined)) {
    return [];
  }
  const many = views.filter((v) => v.environments.length > 0).length > 1;
  return views.flatMap((view) =>
    view.environments.map((environment) => {
      const ref = { folder: view.folder, environment: environment.name };
      const comparison = comparisons.find((c) => environmentKey(c) === environmentKey(ref));
      return environmentNode(view, environment, comparison, many, now);
    }),
  );
}

function environmentNode(
  view: WorkspaceView,
  environment: EnvironmentView,
  comparison: Comparison | undefined,
  many: boolean,
  now: number,
): EnvironmentNode {
  const ref = { folder: view.folder, environment: environment.name };
  const report = comparison?.report;
  const failures = (report?.failures.length ?? 0) + (comparison?.failure ? 1 : 0);
  const state =
    comparison?.state === 'comparing'
      ? 'comparing'
      : comparison === undefined
        ? 'notCompared'
        : report === undefined
          ? 'unknown'
          : worst(report.counts, failures);
  const summary =
    state === 'comparing'
      ? 'comparing…'
      : state === 'notCompared'
        ? 'not compared'
        : report === undefined
          ? 'unknown'
          : countsText(report.counts, failures);
  const description = joined(
    summary,
    report ? '' : targetText(environment),
    environment.protected ? 'protected' : '',
    many ? folderName(view.folder) : '',
  );
  const node: EnvironmentNode = {
    type: 'environment',
    // The editor expands a row only when it is new to it: with its first report the row becomes another one.
    id: `${environmentKey(ref)}${report ? '' : '~'}`,
    label: environment.name,
    description,
    accessible: spoken(environment.name, description, 'environment'),
    children: [],
    ref,
    environment,
    comparison,
    state,
  };
  const notes = [
    ...(comparison?.failure ? [comparison.failure.message] : []),
    ...(report?.failures ?? []).map((f) => f.message),
  ];
  node.children.push(
    ...notes.map((message, i): NoteNode => ({
      type: 'note',
      id: `${node.id}!${i}`,
      label: message,
      description: '',
      accessible: message,
      parent: node,
      children: [],
    })),
  );
  if (report) {
    node.children.push(...ownerNodes(node, view, report, now));
  }
  return node;
}

function ownerNodes(parent: EnvironmentNode, view: WorkspaceView, report: DriftReport, now: number): OwnerNode[] {
  const nodes = [...groupBy(report.objects, (o) => o.source)].map(([source, objects]): OwnerNode => {
    const found = findSource([view], view.folder, source);
    const counts = countStates(objects);
    const name = found?.name ?? source;
    const description = joined(ownerText(counts, objects.length), found && kindText(found.kind));
    const node: OwnerNode = {
      type: 'owner',
      id: `${parent.id}/${source}`,
      label: name,
      description,
      accessible: spoken(name, description),
      parent,
      children: [],
      ref: parent.ref,
      source,
      state: worst(counts),
    };
    const different = objects.filter((o) => o.state !== 'inSync');
    const same = objects.filter((o) => o.state === 'inSync');
    node.children = objectNodes(node, node.ref, different, now);
    if (same.length > 0) {
      node.children.push(inSyncNode(node, same, different.length === 0, now));
    }
    return node;
  });
  return nodes.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || compareText(a.label, b.label));
}

function ownerText(counts: Counts, all: number): string {
  const text = countsText(counts);
  return text === 'in sync' ? `${plural(all, 'object')} in sync` : `${text} of ${all}`;
}

function inSyncNode(parent: OwnerNode, objects: ObjectDrift[], only: boolean, now: number): InSyncNode {
  const text = plural(objects.length, 'object');
  const node: InSyncNode = {
    type: 'inSync',
    id: `${parent.id}/=`,
    label: only ? 'In sync' : 'Others in sync',
    description: text,
    accessible: spoken(only ? 'In sync' : 'Others in sync', text),
    parent,
    children: [],
  };
  node.children = objectNodes(node, parent.ref, objects, now);
  return node;
}

function objectNodes(parent: DriftNode, ref: EnvironmentRef, objects: ObjectDrift[], now: number): DriftNode[] {
  const sorted = [...objects].sort(
    (a, b) =>
      order.indexOf(a.state) - order.indexOf(b.state) ||
      compareText(a.key.kind, b.key.kind) ||
      compareText(a.key.namespace, b.key.namespace) ||
      compareText(a.key.name, b.key.name),
  );
  if (sorted.length <= mostSiblings) {
    return sorted.map((object) => objectNode(parent, ref, object, now));
  }
  return [...groupBy(sorted, (o) => o.key.kind)].map(([kind, of]): KindNode => {
    const counts = countStates(of);
    const node: KindNode = {
      type: 'kind',
      id: `${parent.id}/${kind}`,
      label: kind,
      description: ownerText(counts, of.length),
      accessible: spoken(kind, ownerText(counts, of.length)),
      parent,
      children: [],
      ref,
      state: worst(counts),
    };
    node.children = of.map((object) => objectNode(node, ref, object, now));
    return node;
  });
}

function objectNode(parent: DriftNode, env: EnvironmentRef, object: ObjectDrift, now: number): ObjectNode {
  const { key, state } = object;
  const what =
    state === 'inSync'
      ? ''
      : state === 'drifted'
        ? plural(object.fields.length, 'field')
        : state === 'unknown' && object.failure
          ? `unknown: ${object.failure.reason}`
          : stateText(state);
  const description = joined(key.kind, what, key.namespace);
  const ref: ObjectRef = { ...env, key };
  const node: ObjectNode = {
    type: 'object',
    id: `${environmentKey(env)}/${object.source}/${keyText(key)}`,
    label: key.name,
    description,
    // The other states are named in the description already.
    accessible: spoken(key.name, description, state === 'drifted' || state === 'inSync' ? stateText(state) : ''),
    parent,
    children: [],
    ref,
    object,
    state,
  };
  node.children = object.fields.map((field, i) => fieldNode(node, field, i, now));
  return node;
}

function fieldNode(parent: ObjectNode, field: FieldDrift, index: number, now: number): FieldNode {
  const description = joined(fieldText(field), blameText(field, now));
  return {
    type: 'field',
    id: `${parent.id}#${index}${field.pointer}`,
    label: field.path,
    description,
    accessible: spoken(field.path, description),
    parent,
    children: [],
    ref: parent.ref,
    field,
    folder: parent.ref.folder,
  };
}

/** What is read aloud of a row: all that is seen, in the order in which it is seen, and then what only an icon shows. */
function spoken(...parts: string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}

/** Every object at or below a node. */
export function objectsBelow(node: DriftNode): ObjectNode[] {
  if (node.type === 'object') {
    return [node];
  }
  return node.type === 'field' ? (node.parent ? objectsBelow(node.parent) : []) : node.children.flatMap(objectsBelow);
}

/** Where a node stands in the person's files, best first. */
export function originOf(node: DriftNode): Origin | undefined {
  return node.type === 'object'
    ? node.object.origin
    : node.type === 'field'
      ? (node.field.origin ?? (node.parent ? originOf(node.parent) : undefined))
      : undefined;
}

/** The object whose text holds a line of a file: the one that begins nearest above it. */
export function objectAt(report: DriftReport, path: string, line: number): ObjectDrift | undefined {
  return report.objects
    .filter((o) => o.origin?.path === path && o.origin.line <= line)
    .sort((a, b) => (b.origin?.line ?? 0) - (a.origin?.line ?? 0))[0];
}

export function countStates(objects: readonly ObjectDrift[]): Counts {
  const counts: Counts = { inSync: 0, drifted: 0, missing: 0, extra: 0, rejected: 0, unknown: 0 };
  for (const { state } of objects) {
    counts[state]++;
  }
  return counts;
}

export const objectLabel = (object: ObjectDrift): string => label(object.key);

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) {
      group.push(item);
    } else {
      groups.set(key, [item]);
    }
  }
  return groups;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
