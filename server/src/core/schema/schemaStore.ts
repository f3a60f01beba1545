// The schema store: which schema an object has, for a Kubernetes minor, in layers: definitions of the workspace win over those of
// the cluster, and both over the bundled ones.
import type { JsonObject, JsonValue } from '../json';
import { isObject } from '../json';
import { groupOf, versionOf } from '../resource';
import type { BuiltinTypes } from './compileBuiltin';
import { builtinTypes } from './compileBuiltin';
import { compileCustom } from './compileCustom';
import { explainMissing, type MissingKind } from './missingKind';
import { builtinDocuments, customDocument } from './openApiDocuments';
import type { ApiLifecycle, PackedCrd, PackedKind, SchemaPack } from './pack';
import { goneFromKubernetes } from './removedApis';
import type { SchemaNode } from './schemaNode';

export type SchemaLayer = 'workspace' | 'cluster' | 'bundled';

export interface KindQuery {
  apiVersion: string;
  kind: string;
  /** For example `1.35`; undefined, or a minor that the pack does not hold: the nearest one that it holds. */
  minor?: string | undefined;
}

export interface KindSchema {
  apiVersion: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  source: SchemaLayer;
  /** Where the schema comes from, for people: `Kubernetes 1.36.3`, `Argo CD v3.5.7`, or the file that defines it. */
  origin: string;
  schema: SchemaNode;
  /** True for custom resources. */
  custom: boolean;
  /** The server drops status from what is written, so its values are never validated. */
  statusDropped: boolean;
  /** False for alpha and beta versions of built-in kinds, which a cluster serves only where somebody enabled them. */
  servedByDefault: boolean;
  /** The server's own warning, where the version is deprecated. */
  deprecated?: string;
  /** Kubernetes minors of the pack that have this version; empty for custom resources. */
  minors: string[];
}

/** A kind that can be written, for completion. */
export interface KindName {
  apiVersion: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  source: SchemaLayer;
}

export interface SchemaStore {
  /** Minors of the pack, oldest first. */
  readonly minors: readonly string[];
  /** The minor whose schemas are used for a version text (`1.35`, `v1.35.2`, undefined). */
  minorFor(version: string | undefined): string;
  lookup(query: KindQuery): KindSchema | undefined;
  /** When a version of Kubernetes was introduced, deprecated, removed; undefined: it is not known to go. */
  lifecycle(apiVersion: string, kind: string): ApiLifecycle | undefined;
  /** Why `lookup` found nothing, and what may be meant. */
  explain(query: KindQuery): MissingKind;
  /** Every kind that is known for a minor, sorted by kind, then apiVersion; versions served by default first. */
  kinds(minor?: string): KindName[];
  /**
   * Makes `definitions` (whole CustomResourceDefinition objects; other objects are ignored) the ones that `file` defines in a layer,
   * in place of those it defined before. An empty list forgets the file. Returns true where anything changed.
   */
  setCrds(layer: 'workspace' | 'cluster', file: string, definitions: readonly JsonObject[]): boolean;
  /** Increases whenever `setCrds` changed something: what was computed from an older version is out of date. */
  readonly version: number;
  /** JSON text of the definition of a custom kind, for the exact engine; undefined for built-in and unknown kinds. */
  crdText(group: string, kind: string): string | undefined;
  /** OpenAPI v3 documents (`{ components: { schemas } }`), one per group/version, as a server of that minor publishes them. */
  openApi(minor: string | undefined, groupVersions: readonly string[]): JsonObject[];
}

/** A custom kind of some layer, with what is needed to compile each of its versions once. */
interface CustomKind {
  group: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  source: SchemaLayer;
  origin: string;
  versions: { name: string; served: boolean; deprecated?: string; status: boolean }[];
  /** Schema of a version without (bundled) or with (others) descriptions. */
  schema(version: string): JsonObject | undefined;
  described(version: string): JsonObject | undefined;
  text(): string;
  compiled: Map<string, KindSchema>;
}

