// The form of one line of the tables in `roles/`: a field, in which documents it stands, and what its value means.
import type { EntityKind } from './graph';

/**
 * Where a line applies: `Service` and `apps/Deployment` are kinds; `Pod` is the `spec` of a Pod wherever one stands, custom resources
 * included; `container` is an item of a Pod's containers; `object` any object; `kustomization`, `chart` the files of that name.
 */
export type RolePlace = string;

/**
 * Fields of a path are separated by full stops; `[]` stands for every item of a list, `*` for every field; a last `{}` means the keys of a map,
 * `{=}` its pairs. Relative paths start at the value: `../name` is its sibling.
 */
export interface RoleLine {
  in: RolePlace;
  path: string;
  /** What the reference is, in the field's words. */
  role: string;
  entity: EntityKind;
  /** True where the value gives a name rather than uses one. */
  defines?: boolean;
  /** Kinds that may answer: `Secret`, `apps/Deployment`; the first one names the reference. */
  kinds?: readonly string[];
  /** The kind is written beside the name: relative paths. `apiVersion` may stand where `group` does; `kinds` hold the default. */
  kindAt?: string;
  groupAt?: string;
  /** Where the namespace is written; absent: that of the object. */
  namespaceAt?: string;
  /** The object has no namespace, or a fixed one is not looked at. */
  cluster?: boolean;
  /** Where `true` means that nothing has to answer. */
  optionalAt?: string;
  /** Always optional. */
  optional?: boolean;
  /** The name whose object holds the key or port. */
  via?: string;
  /** Whose labels a selector chooses by. `self`: the Pods of the object itself. */
  selects?: 'pods' | 'services' | 'objects' | 'self';
  /** How a path is meant: from the file's folder, or from the root of the repository. `source`: from what the object's sourceRef names. */
  from?: 'file' | 'root' | 'source';
  /** Text before this sign does not belong to the reference: `key=path` of a generator. */
  after?: string;
  /** The name is a regular expression. */
  pattern?: boolean;
  /** Holds for objects that controllers make, so nothing missing can be said. */
  quiet?: boolean;
}
