// Ports: everything the core needs from outside, as interfaces of a few functions each. Edges implement them; tests
// implement them over real tools or memory. No other input or output reaches the core.
import type { JsonObject, JsonValue } from './json';
import type { Severity } from './problem';
import type { KubernetesObject, ResourceKey } from './resource';

/** The shape of an AbortSignal that the core relies on. */
export interface Abort {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
}

/**
 * A tree of files: a repository's working tree with unsaved editor text on top, or one revision of it.
 * Paths are relative to the root, with forward slashes; the root is the empty string.
 */
export interface FileTree {
  /** Absolute folder that the engines' workers read from. */
  readonly root: string;
  /** Unsaved text by path; wins over the disk. */
  readonly buffers: ReadonlyMap<string, string>;
  /** Every file below `under`, sorted; `.git`, `node_modules` and what the exclusions name are left out. */
  list(under?: string, abort?: Abort): Promise<string[]>;
  /** Text of a file, undefined where there is none. Byte-order marks are kept. */
  read(path: string): Promise<string | undefined>;
  /** What of everything listed and read so far is no readable text as it stands. */
  troubles?(): readonly FileTrouble[];
}

/** Why a file cannot be read, or not as every tool reads it; the place is the beginning of the file where none is known. */
export interface FileTrouble {
  path: string;
  rule: string;
  severity: Severity;
  message: string;
  /** Zero-based. */
  line?: number;
  character?: number;
}

// ---- rendering -----------------------------------------------------------------------------------------------------

export const originRoles = ['resource', 'patch', 'generator', 'transformer', 'template', 'values', 'file'] as const;
/**
 * Why a source line is an origin of a rendered line: it is the line itself (`resource`, `template`), a patch that wrote it,
 * a generator's input, a transformer's field (namespace, images, labels, replacements …), the values key that it prints,
 * or (`file`) nothing better than the file or object is known.
 */
export type OriginRole = (typeof originRoles)[number];

export interface Origin {
  path: string;
  /** Zero-based. */
  line: number;
  /** Zero-based UTF-16 column. */
  character: number;
  role: OriginRole;
}

/** A rendering as the tool prints it, byte for byte. */
export interface Rendered {
  yaml: string;
  /** One entry per line of `yaml`; the first origin of a line is the best one. Empty lists: no origin known. Absent when not asked for. */
  origins?: Origin[][];
  /** Files that were read: the dependency set. A change of any other file cannot change the output. */
  reads: string[];
  notes?: string;
}

/** Why a rendering failed, with the source place where the tool's text or our reading of it says one. */
export interface RenderFailure {
  message: string;
  path?: string;
  line?: number;
  character?: number;
  /** It needs more memory than an engine may have: nothing is known about it, and it need not be wrong. */
  isTooLarge?: true;
}

export type RenderAnswer = { ok: true; rendered: Rendered } | { ok: false; failure: RenderFailure; reads: string[] };

export interface KustomizeRequest {
  kind: 'kustomize';
  /** Folder of the kustomization. */
  dir: string;
  origins: boolean;
}

export interface HelmRequest {
  kind: 'helm';
  /** Folder of Chart.yaml. */
  chart: string;
  release: string;
  namespace: string;
  /** In order; later files win. */
  valuesFiles: string[];
  /** Inline values, on top of the files, with the place they are written at (an object in a GitOps manifest). */
  values?: JsonObject;
  valuesAt?: { path: string; line: number };
  kubernetesVersion?: string;
  apiVersions: string[];
  includeCrds: boolean;
  origins: boolean;
}

export type RenderRequest = KustomizeRequest | HelmRequest;

/** kustomize's and Helm's own code. A newer request with the same `slot` cancels an older one that still waits or runs. */
export interface Renderer {
  /** Rejects with `Cancelled` when aborted or overtaken, with `EngineUnavailable` when the engine cannot run at all. */
  render(tree: FileTree, request: RenderRequest, options?: { slot?: string; abort?: Abort }): Promise<RenderAnswer>;
}

