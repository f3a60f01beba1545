// The schema pack as `scripts/schemas.mjs` writes it: equal definitions once, an index by Kubernetes minor, descriptions apart.
import type { JsonObject } from '../json';

/** One value for all minors, or one per minor in the order of `releases`; null where that minor has none. */
export type ByMinor = number | null | (number | null)[];

export interface KubernetesPack {
  format: 2;
  /** Oldest first. */
  releases: { minor: string; release: string }[];
  kinds: PackedKind[];
  /** Number of the body by definition name. */
  definitions: Record<string, ByMinor>;
}

export interface PackedKind {
  /** Empty for the core group. */
  group: string;
  version: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  shortNames: string[];
  definition: string;
  /** Indices into `releases`. */
  minors: number[];
}

export interface DescriptionPack {
  format: 1;
  /** By definition and property (empty for the definition itself): index into `texts`. */
  definitions: Record<string, Record<string, ByMinor>>;
  texts: string[];
}

/** What Kubernetes says of the life of an API version; minors such as `1.25`. */
export interface ApiLifecycle {
  apiVersion: string;
  kind: string;
  introduced?: string;
  /** Servers warn from this minor on. */
  deprecated?: string;
  /** Servers no longer serve it from this minor on. */
  removed?: string;
  replacement?: { apiVersion: string; kind: string };
}

/** A bundled custom resource definition. */
export interface PackedCrd {
  /** Name of the definition itself: `<plural>.<group>`. */
  name: string;
  /** The file of the pack that holds it with others of the same product, and its line there. */
  in: string;
  line: number;
  group: string;
  kind: string;
  plural: string;
  shortNames: string[];
  namespaced: boolean;
  versions: {
    name: string;
    served: boolean;
    /** The warning that the API server gives. */
    deprecated?: string;
    /** True where status is a subresource, which the server drops from what is written. */
    status?: boolean;
  }[];
  product: string;
  release: string;
  /** A webhook of the product writes out every field before the schema is looked at, so nothing is required here. */
  completes?: true;
}

/** The pack as the core sees it. Everything but the two indices is read, and each part parsed, when it is first needed. */
export interface SchemaPack {
  readonly kubernetes: KubernetesPack;
  readonly crds: readonly PackedCrd[];
  descriptions(): DescriptionPack;
  lifecycles(): readonly ApiLifecycle[];
  /** A definition without descriptions; references are `{ "$ref": "<definition name>" }`, without the usual `allOf` around them. */
  body(number: number): JsonObject | undefined;
  /** JSON text of the CustomResourceDefinition, with what decides what the server accepts and without descriptions. */
  crdText(crd: PackedCrd): string;
  /** By version: the schema's shape with nothing but descriptions. */
  crdDescriptions(crd: PackedCrd): Record<string, JsonObject>;
}

/** The value of a minor, given by its index. */
export function atMinor(value: ByMinor | undefined, minor: number): number | undefined {
  return (Array.isArray(value) ? value[minor] : value) ?? undefined;
}
