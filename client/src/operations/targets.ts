// What a command is about: works out environments, objects and sources from the arguments that views, hovers, code lenses and the
// Source Control view pass, and asks the person where there are none. Mind: a button in a view's title is given the selected rows
// too, so commands that are for the whole environment take no arguments.
import * as vscode from 'vscode';
import type { DriftReport, ObjectDrift, ObjectRef, ResourceKey } from '../../../server/src/core/protocol';
import { label } from '../../../server/src/core/protocol';
import { isSyncable, objectAt, objectsBelow, stateText, type DriftNode } from '../drift/model';
import type { HistoryNode } from '../history/treeProvider';
import type { SourceRef } from '../history/store';
import type { Host } from '../host';
import { environmentKey, findSource, folderOf, kindText, type EnvironmentRef } from '../sources/model';
import type { SourceNode } from '../sources/treeProvider';
import { folderName, joined } from '../text';

/** Objects of one environment; no keys: all of it. */
export interface ObjectsTarget {
  ref: EnvironmentRef;
  keys?: ResourceKey[];
}

const nodeTypes = ['environment', 'owner', 'kind', 'inSync', 'object', 'field', 'note'];

const hasType = (value: unknown): value is { type: string } =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

export const isDriftNode = (value: unknown): value is DriftNode => hasType(value) && nodeTypes.includes(value.type);
export const isSourceNode = (value: unknown): value is SourceNode & { type: 'source' } =>
  hasType(value) && value.type === 'source';
export const isRevisionNode = (value: unknown): value is HistoryNode & { type: 'revision' } =>
  hasType(value) && value.type === 'revision';

const isObjectRef = (value: unknown): value is ObjectRef =>
  typeof value === 'object' && value !== null && 'key' in value && 'environment' in value && 'folder' in value;

/** Nodes of the Drift view among a command's arguments: the selection where there is one, else the row. */
export function driftNodes(args: readonly unknown[]): DriftNode[] {
  const [row, selection] = args;
  const selected = Array.isArray(selection) ? selection.filter(isDriftNode) : [];
  return selected.length > 0 ? selected : isDriftNode(row) ? [row] : [];
}

/** Objects named by the arguments: rows, references of the server, rows of the Source Control view. */
export function objectRefs(args: readonly unknown[]): ObjectRef[] {
  const nodes = driftNodes(args);
  if (nodes.length > 0) {
    return nodes.flatMap(objectsBelow).map((node) => node.ref);
  }
  return args.flatMap((arg) => {
    const inner: unknown = typeof arg === 'object' && arg !== null && 'ref' in arg ? arg.ref : arg;
    return isObjectRef(inner) ? [inner] : [];
  });
}

/** All of the chosen environment, or why there is none. */
export function chosenTarget({ workspace }: Host): ObjectsTarget | string {
  return workspace.chosen ? { ref: workspace.chosen } : 'No environment is chosen yet.';
}

/** The environment that the arguments are about, else the chosen one. */
export function environmentOf(host: Host, args: readonly unknown[]): EnvironmentRef | undefined {
  const node = driftNodes(args)[0];
  if (node && 'ref' in node) {
    return { folder: node.ref.folder, environment: node.ref.environment };
  }
  const ref = objectRefs(args)[0];
  return ref ? { folder: ref.folder, environment: ref.environment } : host.workspace.chosen;
}

/**
 * What an operation is asked for: the objects of the arguments that `suits` accepts, or (no keys) a whole environment.
 * A text says why there is nothing to do.
 */
export function objectsTarget(
  host: Host,
  args: readonly unknown[],
  suits: (object: ObjectDrift) => boolean = isSyncable,
): ObjectsTarget | string {
  const nodes = driftNodes(args);
  const wholes = nodes.filter((node) => node.type === 'environment');
  if (wholes.length === 1 && nodes.length === 1 && wholes[0]) {
    return { ref: wholes[0].ref };
  }
  const refs = objectRefs(args);
  const first = refs[0];
  if (first === undefined) {
    return chosenTarget(host);
  }
  if (refs.some((ref) => environmentKey(ref) !== environmentKey(first))) {
    return 'The selected objects belong to several environments: select those of one.';
  }
  const report = host.drift.get(first)?.report;
  const fitting = refs.filter((ref) => {
    const object = report?.objects.find((o) => sameKey(o.key, ref.key));
    return object === undefined || suits(object);
  });
  if (fitting.length === 0) {
    return refs.length === 1 ? `${label(first.key)} needs no such change.` : 'None of the selected objects needs it.';
  }
  return { ref: { folder: first.folder, environment: first.environment }, keys: fitting.map((ref) => ref.key) };
}