export function createSchemaStore(pack: SchemaPack): SchemaStore {
  const minors = pack.kubernetes.releases.map((r) => r.minor);
  const builtins = new Map<number, BuiltinTypes>();
  const builtinKinds = new Map(pack.kubernetes.kinds.map((k) => [`${apiVersionOf(k)} ${k.kind}`, k]));
  const builtinCompiled = new Map<string, KindSchema | undefined>();
  const bundled = new Map(pack.crds.map((crd) => [`${crd.group} ${crd.kind}`, bundledKind(pack, crd)]));
  const files = { workspace: new Map<string, CustomKind[]>(), cluster: new Map<string, CustomKind[]>() };
  const texts = new Map<string, string>();
  const explained = new Map<string, MissingKind>();
  let lives: Map<string, ApiLifecycle> | undefined;
  let version = 0;
  /** The winning custom kind by `group kind`; made again after a change. */
  let customKinds: Map<string, CustomKind> | undefined;

  const custom = (): Map<string, CustomKind> => {
    if (customKinds === undefined) {
      customKinds = new Map(bundled);
      for (const layer of ['cluster', 'workspace'] as const) {
        for (const [, kinds] of [...files[layer]].sort(([a], [b]) => (a < b ? -1 : 1))) {
          for (const kind of kinds) {
            customKinds.set(`${kind.group} ${kind.kind}`, kind);
          }
        }
      }
    }
    return customKinds;
  };

  const types = (minor: number): BuiltinTypes => {
    const known = builtins.get(minor);
    if (known) {
      return known;
    }
    const made = builtinTypes(pack, minor);
    builtins.set(minor, made);
    return made;
  };

  const minorFor = (text: string | undefined): string => nearestMinor(minors, text);

  const lookupBuiltin = (query: KindQuery, minor: string): KindSchema | undefined => {
    const id = `${minor} ${query.apiVersion} ${query.kind}`;
    if (builtinCompiled.has(id)) {
      return builtinCompiled.get(id);
    }
    const index = minors.indexOf(minor);
    const packed = builtinKinds.get(`${query.apiVersion} ${query.kind}`);
    const schema = packed?.minors.includes(index) ? types(index).definition(packed.definition) : undefined;
    const found =
      packed && schema
        ? builtinKind(packed, schema, minors, `Kubernetes ${pack.kubernetes.releases[index]?.release ?? minor}`)
        : undefined;
    builtinCompiled.set(id, found);
    return found;
  };

  const lookupCustom = (query: KindQuery): KindSchema | undefined => {
    const kind = custom().get(`${groupOf(query.apiVersion)} ${query.kind}`);
    const name = versionOf(query.apiVersion);
    const known = kind?.compiled.get(name);
    if (kind === undefined || known) {
      return known;
    }
    const described = kind.versions.find((v) => v.name === name && v.served);
    const schema = described && kind.schema(name);
    if (described === undefined || schema === undefined) {
      return undefined;
    }
    const found: KindSchema = {
      apiVersion: query.apiVersion,
      kind: kind.kind,
      plural: kind.plural,
      namespaced: kind.namespaced,
      source: kind.source,
      origin: kind.origin,
      schema: compileCustom(schema, {
        metadata: types(minors.length - 1).definition('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'),
        described: () => kind.described(name),
      }),
      custom: true,
      statusDropped: described.status,
      servedByDefault: true,
      ...(described.deprecated === undefined ? {} : { deprecated: described.deprecated }),
      minors: [],
    };
    kind.compiled.set(name, found);
    return found;
  };

  const store: SchemaStore = {
    minors,
    minorFor,
    lookup: (query) => lookupBuiltin(query, minorFor(query.minor)) ?? lookupCustom(query),
    lifecycle(apiVersion, kind) {
      lives ??= new Map(pack.lifecycles().map((life) => [`${life.apiVersion} ${life.kind}`, life]));
      return lives.get(`${apiVersion} ${kind}`) ?? goneFromKubernetes(apiVersion, kind);
    },
    explain(query) {
      const minor = minorFor(query.minor);
      const id = `${query.minor ?? ''} ${minor} ${query.apiVersion} ${query.kind}`;
      const known = explained.get(id);
      if (known) {
        return known;
      }
      const missing = explainMissing(query, minor, {
        builtin: pack.kubernetes.kinds.map((k) => ({
          apiVersion: apiVersionOf(k),
          kind: k.kind,
          minors: k.minors.map((i) => minors[i] ?? ''),
        })),
        custom: [...custom().values()].flatMap((k) =>
          k.versions
            .filter((v) => v.served)
            .map((v) => ({
              apiVersion: `${k.group}/${v.name}`,
              kind: k.kind,
              ...(k.source === 'bundled' ? { origin: k.origin } : {}),
            })),
        ),
        lifecycle: (apiVersion, kind) => store.lifecycle(apiVersion, kind),
      });
      explained.set(id, missing);
      return missing;
    },
    kinds(minor) {
      const index = minors.indexOf(minorFor(minor));
      const names: KindName[] = pack.kubernetes.kinds
        .filter((k) => k.minors.includes(index))
        .map((k) => ({
          apiVersion: apiVersionOf(k),
          kind: k.kind,
          plural: k.plural,
          namespaced: k.namespaced,
          source: 'bundled',
        }));
      for (const k of custom().values()) {
        for (const v of k.versions.filter((each) => each.served)) {
          names.push({
            apiVersion: `${k.group}/${v.name}`,
            kind: k.kind,
            plural: k.plural,
            namespaced: k.namespaced,
            source: k.source,
          });
        }
      }
      return names.sort(
        (a, b) =>
          compare(a.kind, b.kind) ||
          Number(!isStable(a.apiVersion)) - Number(!isStable(b.apiVersion)) ||
          compare(a.apiVersion, b.apiVersion),
      );
    },
    setCrds(layer, file, definitions) {
      const crds = definitions.filter(isCrd);
      const id = `${layer} ${file}`;
      const text = crds.length === 0 ? '' : JSON.stringify(crds);
      if ((texts.get(id) ?? '') === text) {
        return false;
      }
      if (crds.length === 0) {
        texts.delete(id);
        files[layer].delete(file);
      } else {
        texts.set(id, text);
        files[layer].set(
          file,
          crds.flatMap((crd) => definedKind(crd, layer, file) ?? []),
        );
      }
      customKinds = undefined;
      explained.clear();
      version++;
      return true;
    },
    get version() {
      return version;
    },
    crdText: (group, kind) => custom().get(`${group} ${kind}`)?.text(),
    openApi(minor, groupVersions) {
      const index = minors.indexOf(minorFor(minor));
      return groupVersions.flatMap((gv) => {
        const kinds = pack.kubernetes.kinds.filter((k) => apiVersionOf(k) === gv && k.minors.includes(index));
        const own = [...custom().values()].filter((k) => k.group === groupOf(gv) && gv.includes('/'));
        const documents: JsonObject[] = [];
        if (kinds.length > 0) {
          documents.push(builtinDocuments(pack, index, kinds));
        }
        const schemas = own.flatMap((k) => {
          const name = versionOf(gv);
          const served = k.versions.some((v) => v.name === name && v.served);
          const schema = served ? k.schema(name) : undefined;
          return schema ? [{ group: k.group, version: name, kind: k.kind, schema }] : [];
        });
        if (schemas.length > 0) {
          documents.push(customDocument(pack, minors.length - 1, schemas));
        }
        return documents;
      });
    },
  };
  return store;
}

