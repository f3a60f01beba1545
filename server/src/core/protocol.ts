// The one door between client and server: names and plain values of Plumbline's own requests and notifications.
// Standard language-server messages carry everything else. No library types here.
import type { DriftReport, FieldDrift, ObjectDrift } from './drift/drift';
import type { FailureReason, Origin } from './ports';
import type { Problem, Range } from './problem';
import type { ResourceKey } from './resource';
import type { OperationResult, PlanView } from './sync/plan';
import type { SourceKind } from './workspace/source';

export type {
  DriftReport,
  FailureReason,
  FieldDrift,
  ObjectDrift,
  OperationResult,
  Origin,
  PlanView,
  Problem,
  Range,
  ResourceKey,
  SourceKind,
};
export { keyText, label, parseKeyText } from './resource';

/** A request: its name, and the types of its parameters and result, which `protocol.test.ts` holds both sides to. */
export interface Request<P, R> {
  readonly method: string;
  /** Never set; carries the types. */
  readonly types?: { params: P; result: R };
}
export interface Notification<P> {
  readonly method: string;
  readonly types?: { params: P };
}
const request = <P, R>(verb: string): Request<P, R> => ({ method: `plumbline/${verb}` });
const notification = <P>(verb: string): Notification<P> => ({ method: `plumbline/${verb}` });

// ---- what both sides agree on when they meet

/** What the client passes as `initializationOptions`. */
export interface InitializationOptions {
  /** False in Restricted Mode: no cluster, no process, no kubeconfig (wall 8). The client restarts the server when trust is given. */
  trusted: boolean;
  /** The editor's command that asks for completion once more behind an inserted key. Other editors have none, and go without. */
  suggestCommand?: string;
}
/** The section `plumbline` of the settings, as `workspace/configuration` answers it; package.json holds defaults and texts. */
export interface Settings {
  /** Environment to begin with; empty: the first one found. */
  environment: string;
  /** Version to check against where an environment names none; empty: the newest one known. */
  kubernetesVersion: string;
  /** Empty: what `KUBECONFIG` or the home folder says. */
  kubeconfig: string;
  /** `againstHead`: changes are judged as updates of what is committed while typing; it runs Git, so a person turns it on. */
  validation: { enabled: boolean; againstHead: boolean };
  hover: { enabled: boolean };
  completion: { enabled: boolean };
  /** `listIndent`: where the dashes of lists stand: as the file has them, below their key's first letter, or two columns further. */
  format: { enabled: boolean; listIndent: 'keep' | 'flat' | 'indented' };
  codeActions: { enabled: boolean };
  symbols: { enabled: boolean };
  folding: { enabled: boolean };
  selectionRanges: { enabled: boolean };
  links: { enabled: boolean };
  semanticTokens: { enabled: boolean };
  inlayHints: { liveValues: boolean };
  codeLens: { drift: boolean };
}
/** Commands of the client that the server may name in a code lens, a hover link or a code action. */
export const clientCommands = {
  openPreview: 'plumbline.openPreview', // [uri]
  openDiff: 'plumbline.openDiff', // [ObjectRef]
  sync: 'plumbline.sync', // [ObjectRef]
  prune: 'plumbline.prune', // [ObjectRef]
  compareWithLive: 'plumbline.compareWithLive', // [uri]
  refreshDrift: 'plumbline.refreshDrift', // []
} as const;
/** An object as an argument of these commands. */
export interface ObjectRef {
  folder: string;
  environment: string;
  key: ResourceKey;
}

// ---- what the repository deploys

