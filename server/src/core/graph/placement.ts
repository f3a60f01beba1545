// Where objects end up: every object that a source takes in, with the names and namespaces that it passes through on the way. The order of
// steps is kustomize's: resources, generators, components, then patches, namespace, prefix and suffix, labels of the layer.
import type { ResourceKey } from '../resource';
import { isWithin } from '../workspace/paths';
import type { FluxOverlay, Source } from '../workspace/source';
import { isClusterScoped, isClusterScopedBuiltin } from './clusterKinds';
import type { IdentityOperation, LayerFact, LayerLabels, PatchTarget, WrittenObject } from './facts';
import type { FileEntry } from './fileEntry';

/** An object (or a patch of one) in one source. Refers to its facts by place, so that an edit which keeps identities keeps it valid. */
export interface Placed {
  entry: string;
  index: number;
  source: Source;
  /** All names on the way, the written one first, the effective one last. */
  names: readonly string[];
  namespaces: readonly string[];
  /** The effective identity; for a patch that of what it changes, as far as the layers tell. */
  key: ResourceKey;
  partial: boolean;
  made: WrittenObject['made'];
  /** Labels that the layers add, innermost first. */
  labels: readonly LayerLabels[];
  /** Patches that name it. */
  patches: Placed[];
  /** For a patch: what it changes. */
  patched: Placed[];
  /** For a patch with a target: what it applies to instead of what it names. */
  target?: PatchTarget;
  /** A JSON patch changes it: what it holds is not all known. */
  opaque: boolean;
}

export interface PlacedSource {
  source: Source;
  placed: Placed[];
  /** Kustomization files that take part. */
  kustomizations: Set<string>;
  /** Why more may be in it than is known here; undefined where everything is known. */
  unknown: string | undefined;
  /** Labels and selectors may be changed in ways that are not read here. */
  changesLabels: boolean;
  /** Fields of objects are rewritten in ways that are not read here: what is written is not what is deployed. */
  rewrites: boolean;
}

export interface PlacementInput {
  entry(path: string): FileEntry | undefined;
  /** Kustomization file by folder. */
  kustomizations: ReadonlyMap<string, string>;
  /** Sources that a source lists as its own in `WorkspaceFile.sources`. */
  filesOf(sourceId: string): readonly string[];
}

export function placeSource(source: Source, input: PlacementInput): PlacedSource {
  const result: PlacedSource = {
    source,
    placed: [],
    kustomizations: new Set(),
    unknown: undefined,
    changesLabels: false,
    rewrites: false,
  };
  const run = new Placement(input, result);
  switch (source.render.tool) {
    case 'folder':
      source.render.files.forEach((path) => run.takeFile(path, result.placed));
      break;
    case 'kustomize':
      run.takeFolder(source.render.dir, result.placed, [], source.render.flux);
      break;
    case 'helm':
      result.unknown = `the chart ${source.render.chart}`;
      break;
    case 'unsupported':
      result.unknown = source.render.reason;
      if (source.kind === 'kustomization') {
        run.takeFolder(source.path, result.placed, []);
      }
  }
  settleNamespaces(source, result.placed);
  return result;
}

/** Argo CD gives its own namespace to objects that name none. */
function settleNamespaces(source: Source, placed: readonly Placed[]): void {
  const fallback = source.kind === 'argoApplication' ? source.namespace : undefined;
  for (const object of placed) {
    if (isClusterScoped(object.key.group, object.key.kind)) {
      object.key = { ...object.key, namespace: '' };
    } else if (fallback !== undefined && object.key.namespace === '') {
      object.key = { ...object.key, namespace: fallback };
      object.namespaces = [...object.namespaces, fallback];
    }
  }
}

class Placement {
  constructor(
    private readonly input: PlacementInput,
    private readonly result: PlacedSource,
  ) {}

  takeFile(path: string, into: Placed[]): void {
    this.input.entry(path)?.objects.forEach((object, index) => {
      if (!object.partial) {
        into.push(this.placed(path, index, object));
      }
    });
  }

