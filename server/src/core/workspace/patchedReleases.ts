// HelmReleases that an overlay changes before they are deployed. What they then render to is not what their file says, so rendering
// them as written would be a wrong answer; until the change is followed they say so.
import type { FileFacts, ObjectFact } from './facts';
import { rootOfFile } from './facts';
import type { Closure } from './graph';
import type { Kustomization } from './kustomization';
import { itemsAt, nodeAt, resolved, textAt } from './read';
import type { FluxOverlay } from './source';

export interface Deployer {
  /** What deploys the release's file. */
  name: string;
  closure: Closure;
  overlay: FluxOverlay | undefined;
}

/** Why a release is not deployed as written; undefined where it is. */
export function changeOfRelease(
  release: ObjectFact,
  text: string,
  deployers: readonly Deployer[],
  kustomizations: ReadonlyMap<string, Kustomization>,
  facts: (path: string) => FileFacts | undefined,
): string | undefined {
  for (const { name, closure, overlay } of deployers) {
    const by = [...closure.kustomizations].flatMap((dir) => {
      const kustomization = kustomizations.get(dir);
      return kustomization === undefined ? [] : [kustomization];
    });
    const changer = by.find((kustomization) => changes(release, kustomization, facts));
    const where = changer?.path ?? (overlay !== undefined && overlayChanges(release, text, overlay) ? name : undefined);
    if (where !== undefined) {
      return `${where} changes it before it is deployed, which Plumbline does not follow yet.`;
    }
  }
  return undefined;
}

function overlayChanges(release: ObjectFact, text: string, overlay: FluxOverlay): boolean {
  return (
    overlay.namePrefix !== undefined ||
    overlay.nameSuffix !== undefined ||
    (overlay.targetNamespace !== undefined && overlay.targetNamespace !== release.namespace) ||
    (overlay.substitute !== undefined && text.includes('$')) ||
    (overlay.components ?? []).length > 0 ||
    (overlay.patches ?? []).some((patch) => {
      const target = patch['target'];
      const kind = typeof target === 'object' && target !== null && !Array.isArray(target) ? target['kind'] : undefined;
      return typeof kind !== 'string' || mayMean(kind);
    })
  );
}

function changes(
  release: ObjectFact,
  kustomization: Kustomization,
  facts: (path: string) => FileFacts | undefined,
): boolean {
  const read = facts(kustomization.path);
  const root = read === undefined ? undefined : rootOfFile(read);
  const namespace = kustomization.namespace;
  if (
    ['transformers', 'replacements', 'vars'].some((key) => itemsAt(root, key).length > 0) ||
    textAt(root, 'namePrefix') !== undefined ||
    textAt(root, 'nameSuffix') !== undefined ||
    (namespace !== undefined && namespace !== release.namespace)
  ) {
    return true;
  }
  const entries = ['patches', 'patchesStrategicMerge', 'patchesJson6902'].flatMap((key) => itemsAt(root, key));
  return entries.some((entry) => {
    const kind = textAt(entry, 'target', 'kind');
    if (kind !== undefined) {
      return mayMean(kind);
    }
    const scalar = resolved(entry);
    const inline = scalar?.kind === 'scalar' ? scalar.text : nodeText(entry);
    const path = kustomization.references.find(
      (r) => r.role === 'patch' && r.text === (scalar?.kind === 'scalar' ? scalar.text : textAt(entry, 'path')),
    )?.path;
    const objects = path === undefined ? undefined : facts(path)?.objects;
    return objects === undefined
      ? inline === undefined || /kind:\s*["']?HelmRelease/.test(inline)
      : objects.some((o) => o.kind === 'HelmRelease');
  });
}

function nodeText(entry: Parameters<typeof nodeAt>[0]): string | undefined {
  const patch = nodeAt(entry, ['patch']);
  return patch?.kind === 'scalar' ? patch.text : undefined;
}

/** A kind in a selector is an anchored pattern. */
function mayMean(kind: string): boolean {
  try {
    return new RegExp(`^(?:${kind})$`).test('HelmRelease');
  } catch {
    return true;
  }
}