function apiVersionOf(kind: PackedKind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

function isStable(apiVersion: string): boolean {
  return /^v\d+$/.test(versionOf(apiVersion));
}

function builtinKind(packed: PackedKind, schema: SchemaNode, minors: string[], origin: string): KindSchema {
  return {
    apiVersion: apiVersionOf(packed),
    kind: packed.kind,
    plural: packed.plural,
    namespaced: packed.namespaced,
    source: 'bundled',
    origin,
    schema,
    custom: false,
    statusDropped: true,
    servedByDefault: isStable(packed.version),
    minors: packed.minors.map((i) => minors[i] ?? ''),
  };
}

function bundledKind(pack: SchemaPack, crd: PackedCrd): CustomKind {
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
function definedKind(crd: JsonObject, source: SchemaLayer, file: string): CustomKind | undefined {
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

/** The minor itself where the pack has it; otherwise the nearest: the oldest for older, the newest for newer and unknown ones. */
function nearestMinor(minors: readonly string[], text: string | undefined): string {
  const newest = minors.at(-1) ?? '';
  const match = /^v?(\d+)\.(\d+)/.exec(text ?? '');
  if (match === null) {
    return newest;
  }
  const wanted = `${match[1] ?? ''}.${match[2] ?? ''}`;
  if (minors.includes(wanted)) {
    return wanted;
  }
  const oldest = minors[0] ?? '';
  return Number(match[2]) < Number(oldest.split('.')[1]) ? oldest : newest;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
