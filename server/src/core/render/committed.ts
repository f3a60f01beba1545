// What a repository was at a revision: the objects that a change is an update of.
import type { JsonObject } from '../json';
import { isObject } from '../json';
import { listItems, identityOf } from '../kinds/identity';
import type { Abort, FileTree, Renderer } from '../ports';
import { isKubernetesObject, keyText, type ResourceKey } from '../resource';
import type { Environment, Source, Workspace, WorkspaceFile } from '../workspace/source';
import { parseYaml } from '../yaml/parse';
import { toJson } from '../yaml/resolve';
import { namespaceOf, renderSource } from './renderSource';
import { resourceKey, type Scope } from './resources';

export interface Committed {
  /** What people call the revision: `HEAD`, `origin/main`. */
  name: string;
  tree: FileTree;
  workspace: Workspace;
  /** Paths that differ from it; absent: not known, so texts are compared. */
  changed?: readonly string[];
  /** Objects of sources that were rendered, by source and namespace; kept for as long as the revision is. */
  rendered: Map<string, Promise<ObjectsByKey>>;
}

export type ObjectsByKey = ReadonlyMap<string, JsonObject>;

/** True where a file of the working tree is another one than at the revision. */
export async function isChanged(committed: Committed, tree: FileTree, path: string): Promise<boolean> {
  return committed.changed === undefined
    ? (await committed.tree.read(path)) !== (await tree.read(path))
    : committed.changed.includes(path);
}

/** The objects that a source deployed then; none where it was not there, could not be rendered, or was of another sort. */
export function renderedThen(
  committed: Committed,
  source: Source,
  environment: Environment | undefined,
  ports: { renderer: Renderer; scope: Scope },
  abort?: Abort,
): Promise<ObjectsByKey> {
  const namespace = namespaceOf(source, environment);
  const then = committed.workspace.sources.find(({ id: other }) => other === source.id);
  // The declaration may be today's: another one renders to something else.
  const id = JSON.stringify([source.id, namespace, then?.render]);
  let objects = committed.rendered.get(id);
  if (objects === undefined) {
    objects = render(committed, source, environment, ports, abort);
    committed.rendered.set(id, objects);
    // What was cancelled is asked again.
    objects.catch(() => committed.rendered.delete(id));
  }
  return objects;
}

async function render(
  { workspace, tree }: Committed,
  source: Source,
  environment: Environment | undefined,
  ports: { renderer: Renderer; scope: Scope },
  abort?: Abort,
): Promise<ObjectsByKey> {
  const then = workspace.sources.find(({ id }) => id === source.id);
  if (then?.render.tool !== 'kustomize') {
    return new Map();
  }
  const { failure, resources } = await renderSource(
    then,
    tree,
    environment,
    ports,
    abort === undefined ? {} : { abort },
  );
  return failure === undefined
    ? new Map(resources.filter((one) => one.unresolved === undefined).map(({ key, object }) => [keyText(key), object]))
    : new Map();
}

/** The objects that stood then in a file, whatever deploys it. */
export async function writtenThen(
  { workspace, tree }: Committed,
  file: WorkspaceFile,
  keyOf: (object: JsonObject) => ResourceKey | undefined,
): Promise<ObjectsByKey> {
  const text = workspace.files.some(({ path, role }) => path === file.path && role === 'manifest')
    ? await tree.read(file.path)
    : undefined;
  const objects = new Map<string, JsonObject>();
  for (const document of text === undefined ? [] : parseYaml(text).documents) {
    const identity = identityOf(document.root);
    for (const root of identity === undefined || document.recovered ? [] : (listItems(identity) ?? [identity.root])) {
      const object = toJson(root);
      const key = isObject(object) ? keyOf(object) : undefined;
      if (key !== undefined) {
        objects.set(keyText(key), object as JsonObject);
      }
    }
  }
  return objects;
}

/** Identity of an object that is applied with `namespace` where it names none; undefined for what is no object with a name. */
export function keyIn(object: JsonObject, namespace: string, scope: Scope): ResourceKey | undefined {
  if (!isKubernetesObject(object)) {
    return undefined;
  }
  const key = resourceKey(object, { scope, namespace });
  return key.name === '' ? undefined : key;
}
