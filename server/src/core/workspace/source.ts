// Sources and environments: what a repository deploys, found from its own files, and what each is compared with.
import type { Location, Problem } from '../problem';
import type { JsonObject } from '../json';
import type { PatchSelector } from '../patch/patchSelector';
import type { HelmRequest } from '../ports';
import type { SopsConfig } from '../secrets/sopsRules';

export type SourceKind =
  'folder' | 'kustomization' | 'chart' | 'fluxKustomization' | 'fluxHelmRelease' | 'argoApplication';

/** Something in Git that renders to objects. */
export interface Source {
  /** Stable: `kind:path` (`kustomization:apps/staging`) or `kind:path#namespace/name` for objects that declare a source. */
  id: string;
  kind: SourceKind;
  /** What people call it: the folder, the chart's or the object's name. */
  name: string;
  /** The folder rendered, repository-relative. Empty for the root. */
  path: string;
  /** Where it is declared: kustomization.yaml, Chart.yaml, or the object. */
  declared: Location;
  /** How to render it; a folder is its manifests, an unsupported source says why (wall 7: it is Unknown, not empty). */
  render: SourceRender;
  /** Namespace that the owner forces on objects that name none, where there is one. */
  namespace?: string;
  /** Ids of sources that this one contains (a kustomization its bases, a Flux Kustomization its path). */
  children: string[];
  /** False where another source includes this one and nobody deploys it on its own. */
  root: boolean;
  /** What was taken for granted to find it, where something was: "GitRepository flux-system/apps is taken to be this repository". */
  assumed?: string;
}

export type SourceRender =
  | { tool: 'folder'; files: string[] }
  | { tool: 'kustomize'; dir: string; flux?: FluxOverlay }
  | ({
      tool: 'helm';
      /** The chart's own values.yaml does not take part: Flux's `valuesFiles` replace it. */
      withoutDefaults?: boolean;
    } & Omit<HelmRequest, 'kind' | 'origins' | 'kubernetesVersion' | 'apiVersions'>)
  | { tool: 'unsupported'; reason: string };

/** What a Flux Kustomization (or an Argo CD Application) adds on top of the folder it points at. */
export interface FluxOverlay {
  /** JSON Pointer of the map in the declaring object that these fields stand in: `/spec`, `/spec/source/kustomize`. */
  at?: string;
  targetNamespace?: string;
  patches?: JsonObject[];
  images?: JsonObject[];
  components?: string[];
  namePrefix?: string;
  nameSuffix?: string;
  commonMetadata?: JsonObject;
  /** Post-build substitution: the variables that are known, and whether an unknown one is an error. Absent: nothing is substituted. */
  substitute?: Record<string, string>;
  substituteStrict?: boolean;
  /** Objects whose change the server refuses are deleted and made again. */
  force?: boolean;
  /** Objects that more variables come from and that are not in the repository (`Secret flux-system/cluster-vars`): what they may set stays unknown. */
  substituteUnknown?: string[];
}

export type TargetSpec =
  | { type: 'context'; context: string; kubeconfig?: string }
  | { type: 'snapshot'; path: string }
  | { type: 'revision'; revision: string };

export interface Environment {
  name: string;
  /** Source ids, in the order in which they are applied. */
  sources: string[];
  /** Undefined: nothing to compare with has been chosen yet. */
  target: TargetSpec | undefined;
  /** Minor, for example `1.35`; undefined: the newest one known. */
  kubernetesVersion?: string;
  protected: boolean;
  namespace?: string;
  /** How it was found; shown to people. */
  foundBy: 'configuration' | 'flux' | 'argocd' | 'overlay';
  declared?: Location;
}

/** The file that `baseline` of the configuration names, read. */
export interface Baseline {
  /** Repository-relative. */
  path: string;
  findings: readonly KnownFinding[];
}

/** A finding that was there when the baseline was written. It is found again by what it says of which text, not by its line. */
export interface KnownFinding {
  path: string;
  rule: string;
  /** `Kind namespace/name`; empty where there is none. */
  resource: string;
  /** The line's text without its indentation; for Secrets the field instead. */
  at: string;
  /** How many there are. */
  count: number;
  /** Zero-based line in the baseline's file. */
  line: number;
}

/** `.plumbline.yaml`, read and checked. Absent file: all defaults. */
export interface Configuration {
  environments: EnvironmentConfig[];
  /** Severity by rule code; `off` removes it. */
  rules: Record<string, 'error' | 'warning' | 'info' | 'hint' | 'off'>;
  /** Severities for some paths only; of several the last counts. */
  overrides?: { paths: string[]; rules: Configuration['rules'] }[];
  /** Findings that are known and not told any more. */
  baseline?: Baseline;
  ignoreDifferences: IgnoreDifference[];
  /** Folders or files of CRDs. */
  schemas: string[];
  /** Globs of paths that Plumbline does not look at. */
  exclude: string[];
}

export interface EnvironmentConfig {
  name: string;
  sources?: string[];
  target?: TargetSpec;
  kubernetesVersion?: string;
  protected?: boolean;
  namespace?: string;
  at: Location;
}

export interface IgnoreDifference {
  group?: string;
  kind?: string;
  name?: string;
  namespace?: string;
  jsonPointers?: string[];
  managers?: string[];
}

/**
 * What a file is to the repository. `manifest`: whole objects. `patch`: partial objects that only mean something on their base.
 * `transformer`: configuration of a kustomize transformer or generator. `input`: what a generator reads. `template`, `values`:
 * of a chart. `other`: nothing that is deployed.
 */
export type FileRole =
  | 'manifest'
  | 'kustomization'
  | 'patch'
  | 'transformer'
  | 'input'
  | 'chart'
  | 'template'
  | 'values'
  | 'crd'
  | 'configuration'
  | 'other';

export interface WorkspaceFile {
  path: string;
  role: FileRole;
  /** Ids of the sources that name this file themselves: its kustomization, its chart, its folder. */
  sources: string[];
  /** For a patch: the `target` of each kustomization entry that names it and has one. */
  patchTargets?: PatchSelector[];
}

/** What discovery found. */
export interface Workspace {
  configuration: Configuration;
  sources: Source[];
  environments: Environment[];
  /** Every YAML and JSON file, every chart template, and what generators read; sorted by path. */
  files: WorkspaceFile[];
  /** Faults of the declarations themselves: missing paths, unknown keys, cycles. */
  problems: Problem[];
  /** What `.sops.yaml` files say is to be encrypted; absent where there are none. */
  encryption?: readonly SopsConfig[];
}