export const sameKey = (a: ResourceKey, b: ResourceKey): boolean =>
  a.group === b.group && a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;

/** The chosen environment's report for the repository of a file, and the file's path in it. */
function reportFor(
  { workspace, drift }: Host,
  uri: vscode.Uri,
): { ref: EnvironmentRef; report: DriftReport; path: string } | undefined {
  const folder = folderOf(workspace.views ?? [], uri.toString())?.folder;
  const ref = folder === undefined ? undefined : workspace.chosenIn(folder);
  const report = ref && drift.get(ref)?.report;
  if (!ref || !report) {
    return undefined;
  }
  const root = vscode.Uri.parse(ref.folder).path.replace(/\/?$/, '/');
  return { ref, report, path: uri.path.slice(root.length) };
}

/** The object whose text the caret is in, where its file was compared. */
export function objectAtCaret(host: Host): ObjectRef | undefined {
  const editor = vscode.window.activeTextEditor;
  const found = editor && reportFor(host, editor.document.uri);
  const object = found && objectAt(found.report, found.path, editor.selection.active.line);
  return object && { ...found.ref, key: object.key };
}

/** The first object that comes from a file and differs. */
export function driftedIn(host: Host, uri: vscode.Uri): ObjectRef | undefined {
  const found = reportFor(host, uri);
  const object = found?.report.objects.find((o) => o.origin?.path === found.path && o.state === 'drifted');
  return found && object && { ...found.ref, key: object.key };
}

/** Lets the person pick one of the objects that differ in an environment. */
export async function pickObject({ drift }: Host, ref: EnvironmentRef): Promise<ObjectRef | undefined> {
  const objects = (drift.get(ref)?.report?.objects ?? []).filter((o) => o.state !== 'inSync');
  const items = objects.map((object) => ({
    label: object.key.name,
    description: joined(object.key.kind, object.key.namespace, stateText(object.state)),
    key: object.key,
  }));
  const title = `Open Diff: ${ref.environment}`;
  const placeHolder = items.length > 0 ? 'Object that differs' : `Nothing differs in ${ref.environment}`;
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true });
  return picked && { ...ref, key: picked.key };
}

/** The source that the arguments are about; undefined where they name none. */
export function sourceOf(host: Host, args: readonly unknown[]): SourceRef | undefined {
  const [arg] = args;
  if (isSourceNode(arg)) {
    return { folder: arg.folder, source: arg.source.id, name: arg.source.name };
  }
  if (isRevisionNode(arg)) {
    return arg.source;
  }
  const node = driftNodes(args)[0];
  if (node?.type === 'owner') {
    const name = findSource(host.workspace.views ?? [], node.ref.folder, node.source)?.name ?? node.label;
    return { folder: node.ref.folder, source: node.source, name };
  }
  return undefined;
}

/** Lets the person pick a source. */
export async function pickSource({ workspace }: Host, title: string): Promise<SourceRef | undefined> {
  const views = workspace.views ?? [];
  const many = views.length > 1;
  const items = views.flatMap((view) =>
    view.sources.map((source) => ({
      label: source.name,
      description: joined(kindText(source.kind), many ? folderName(view.folder) : ''),
      detail: source.path,
      root: source.root,
      ref: { folder: view.folder, source: source.id, name: source.name },
    })),
  );
  const separator = (text: string): vscode.QuickPickItem & { ref?: never } => ({
    label: text,
    kind: vscode.QuickPickItemKind.Separator,
  });
  const parts = items.filter((i) => !i.root);
  const picked = await vscode.window.showQuickPick(
    [
      separator('deployed'),
      ...items.filter((i) => i.root),
      ...(parts.length > 0 ? [separator('parts of others')] : []),
      ...parts,
    ],
    { title, placeHolder: 'Source', matchOnDescription: true, matchOnDetail: true },
  );
  return picked?.ref;
}
