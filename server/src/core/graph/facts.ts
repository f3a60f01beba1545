// What one file contributes to the graph, as values: the objects it writes, what they define and what they refer to. Read from the
// file alone; which definition a reference means is the linker's question. Offsets count from the start of the document, so that
// the facts of a document stay when the text above it changes.
import type { ResourceKey } from '../resource';
import type { EntityKind } from './graph';
import type { RoleLine } from './roleLine';

export interface KindRef {
  group: string;
  kind: string;
}

/** All facts of one document. */
export interface DocumentFacts {
  /** Offset of the document in its file; changes when text above it does. */
  start: number;
  index: number;
  objects: WrittenObject[];
  definitions: DefinitionFact[];
  references: ReferenceFact[];
  /** What a kustomization file does to the objects below it. */
  layer?: LayerFact;
  /** Operations of a JSON patch that change an identity; set (and often empty) where the document is a JSON patch. */
  operations?: IdentityOperation[];
}

/** An operation of a JSON patch on `kind`, `metadata.name` or `metadata.namespace`. */
export interface IdentityOperation {
  field: 'group' | 'kind' | 'name' | 'namespace';
  /** Empty where the field is removed. */
  value: string;
}

/** What a patch applies to, as kustomize reads `target`: anchored patterns. */
export interface PatchTarget {
  group?: string;
  kind?: string;
  name?: string;
  namespace?: string;
}

interface PlaceFact {
  document: DocumentFacts;
  start: number;
  end: number;
}

/** An object as a file writes it, whole or in part. */
export interface WrittenObject extends PlaceFact {
  apiVersion: string;
  key: ResourceKey;
  /** The name; an empty range where there is none. */
  nameStart: number;
  nameEnd: number;
  /** A patch, or a generator that adds to another one's object: it defines no object of its own. */
  partial: boolean;
  /** What a patch applies to instead of what it names. */
  target?: PatchTarget;
  /** A patch that takes the object away. */
  deletes?: boolean;
  /** By what it comes into being, where that is not an API call with this text. */
  made?: 'generator' | 'operator';
  definitions: DefinitionFact[];
  pods: PodFact[];
  /** Labels of the object itself. */
  labels: LabelFact[];
  /** Paths of files that give it further keys (`envs` of a generator). */
  keyFiles?: string[];
  /** Some of its keys are not written here. */
  keysUnknown?: boolean;
}

export interface LabelFact {
  name: string;
  value: string;
}

/** A Pod or Pod template: what its containers, ports, volumes and labels belong to. */
export interface PodFact {
  object: WrittenObject;
  labels: LabelFact[];
}

export interface DefinitionFact extends PlaceFact {
  entity: EntityKind;
  name: string;
  wholeStart: number;
  wholeEnd: number;
  /** The line of the tables that found it, where one did. */
  line?: RoleLine;
  object?: WrittenObject;
  pod?: PodFact;
  fixed?: string;
}

/** A set of labels that chooses objects. */
export interface SelectorFact {
  pairs: LabelFact[];
  /** It also has expressions, or holds text that is only known later: what it chooses is not decided by its pairs. */
  inexact: boolean;
}

export interface ReferenceFact extends PlaceFact {
  line: RoleLine;
  entity: EntityKind;
  text: string;
  object?: WrittenObject;
  kinds: readonly KindRef[];
  namespace?: string;
  /** The object referred to has no namespace. */
  cluster: boolean;
  optional: boolean;
  fixed?: string;
  /** The object that holds the key or port which is meant. */
  via?: ReferenceFact;
  /** The Pod that the named port, volume or container belongs to. */
  pod?: PodFact;
  selector?: SelectorFact;
  /** Repository path that is meant, of a file or folder. */
  path?: string;
  /** A name of several objects: kustomize anchors it as a pattern. */
  pattern?: boolean;
  /** Spaces behind an empty value, in which a cursor still means it. */
  slack: number;
}

/** What a kustomization does, as far as names, namespaces and labels are concerned. Paths are repository paths. */
export interface LayerFact {
  dir: string;
  component: boolean;
  namespace?: string;
  namePrefix: string;
  nameSuffix: string;
  labels: LayerLabels[];
  resources: string[];
  components: string[];
  /** Files of patches, and JSON patches written in place. */
  patches: LayerPatch[];
  /** Something in it makes or changes objects in a way that is not read here. */
  unknown?: string;
  /** A patch may change labels or selectors. */
  changesLabels: boolean;
  /** Replacements, variables or configurations rewrite fields. */
  rewrites: boolean;
}

export interface LayerPatch {
  path?: string;
  target?: PatchTarget;
  /** Of a JSON patch that is written in place. */
  operations?: IdentityOperation[];
  /** It runs after names and namespaces were changed. */
  late: boolean;
}

export interface LayerLabels {
  pairs: LabelFact[];
  selectors: boolean;
  templates: boolean;
}