export interface SourceView {
  id: string;
  kind: SourceKind;
  name: string;
  path: string;
  uri: string;
  range: Range;
  children: string[];
  root: boolean;
  /** Why it cannot be rendered, where it cannot. */
  unsupported?: string;
}
export interface EnvironmentView {
  name: string;
  sources: string[];
  target?: { type: 'context' | 'snapshot' | 'revision'; name: string };
  kubernetesVersion: string;
  protected: boolean;
  foundBy: string;
}
export interface WorkspaceView {
  /** URI of the repository's root: what every repository-relative path in reports and origins is below. */
  folder: string;
  sources: SourceView[];
  environments: EnvironmentView[];
  /** The chosen environment. */
  environment?: string;
}

/** The folders' sources and environments. */
export const workspaceRequest = request<Record<string, never>, { folders: WorkspaceView[] }>('workspace');
/** Chooses the environment that previews, drift and checks are for. */
export const chooseEnvironmentRequest = request<{ folder: string; environment: string }, WorkspaceView>(
  'chooseEnvironment',
);

// ---- who deploys a file

export interface DeployerStep {
  /** A file or folder, or the name of a Flux or Argo CD object. */
  label: string;
  path: string;
  uri: string;
  range: Range;
  source?: string;
}
/** One way from a file up to what nobody else deploys; the nearest first. */
export interface DeployerChain {
  steps: DeployerStep[];
  environments: string[];
}
export const deployersRequest = request<{ uri: string }, { path: string; chains: DeployerChain[] }>('deployers');

// ---- what a document is

/** A text, and the place that it is about. */
export interface RemarkView {
  text: string;
  uri?: string;
  range?: Range;
}
export interface DocumentKindView {
  /** Short: `Deployment apps/v1`. */
  title: string;
  /** `patch`, `encrypted`: what it is there, where it is no whole object. */
  part?: string;
  what: string;
  /** The rest of a sentence that begins with "because". */
  because: RemarkView;
  remarks: RemarkView[];
  schema?: RemarkView;
  /** Versions that it is checked for, with the environments that run them. */
  versions: { minor: string; environments: string[] }[];
}
/** What stands at a line of an open document. Null: nothing that Plumbline has to do with. */
export const documentKindRequest = request<{ uri: string; line: number }, DocumentKindView | null>('documentKind');
/** Files that Plumbline answers for, in all folders: other extensions may leave them to it. */
export const ownedDocumentsRequest = request<Record<string, never>, { uris: string[] }>('ownedDocuments');

// ---- preview

export interface PreviewParams {
  /** Document whose source is shown, or a source id. */
  uri?: string;
  source?: string;
  folder?: string;
}
export interface PreviewResult {
  source: string;
  title: string;
  environment?: string;
  /** The last good text; with `failure`, an older one. */
  text: string;
  /** One entry per line: indices into `uris`, then line, character; flattened best-first. */
  uris: string[];
  origins: number[][];
  failure?: { message: string; uri?: string; line?: number };
  /** Increases with every change of the text. */
  version: number;
}
export const previewRequest = request<PreviewParams, PreviewResult | { none: string }>('preview');
/** A preview that was asked for may have changed: ask again. */
export const previewChanged = notification<{ folder: string; sources: string[] }>('previewChanged');

// ---- drift

export interface DriftParams {
  folder: string;
  environment: string;
  /** True only on a person's request: it may contact the target (wall 8). */
  refresh: boolean;
}
/** The last report; with `refresh`, a new one. Undefined: none was asked for yet. */
export const driftRequest = request<
  DriftParams,
  { report?: DriftReport; failure?: { reason: FailureReason; message: string } }
>('drift');
export const driftChanged = notification<{ folder: string; environment: string }>('driftChanged');

/** Texts of one object for a diff, masked. `desired` and `live` as whole YAML documents, server-set fields left out; undefined: that side has no object. */
export const objectRequest = request<
  { folder: string; environment: string; key: ResourceKey },
  { desired?: string; live?: string; uri?: string; range?: Range; title: string } | null
>('object');

/** The live state projected onto the author's text of a file: the base text of the quick diff. Null: nothing of it is compared. */
export const projectionRequest = request<{ uri: string }, { text: string; environment: string; target: string } | null>(
  'projection',
);