  private placed(path: string, index: number, object: WrittenObject): Placed {
    const { key } = object;
    return {
      entry: path,
      index,
      source: this.result.source,
      names: [key.name],
      namespaces: [key.namespace],
      key,
      partial: object.partial,
      made: object.made,
      labels: noLabels,
      patches: [],
      patched: [],
      opaque: false,
      ...(object.target === undefined ? {} : { target: object.target }),
    };
  }

  /** All that a folder's kustomization (or the one that Flux would write) makes, added to `into` and changed together with it. */
  takeFolder(dir: string, into: Placed[], above: readonly string[], overlay?: FluxOverlay): void {
    if (above.includes(dir)) {
      return;
    }
    const path = this.input.kustomizations.get(dir);
    const entry = path === undefined ? undefined : this.input.entry(path);
    const layer = entry?.layer;
    const deeper = [...above, dir];
    const resources = layer?.resources ?? this.generated(dir);
    for (const resource of resources) {
      this.takeResource(resource, into, deeper);
    }
    const partials: Placed[] = [];
    if (path !== undefined && entry !== undefined) {
      this.result.kustomizations.add(path);
      entry.objects.forEach((object, index) =>
        (object.partial ? partials : into).push(this.placed(path, index, object)),
      );
    }
    for (const component of layer?.components ?? []) {
      this.takeFolder(component, into, deeper);
    }
    for (const component of overlay?.components ?? []) {
      const folder = componentFolder(dir, component);
      if (folder !== undefined) {
        this.takeFolder(folder, into, deeper);
      }
    }
    const operations: { target: PatchTarget | undefined; operations: readonly IdentityOperation[]; late: boolean }[] =
      [];
    for (const { path: patch, target, late, operations: own } of layer?.patches ?? []) {
      if (own !== undefined) {
        operations.push({ target, operations: own, late });
      }
      const patchEntry = patch === undefined ? undefined : this.input.entry(patch);
      patchEntry?.objects.forEach((object, index) => {
        if (object.partial && patch !== undefined) {
          const placed = this.placed(patch, index, object);
          partials.push(target === undefined ? placed : { ...placed, target });
        }
      });
      for (const document of patchEntry?.documents ?? []) {
        if (document.operations !== undefined) {
          operations.push({ target, operations: document.operations, late });
          this.result.changesLabels = true;
        }
      }
    }
    this.result.unknown ??= layer?.unknown;
    this.result.changesLabels ||= layer?.changesLabels === true || (overlay?.patches?.length ?? 0) > 0;
    this.result.rewrites ||= layer?.rewrites === true || (overlay?.patches?.length ?? 0) > 0;
    attach(partials, into);
    const deleted = new Set(partials.flatMap((patch) => (this.isDeleting(patch) ? patch.patched : [])));
    if (deleted.size > 0) {
      into.splice(0, into.length, ...into.filter((object) => !deleted.has(object)));
    }
    into.push(...partials);
    operations.filter(({ late }) => !late).forEach((patch) => operate(patch, into));
    this.transform(into, layer, overlay);
    operations.filter(({ late }) => late).forEach((patch) => operate(patch, into));
  }

  private isDeleting(patch: Placed): boolean {
    return this.input.entry(patch.entry)?.objects[patch.index]?.deletes === true;
  }

  private takeResource(resource: string, into: Placed[], above: readonly string[]): void {
    if (this.input.kustomizations.has(resource)) {
      const own: Placed[] = [];
      this.takeFolder(resource, own, above);
      into.push(...own);
    } else {
      this.takeFile(resource, into);
    }
  }

  /** Resources of a folder without a kustomization: its files, and the outermost kustomizations below it. */
  private generated(dir: string): string[] {
    const { source } = this.result;
    const inside = [...this.input.kustomizations.keys()].filter((folder) => folder !== dir && isWithin(dir, folder));
    const taken = inside.filter(
      (folder) =>
        source.children.includes(`kustomization:${folder}`) &&
        !inside.some((other) => other !== folder && isWithin(other, folder)),
    );
    return [...taken, ...this.input.filesOf(source.id)];
  }

