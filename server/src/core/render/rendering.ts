// A rendering with its objects: the tool's text, and every object in it with the source lines it came from.
import type { JsonPath } from '../json';
import type { Origin, RenderFailure } from '../ports';
import type { Problem } from '../problem';
import type { KubernetesObject, ResourceKey } from '../resource';
import type { Source } from '../workspace/source';
import type { ParsedYaml, YamlDocument } from '../yaml/tree';

/** One rendered object. */
export interface Resource {
  key: ResourceKey;
  object: KubernetesObject;
  /** Where it stands in the rendering. */
  document: YamlDocument;
  /** Path inside the document, where the object is an item of a List. */
  at?: JsonPath;
  source: string;
  /** Variables that the object uses and whose values are not in the repository: its text is not final, and no verdict on it is sure. */
  unresolved?: string[];
}

export interface Rendering {
  source: Source;
  /** Byte for byte what the tool prints; for a folder the manifests themselves, joined by `---`. */
  yaml: string;
  parsed: ParsedYaml;
  /** One entry per line of `yaml`. */
  origins: Origin[][];
  resources: Resource[];
  reads: string[];
  notes?: string;
  /** Set where it could not be rendered; `resources` is then empty and means nothing (wall 7). */
  failure?: RenderFailure;
  /** Faults found while reading: not an object, duplicate objects … at their source lines. */
  problems: Problem[];
}