// ---- operations

export interface PlanParams {
  folder: string;
  environment: string;
  operation: 'sync' | 'prune';
  /** Only these objects; absent: all that differ. */
  keys?: ResourceKey[];
}
export const planRequest = request<
  PlanParams,
  { plan: PlanView } | { failure: { reason: FailureReason; message: string } }
>('plan');
/** Executes a plan that was shown: its id is its digest. `confirm` is the environment's name where it is protected. */
export const executeRequest = request<
  { folder: string; plan: string; confirm?: string },
  { result: OperationResult } | { failure: { reason: FailureReason; message: string } }
>('execute');

export interface RevisionView {
  id: string;
  subject: string;
  author: string;
  date: string;
  /** Recorded as applied to this environment, where it is known. */
  deployed?: string[];
}
/** Commits that touched a source, newest first. */
export const historyRequest = request<
  { folder: string; source: string; limit?: number },
  { revisions: RevisionView[] } | { failure: { reason: FailureReason; message: string } }
>('history');

export interface RollbackPreview {
  /** Digest; the confirmation names it. */
  id: string;
  source: string;
  revision: RevisionView;
  branch: string;
  message: string;
  /** Files that would be restored, added back or removed. */
  files: string[];
  /** Rendered now and then, masked, for a multi-file diff. */
  objects: { key: ResourceKey; change: 'create' | 'update' | 'delete'; before?: string; after?: string }[];
}
export const rollbackPreviewRequest = request<
  { folder: string; source: string; revision: string },
  { preview: RollbackPreview } | { failure: { reason: FailureReason; message: string } }
>('rollbackPreview');
/** Makes the revert commit on a new branch, in a temporary worktree; then plans the sync of that branch. */
export const rollbackRequest = request<
  { folder: string; preview: string; environment?: string },
  | {
      branch: string;
      commit: string;
      /** Fetch URL of the remote that the branch would be pushed to, where there is one. */
      remote?: string;
      /** Branch that the new one started at. */
      base?: string;
      plan?: PlanView;
      failure?: { reason: FailureReason; message: string };
    }
  | { failure: { reason: FailureReason; message: string } }
>('rollback');

/** Writes the live objects of an environment, Secrets masked, as a snapshot folder. */
export const snapshotRequest = request<
  { folder: string; environment: string; to: string },
  { files: number } | { failure: { reason: FailureReason; message: string } }
>('snapshot');

/** Kubeconfig contexts whose schemas could be captured; reads the kubeconfig and contacts nobody. */
export const clusterContextsRequest = request<
  { folder: string },
  | { contexts: { name: string; server?: string; environments: string[]; capturedAt?: string }[] }
  | { failure: { reason: FailureReason; message: string } }
>('clusterContexts');

/** Asks a cluster for its schemas; `to` is a folder of the repository, absent: they stay on this machine. */
export const captureSchemasRequest = request<
  { folder: string; context: string; to?: string },
  | {
      version: string;
      definitions: number;
      /** What could not be read, and why. */
      notes: string[];
      /** Environments that are checked with it. */
      environments: string[];
      /** False where the folder must still be named under `schemas`. */
      named: boolean;
    }
  | { failure: { reason: FailureReason; message: string } }
>('captureSchemas');

/** Checks everything that is open or not; diagnostics are published as usual. */
export const checkWorkspaceRequest = request<{ folder: string }, { errors: number; warnings: number; files: number }>(
  'checkWorkspace',
);

/**
 * What breaks on another Kubernetes version, as Markdown whose places are links; without `to`, only the versions whose schemas are
 * known, newest first.
 */
export const upgradeRequest = request<
  { folder: string; to?: string },
  {
    versions: string[];
    report?: {
      text: string;
      links: { line: number; start: number; end: number; uri: string; at: { line: number; character: number } }[];
    };
  }
>('upgrade');