// ---- validation ----------------------------------------------------------------------------------------------------

/** One thing the API server would say of an object. */
export interface EngineProblem {
  /** `FieldValueInvalid`, `FieldValueRequired`, `FieldValueDuplicate`, `FieldValueNotSupported`, `FieldValueForbidden`, `FieldValueNotFound`, `FieldValueTypeInvalid`, `StrictDecoding` (unknown or duplicate field), `Decode` (not readable as its kind, nothing else was checked), `NoKindMatch` (not served in this version), `FieldManagerConflict`, `TypedPatch` (an apply cannot merge it), `EngineFailure` (ours; `known` is false) … */
  type: string;
  /** The server's own field path (`spec.containers[0].name`), without a leading dot; empty where the server gives none. */
  field: string;
  message: string;
  /** Set where another Kubernetes version is asked for and may judge otherwise: the one whose rules these are. */
  rulesOf?: string;
  /** True where the answer depends on values of the cluster that are only assumed (service CIDR, node ports, feature gates). */
  assumed?: boolean;
}

export interface EngineVerdict {
  /** False: the engine has no rules for this kind; the object is *not validated*, which is not the same as valid. */
  known: boolean;
  problems: EngineProblem[];
  warnings: string[];
  /** The object as the server would store it, when asked for. */
  object?: KubernetesObject;
}

export interface ValidateItem {
  object: JsonObject;
  /** The stored object, for an update. */
  old?: JsonObject;
  /** Used where the object names none. */
  namespace?: string;
  /** Give the defaulted object back. */
  return?: boolean;
}

export interface ApplyItem {
  live?: JsonObject;
  desired: JsonObject;
  manager: string;
  force: boolean;
}

/** The API server's own code: decoding, defaulting, validation, CRD schemas and CEL, server-side apply. Kubernetes 1.36. */
export interface Validator {
  /** Makes kinds known. Cheap when the same text was added before. */
  addCrds(texts: readonly string[]): Promise<void>;
  validate(items: readonly ValidateItem[], options?: { slot?: string; abort?: Abort }): Promise<EngineVerdict[]>;
  /**
   * Server-side apply; `object` carries managedFields. Conflicts are problems of type `FieldManagerConflict`. A created object
   * comes with the uid that its other fields may name (those of Jobs do); the resource version is the caller's to set.
   */
  apply(item: ApplyItem, abort?: Abort): Promise<EngineVerdict>;
}

// ---- targets -------------------------------------------------------------------------------------------------------

/** Why something could not be known or done at a target; typed by reason, never by text. */
export type FailureReason =
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'invalid'
  | 'too-many-requests'
  | 'timeout'
  | 'unreachable'
  | 'partial'
  | 'unsupported'
  | 'error';

export interface Failure {
  reason: FailureReason;
  /** One sentence that names what was tried and what to do next. Never holds object content. */
  message: string;
  causes?: { field: string; message: string; type: string }[];
}

export type Answer<T> = { ok: true; value: T } | { ok: false; failure: Failure };

export interface KindInfo {
  group: string;
  version: string;
  kind: string;
  resource: string;
  namespaced: boolean;
}

/** What the other side of a comparison can be asked. Reads only. */
export interface Target {
  /** Shown to people: the context's or the snapshot's name. */
  readonly name: string;
  readonly type: 'cluster' | 'snapshot' | 'revision';
  /** `1.36.3`, or undefined where unknown. */
  version(abort?: Abort): Promise<Answer<string>>;
  /** Kinds that the target serves. */
  kinds(abort?: Abort): Promise<Answer<KindInfo[]>>;
  /** All objects of a kind, whole (managedFields included), in one namespace or in all. A list that is not complete fails with `partial`. */
  list(kind: KindInfo, namespace: string | undefined, abort?: Abort): Promise<Answer<KubernetesObject[]>>;
  get(kind: KindInfo, key: ResourceKey, abort?: Abort): Promise<Answer<KubernetesObject | undefined>>;
  /** OpenAPI v3 documents for the given groups/versions; the merge rules of the comparison come from them. */
  openApi(groupVersions: readonly string[], abort?: Abort): Promise<Answer<JsonObject[]>>;
  /** What a server-side apply would store: the server's verdict, not ours. */
  dryRun(object: KubernetesObject, kind: KindInfo, manager: string, abort?: Abort): Promise<Answer<KubernetesObject>>;
}

