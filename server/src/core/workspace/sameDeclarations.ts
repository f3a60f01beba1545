// Whether an edit can change what a repository deploys. Most cannot: they are inside a Deployment, of which discovery knows kind and name.
import type { FileFacts, ObjectFact } from './facts';
import type { Workspace } from './source';

/** Groups of which discovery reads identities only. */
const plainGroups = new Set([
  '',
  'apps',
  'autoscaling',
  'batch',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
]);
/** Kinds of theirs whose content is read: values and variables, and the items of lists. */
const readKinds = /^(ConfigMap|Secret|Namespace)$|List$/;

/**
 * True where discovery would find in `after` exactly what it found in `before`, the text of the same file when the workspace was
 * discovered. False wherever that is not sure.
 */
export function declaresTheSame(workspace: Workspace, before: FileFacts, after: FileFacts): boolean {
  const { path } = before;
  if (before.text === after.text) {
    return true;
  }
  // Places in the file, and whatever is not a plain manifest, are part of the answer. A plain folder names its first file, no place.
  if (
    workspace.files.find((file) => file.path === path)?.role !== 'manifest' ||
    workspace.sources.some(({ kind, declared }) => declared.path === path && kind !== 'folder') ||
    workspace.problems.some((problem) => problem.path === path)
  ) {
    return false;
  }
  return (
    before.objects.length === after.objects.length &&
    before.objects.every((object, i) => {
      const now = after.objects[i];
      return now !== undefined && sameIdentity(object, now) && (isPlain(now) || textOf(before, i) === textOf(after, i));
    })
  );
}

function isPlain({ apiVersion, kind }: ObjectFact): boolean {
  const slash = apiVersion.indexOf('/');
  return plainGroups.has(slash < 0 ? '' : apiVersion.slice(0, slash)) && !readKinds.test(kind);
}

const sameIdentity = (a: ObjectFact, b: ObjectFact): boolean =>
  a.apiVersion === b.apiVersion && a.kind === b.kind && a.name === b.name && a.namespace === b.namespace;

/** From the start of an object to that of the next one. */
const textOf = ({ objects, text }: FileFacts, index: number): string =>
  text.slice(objects[index]?.start, objects[index + 1]?.start);
