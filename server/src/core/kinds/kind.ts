// What a YAML document is, and what may therefore be said about it. Content decides; a file's name counts only where the
// tool itself goes by the name, and what discovery knows of the file (its role) wins over guesses.
import type { PatchSelector } from '../patch/patchSelector';
import type { Problem } from '../problem';
import type { SopsCover } from '../secrets/sopsRules';
import type { ToolFile } from '../toolFiles/toolFile';
import type { FileRole } from '../workspace/source';
import type { ParsedYaml, YamlDocument } from '../yaml/tree';
import type { Identity } from './identity';

export type KindId =
  | 'kubernetes'
  | 'list'
  | 'crd'
  | 'patch'
  | 'jsonPatch'
  | 'kustomization'
  | 'component'
  | 'chart'
  | 'chartValues'
  | 'helmTemplate'
  | 'plumblineConfig'
  | 'toolConfiguration'
  | 'other';

/** What the rest of the repository says about a file. Everything may be unknown. */
export interface Neighbours {
  /** From discovery; undefined where it has not run yet, or does not know the file. */
  role?: FileRole;
  /** Folder of the nearest Chart.yaml at or above the file; the root is the empty string. */
  chart?: string;
  /** Whether a Flux Kustomization substitutes variables in it after the build; undefined: not known. */
  substituted?: boolean;
  /** What the kustomizations that name it as a patch want it to change. */
  patchTargets?: readonly PatchSelector[];
  /** What `.sops.yaml` says of the file; undefined where there is none for it. */
  sops?: SopsCover;
}

/** A document that waits to be recognised. */
export interface Candidate {
  path: string;
  parsed: ParsedYaml;
  document: YamlDocument;
  /** Text of the document alone. */
  text: string;
  /** Undefined where the document has not both apiVersion and kind. */
  identity: Identity | undefined;
  neighbours: Neighbours;
}

/** What is checked in documents of a kind. */
export interface Checks {
  /** Faults of the text itself are shown. Where nobody uses a file, a fault in it is nobody's business. */
  syntax: boolean;
  /** Against the schema: whole objects, parts of objects, or not at all. */
  structure: 'whole' | 'partial' | 'none';
  /** By the API server's own code. */
  engine: boolean;
}

/** One kind of document. Kinds are asked in the order of the registry; the first that says yes has it. */
export interface DocumentKind {
  id: KindId;
  /** What people call it. */
  title: string;
  /** Why a document is of this kind, as the rest of a sentence that begins with "because"; undefined where it is not. */
  detect(candidate: Candidate): string | undefined;
  checks: Checks;
  /** What the tool that reads the file would say of it; for kinds that are no Kubernetes objects. */
  check?(file: ToolFile): Problem[];
}

export const noChecks: Checks = { syntax: false, structure: 'none', engine: false };
export const syntaxOnly: Checks = { syntax: true, structure: 'none', engine: false };

/** A recognised document. */
export interface DetectedDocument {
  document: YamlDocument;
  kind: DocumentKind;
  identity: Identity | undefined;
  /** Why it is taken for that kind; the rest of a sentence that begins with "because". */
  because: string;
  checks: Checks;
  /** SOPS: values are ciphertext, and the root has a key that the cluster never sees. */
  encrypted: boolean;
  /** `${…}` in values stands for text that is not known here. */
  variables: boolean;
}