/** A target that can be written to. Only `sync/execute.ts` takes one (wall 5). */
export interface WritableTarget extends Target {
  apply(
    object: KubernetesObject,
    kind: KindInfo,
    options: { manager: string; force: boolean },
    abort?: Abort,
  ): Promise<Answer<KubernetesObject>>;
  /**
   * Rewrites who owns which fields, and nothing else, of exactly the object that was seen. Absent where the target cannot:
   * fields of a client-side apply then stay when Git drops them.
   */
  setManagedFields?(
    kind: KindInfo,
    key: ResourceKey,
    seen: { uid: string; resourceVersion: string },
    managedFields: JsonObject[],
    abort?: Abort,
  ): Promise<Answer<KubernetesObject>>;
  /** Deletes exactly the object that was seen: uid and resourceVersion are preconditions. */
  delete(
    kind: KindInfo,
    key: ResourceKey,
    seen: { uid: string; resourceVersion: string },
    abort?: Abort,
  ): Promise<Answer<undefined>>;
}

// ---- Git -----------------------------------------------------------------------------------------------------------

export interface Revision {
  /** Full object name. */
  id: string;
  parents: string[];
  author: string;
  email: string;
  /** ISO 8601, author date. */
  date: string;
  /** First line of the message. */
  subject: string;
  body: string;
}

/** Git, read and (for a rollback) written through temporary worktrees only: the person's working tree is never touched. */
export interface Repository {
  /** Undefined where the folder is not in a Git repository or has no commit. */
  head(): Promise<{ id: string; branch: string | undefined } | undefined>;
  remotes(): Promise<{ name: string; url: string }[]>;
  resolve(revision: string): Promise<Answer<Revision>>;
  /** Commits reachable from `from` that touched any of the paths, newest first. */
  log(paths: readonly string[], options: { from?: string; limit: number }, abort?: Abort): Promise<Answer<Revision[]>>;
  /** The tree of a commit as files; cached by commit. */
  at(revision: string, abort?: Abort): Promise<Answer<FileTree>>;
  /** Paths (repository-relative) that differ between two revisions, or between a revision and the working tree. */
  changed(from: string, to: string | undefined): Promise<Answer<string[]>>;
  /**
   * Commits, on a new branch that starts at HEAD, the state that `paths` had at `revision`. Made in a temporary worktree.
   * Paths that did not exist then are removed. Fails with `conflict` where the branch exists, `invalid` where nothing would change.
   */
  restore(
    revision: string,
    paths: readonly string[],
    options: { branch: string; message: string },
    abort?: Abort,
  ): Promise<Answer<{ branch: string; commit: Revision }>>;
}

// ---- other ---------------------------------------------------------------------------------------------------------

/** Rejection of work that was aborted or overtaken; never shown to a person. */
export class Cancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'Cancelled';
  }
}

/** The engine is missing or keeps crashing; the message says what to do. */
export class EngineUnavailable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EngineUnavailable';
  }
}

export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export type { JsonObject, JsonValue };

/** A fault by a JSON Schema. */
export interface JsonSchemaFault {
  /** JSON Pointer of the value. */
  path: string;
  /** The key of that value which should not be there. */
  key?: string;
  /** What is wrong, without the place. */
  message: string;
}

export type JsonSchemaCheck = (value: JsonValue) => JsonSchemaFault[];

/** Makes the check of a JSON Schema; a text says why it cannot be made. */
export type JsonSchemaCompiler = (schema: JsonObject) => JsonSchemaCheck | string;
