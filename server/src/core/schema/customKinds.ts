// Custom kinds of every layer in one form: those that the pack brings, those that files define, those that a cluster was asked for.
import type { JsonObject, JsonValue } from '../json';
import { isObject } from '../json';
import { ago, type CapturedDefinition, type CapturedSchemas } from './captured';
import type { PackedCrd, SchemaPack } from './pack';
import type { KindSchema, SchemaLayer } from './schemaStore';

/** A custom kind of some layer, with what is needed to compile each of its versions once. */
export interface CustomKind {
  group: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  source: SchemaLayer;
  /** Where it comes from, for people; it may tell of a time that passes. */
  readonly origin: string;
  versions: { name: string; served: boolean; deprecated?: string; status: boolean }[];
  /** Schema of a version without (bundled) or with (others) descriptions. */
  schema(version: string): JsonObject | undefined;
  described(version: string): JsonObject | undefined;
  text(): string;
  compiled: Map<string, KindSchema>;
}

/** A kind that the pack brings. */
export function bundledKind(pack: SchemaPack, crd: PackedCrd): CustomKind {
  let definition: JsonObject | undefined;
  return {
    group: crd.group,
    kind: crd.kind,
    plural: crd.plural,
    namespaced: crd.namespaced,
    source: 'bundled',
    origin: `${crd.product} ${crd.release}`,
    versions: crd.versions.map((v) => ({ ...v, status: v.status ?? false })),
    schema: (version) => schemaOf((definition ??= JSON.parse(pack.crdText(crd)) as JsonObject), version),
    described: (version) => pack.crdDescriptions(crd)[version],
    text: () => pack.crdText(crd),
    compiled: new Map(),
  };
}

/** A kind that a CustomResourceDefinition object defines; undefined where it lacks what every definition has. */
export function definedKind(crd: JsonObject, source: SchemaLayer, file: string): CustomKind | undefined {
  const spec = crd.spec;
  const names = isObject(spec) ? spec.names : undefined;
  if (!isObject(spec) || !isObject(names) || typeof spec.group !== 'string' || typeof names.kind !== 'string') {
    return undefined;
  }
  const versions = (Array.isArray(spec.versions) ? spec.versions : []).flatMap((v: JsonValue) => {
    if (!isObject(v) || typeof v.name !== 'string') {
      return [];
    }
    const warning =
      typeof v.deprecationWarning === 'string'
        ? v.deprecationWarning
        : `${spec.group as string}/${v.name} ${names.kind as string} is deprecated`;
    return [
      {
        name: v.name,
        served: v.served !== false,
        ...(v.deprecated === true ? { deprecated: warning } : {}),
        status: isObject(v.subresources) && isObject(v.subresources.status),
      },
    ];
  });
  const schema = (version: string): JsonObject | undefined => schemaOf(crd, version);
  return {
    group: spec.group,
    kind: names.kind,
    plural: typeof names.plural === 'string' ? names.plural : '',
    namespaced: spec.scope !== 'Cluster',
    source,
    origin: source === 'cluster' ? 'the cluster' : file,
    versions,
    schema,
    described: schema,
    text: () => JSON.stringify(crd),
    compiled: new Map(),
  };
}

function schemaOf(crd: JsonObject, version: string): JsonObject | undefined {
  const versions = isObject(crd.spec) && Array.isArray(crd.spec.versions) ? crd.spec.versions : [];
  for (const v of versions) {
    if (isObject(v) && v.name === version && isObject(v.schema) && isObject(v.schema.openAPIV3Schema)) {
      return v.schema.openAPIV3Schema;
    }
  }
  return undefined;
}

export function isCrd(object: JsonObject): boolean {
  return object.kind === 'CustomResourceDefinition' && object.apiVersion === 'apiextensions.k8s.io/v1';
}

/**
 * A definition with nothing required in its schemas but the keys of lists, without which it would be none; for products whose webhook writes out every field before the schema is looked at:
 * what is left out is no fault there, whatever the definition says.
 */
export function withoutRequired(crd: JsonObject): JsonObject {
  const strip = (schema: JsonValue, keys?: JsonValue): JsonValue => {
    if (Array.isArray(schema)) {
      return schema.map((each) => strip(each));
    }
    if (!isObject(schema)) {
      return schema;
    }
    const out: JsonObject = {};
    for (const [key, value] of Object.entries(schema)) {
      if (key === 'properties' && isObject(value)) {
        out.properties = Object.fromEntries(Object.entries(value).map(([name, property]) => [name, strip(property)]));
      } else if (key === 'default' || key === 'enum') {
        out[key] = value;
      } else if (key === 'items') {
        out.items = strip(value, schema['x-kubernetes-list-map-keys']);
      } else if (key !== 'required') {
        out[key] = strip(value);
      }
    }
    const { required } = schema;
    const kept = Array.isArray(required) && Array.isArray(keys) ? required.filter((name) => keys.includes(name)) : [];
    return kept.length > 0 ? { ...out, required: kept } : out;
  };
  const spec = isObject(crd.spec) ? crd.spec : {};
  const versions = Array.isArray(spec.versions) ? spec.versions : [];
  return {
    ...crd,
    spec: {
      ...spec,
      versions: versions.map((version) =>
        isObject(version) && version.schema !== undefined ? { ...version, schema: strip(version.schema) } : version,
      ),
    },
  };
}

/**
 * A kind of a cluster that was asked. Its versions are those that the cluster serves. `completes`: see `withoutRequired`.
 */
export function capturedKind(cluster: CapturedSchemas, defined: CapturedDefinition, completes: boolean): CustomKind {
  let crd: JsonObject | undefined;
  const read = (): JsonObject => parsed(cluster.definitionText(defined.line));
  const definition = (): JsonObject => (crd ??= completes ? withoutRequired(read()) : read());
  const served = cluster.kinds.filter((k) => k.group === defined.group && k.kind === defined.kind);
  let kind: CustomKind | undefined;
  const whole = (): CustomKind | undefined => (kind ??= definedKind(definition(), 'cluster', cluster.context));
  const schema = (version: string): JsonObject | undefined => schemaOf(definition(), version);
  return {
    group: defined.group,
    kind: defined.kind,
    plural: served[0]?.resource ?? '',
    namespaced: served[0]?.namespaced ?? true,
    source: 'cluster',
    get origin() {
      return `cluster ${cluster.context}, captured ${ago(cluster.capturedAt, Date.now())}`;
    },
    get versions() {
      return whole()?.versions.filter((v) => served.length === 0 || served.some((s) => s.version === v.name)) ?? [];
    },
    schema,
    described: schema,
    text: () => (completes ? JSON.stringify(definition()) : cluster.definitionText(defined.line)),
    compiled: new Map(),
  };
}

function parsed(text: string): JsonObject {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