  private transform(all: Placed[], layer: LayerFact | undefined, overlay: FluxOverlay | undefined): void {
    const namespace = overlay?.targetNamespace ?? layer?.namespace;
    const prefix = overlay?.namePrefix ?? layer?.namePrefix ?? '';
    const suffix = overlay?.nameSuffix ?? layer?.nameSuffix ?? '';
    const labels = layer?.labels ?? [];
    for (const object of all) {
      if (namespace !== undefined) {
        moveTo(object, namespace);
      }
      if ((prefix !== '' || suffix !== '') && !isNeverRenamed(object.key)) {
        rename(object, prefix + object.key.name + suffix);
      }
      if (labels.length > 0) {
        object.labels = [...object.labels, ...labels];
      }
    }
  }
}

const noLabels: readonly LayerLabels[] = [];

function componentFolder(dir: string, component: string): string | undefined {
  const parts = dir === '' ? [] : dir.split('/');
  for (const part of component.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) {
        return undefined;
      }
    } else if (part !== '.' && part !== '') {
      parts.push(part);
    }
  }
  return parts.join('/');
}

/** Binds patches to what they change. */
function attach(partials: readonly Placed[], objects: readonly Placed[]): void {
  for (const patch of partials) {
    const isMeant = patch.target === undefined ? namedBy(patch) : chosenBy(patch.target);
    for (const object of objects) {
      if (!object.partial && isMeant(object)) {
        object.patches.push(patch);
        patch.patched.push(object);
      }
    }
    const [first] = patch.patched;
    if (first !== undefined) {
      patch.key = first.key;
      patch.namespaces = first.namespaces;
    }
  }
}

const namedBy =
  ({ key }: Placed) =>
  (object: Placed): boolean =>
    object.key.kind === key.kind &&
    object.key.group === key.group &&
    object.names.includes(key.name) &&
    (key.namespace === '' || object.namespaces.includes(key.namespace));

function chosenBy(target: PatchTarget): (object: Placed) => boolean {
  const fits = (pattern: string | undefined): ((texts: readonly string[]) => boolean) => {
    try {
      const expression = pattern === undefined ? undefined : new RegExp(`^(?:${pattern})$`);
      return (texts) => expression === undefined || texts.some((text) => expression.test(text));
    } catch {
      return () => false;
    }
  };
  const group = fits(target.group);
  const kind = fits(target.kind);
  const name = fits(target.name);
  const namespace = fits(target.namespace);
  return (object) =>
    group([object.key.group]) && kind([object.key.kind]) && name(object.names) && namespace(object.namespaces);
}

/** Applies what a JSON patch changes of identities. */
function operate(
  patch: { target: PatchTarget | undefined; operations: readonly IdentityOperation[] },
  objects: readonly Placed[],
): void {
  const isMeant = chosenBy(patch.target ?? {});
  for (const object of objects.filter((placed) => !placed.partial && isMeant(placed))) {
    object.opaque = true;
    for (const { field, value } of patch.operations) {
      if (field === 'name') {
        rename(object, value);
      } else if (field === 'namespace') {
        object.key = { ...object.key, namespace: value };
        object.namespaces = [...object.namespaces, value];
      } else {
        object.key = { ...object.key, [field]: value };
      }
    }
  }
}

function moveTo(object: Placed, namespace: string): void {
  const { key } = object;
  if (key.kind === 'Namespace' && key.group === '') {
    rename(object, namespace);
  } else if (!isClusterScopedBuiltin(key.group, key.kind) && key.namespace !== namespace) {
    object.key = { ...key, namespace };
    object.namespaces = [...object.namespaces, namespace];
  }
}

function rename(object: Placed, name: string): void {
  if (object.key.name !== name) {
    object.key = { ...object.key, name };
    object.names = [...object.names, name];
  }
}

function isNeverRenamed({ kind }: ResourceKey): boolean {
  return kind === 'CustomResourceDefinition' || kind === 'Namespace' || kind === 'APIService';
}
