// The graph of the workspace, as its users see it: what files define, what they refer to, and which definition each reference
// means once kustomize has renamed and moved things. Navigation, rename, completion of names and dangling references all ask here.
import type { Location, Problem } from '../problem';
import type { ResourceKey } from '../resource';

/**
 * What can be defined and referred to. `object`: a Kubernetes object by name. `key`: an entry of a ConfigMap or Secret.
 * `port`: a named port of a container or Service. `label`: a label pair on objects or Pod templates. `container`: a container's name.
 * `file` and `folder`: paths. `variable`: a post-build substitution variable. `claimTemplate`: a volume claim template; `volume`: a Pod's volume.
 */
export type EntityKind =
  'object' | 'key' | 'port' | 'label' | 'container' | 'volume' | 'claimTemplate' | 'file' | 'folder' | 'variable';

/** One place that defines something. */
export interface Definition {
  /** Stable while the text that defines it stays: `path#document/entity/name…`. */
  id: string;
  entity: EntityKind;
  /** As written: `app`, `config.yaml`, `http`, `app=web`, `apps/base`. */
  name: string;
  /** The written name itself: what a rename changes. For files and folders the start of the file (folders: of their kustomization, where there is one). */
  at: Location;
  /** The whole object or entry, for previews. */
  whole: Location;
  /** The object that holds it (itself, for objects), by its written identity; undefined for files and folders. */
  object?: ResourceKey;
  /** How kustomize and the sources deploy the object: one entry for each root source that it reaches. */
  appearances: readonly Appearance[];
  /** Why the name cannot be changed here: written by a generator's hash, a template, another repository. */
  fixed?: string;
}

/** An object as one root source deploys it. */
export interface Appearance {
  /** Id of the root source, and the environments that deploy it. */
  source: string;
  environments: readonly string[];
  /** Identity after namePrefix, nameSuffix, namespace, and the owner's overlay. A generator's hash suffix is not part of it. */
  effective: ResourceKey;
}

/** One place that refers to something. */
export interface Reference {
  /** The written text of the reference: what a rename changes. */
  from: Location;
  /** Text as written. */
  text: string;
  entity: EntityKind;
  /** What it means in the field's words: `ConfigMap of an environment variable`, `backend Service`, `kustomize resource`. One entry of `roles.ts`. */
  role: string;
  /** The object it stands in, by written identity; undefined in files that are no objects (kustomization.yaml). */
  object?: ResourceKey;
  /** Kinds (group, kind) that may answer; empty where the entity is no object. */
  kinds: readonly { group: string; kind: string }[];
  /** Namespace as written beside the reference; undefined: the namespace of the object. */
  namespace?: string;
  /** True where the tool accepts that nothing answers (`optional: true`). */
  optional: boolean;
  /** Why it cannot be followed or changed: it holds a template or variable, or names another repository. */
  fixed?: string;
}

/** A reference with what answers it. Several definitions: one for each environment, or the same name in several overlays. */
export interface Edge {
  reference: Reference;
  targets: readonly Definition[];
}

/** Something that may be written at a reference's place. */
export interface NameCandidate {
  /** Text to write. */
  text: string;
  definition: Definition;
  /** `ConfigMap in apps/base/config.yaml`. */
  detail: string;
}

/** A chain from a file up to what deploys it, nearest first: file → kustomization → overlay → Flux Kustomization → … */
export interface Deployer {
  /** What names the file or folder below it. */
  label: string;
  at: Location;
  /** Source id where it is one. */
  source?: string;
  environments: readonly string[];
  above: readonly Deployer[];
}

/** What is at a place: a definition, a reference, or both (a name inside a selector that is also a label's definition). */
export interface AtPlace {
  definition?: Definition;
  edge?: Edge;
}

export interface WorkspaceGraph {
  /** Increases with every change. */
  readonly version: number;
  /** Everything that a file defines, and its references with their targets; in text order. */
  definitionsIn(path: string): readonly Definition[];
  edgesIn(path: string): readonly Edge[];
  /** What an offset of a file (UTF-16) touches; the narrowest. */
  at(path: string, offset: number): AtPlace | undefined;
  /** Every reference to a definition, and to what is the same thing as it (the same label elsewhere, the same object in an overlay's patch). */
  referencesTo(definition: Definition): readonly Edge[];
  /** The same part of the same object where patches of it, or what a patch changes, write it too: a container that an overlay patches. */
  alike(definition: Definition): readonly Definition[];
  /** What may be written at an offset: names, keys, ports and paths that exist where this object is deployed. Undefined: no reference stands there. */
  candidates(path: string, offset: number): { from: number; to: number; items: readonly NameCandidate[] } | undefined;
  /** Who deploys a file or folder. */
  deployers(path: string): readonly Deployer[];
  /** Objects by name for a search over the workspace; at most `limit`. */
  search(query: string, limit: number): readonly Definition[];
  /** References that nothing answers, as findings: only where the answer would have to be in this repository. */
  problems(path: string): readonly Problem[];
}
