// The schema store: which schema an object has, for a Kubernetes minor, in layers: definitions of the workspace win over those of
// the cluster, and both over the bundled ones.
import { isObject, type JsonObject } from '../json';
import { groupOf, versionOf } from '../resource';
import type { CapturedCluster, CapturedSchemas } from './captured';
import type { BuiltinTypes } from './compileBuiltin';
import { builtinTypes } from './compileBuiltin';
import { compileCustom } from './compileCustom';
import { explainMissing, type MissingKind } from './missingKind';
import { builtinDocuments, customDocument } from './openApiDocuments';
import { bundledKind, capturedKind, definedKind, isCrd, withoutRequired, type CustomKind } from './customKinds';
import type { ApiLifecycle, PackedKind, SchemaPack } from './pack';
import type { NamedSchema } from './namedSchemas';
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
  custom: boolean;
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
  /** The products whose definitions are bundled, with their release, and how many kinds of each. */
  products(): { name: string; kinds: number }[];
  /** Makes these the clusters that are known, in place of those before. */
  setClusters(clusters: readonly CapturedSchemas[]): void;
  /** Clusters that were asked, by context. */
  readonly clusters: ReadonlyMap<string, CapturedCluster>;
  /** The cluster whose schemas count in this view of the store. */
  readonly cluster: CapturedCluster | undefined;
  /** The store as it is for a cluster: what was captured from it counts after the workspace. This view where nothing was. */
  forCluster(context: string | undefined): SchemaStore;
  /** What was read of a file that documents name as their schema, with the text that it was read from. */
  named(path: string): { text: string | undefined; schema: NamedSchema } | undefined;
  setNamed(path: string, text: string | undefined, schema: NamedSchema): void;
  /** The store as it is for a document that names this file: what the file defines counts before everything else. */
  forNamed(path: string | undefined): SchemaStore;
  /**
   * False where the exact engine, which has one definition of each kind, has another one than counts here: two clusters differ. Its
   * verdict on such objects would be another cluster's.
   */
  isEnginesOwn(group: string, kind: string): boolean;
  /** Increases whenever `setCrds` or `setClusters` changed something: what was computed from an older version is out of date. */
  readonly version: number;
  /** JSON text of the definition of a custom kind, for the exact engine; undefined for built-in and unknown kinds. The same in every view. */
  crdText(group: string, kind: string): string | undefined;
  /** OpenAPI v3 documents (`{ components: { schemas } }`), one per group/version, as a server of that minor publishes them. */
  openApi(minor: string | undefined, groupVersions: readonly string[]): JsonObject[];
}

export function createSchemaStore(pack: SchemaPack): SchemaStore {
  const minors = pack.kubernetes.releases.map((r) => r.minor);
  const builtins = new Map<number, BuiltinTypes>();
  const builtinKinds = new Map(pack.kubernetes.kinds.map((k) => [`${apiVersionOf(k)} ${k.kind}`, k]));
  const builtinCompiled = new Map<string, KindSchema | undefined>();
  const bundled = new Map(pack.crds.map((crd) => [`${crd.group} ${crd.kind}`, bundledKind(pack, crd)]));
  const completing = new Set(pack.crds.flatMap(({ completes, group }) => (completes === true ? [group] : [])));
  /** What of a definition the server enforces: the product's webhook is there wherever its kinds are. */
  const enforced = (crd: JsonObject): JsonObject =>
    isObject(crd.spec) && typeof crd.spec.group === 'string' && completing.has(crd.spec.group)
      ? withoutRequired(crd)
      : crd;
  const files = { workspace: new Map<string, CustomKind[]>(), cluster: new Map<string, CustomKind[]>() };
  const texts = new Map<string, string>();
  let lives: Map<string, ApiLifecycle> | undefined;
  let version = 0;
  let clusters: ReadonlyMap<string, CapturedSchemas> = new Map();
  /** What clusters define, by context, then `group kind`. */
  const captured = new Map<string, Map<string, CustomKind>>();
  const views = new Map<string, SchemaStore>();
  const namedFiles = new Map<
    string,
    { text: string | undefined; schema: NamedSchema; kinds: Map<string, CustomKind> }
  >();

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

  const lookupCustom = (kind: CustomKind | undefined, query: KindQuery): KindSchema | undefined => {
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
      get origin() {
        return kind.origin;
      },
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

  /** Layers of custom kinds, the strongest last: made when first asked, and again after a change. */
  const layered = (context: string | undefined, file: string | undefined): (() => Map<string, CustomKind>) => {
    let made: { version: number; kinds: Map<string, CustomKind> } | undefined;
    return () => {
      if (made?.version !== version) {
        const kinds = new Map([...bundled, ...(context === undefined ? [] : (captured.get(context) ?? []))]);
        for (const layer of ['cluster', 'workspace'] as const) {
          for (const [, defined] of [...files[layer]].sort(([a], [b]) => compare(a, b))) {
            defined.forEach((kind) => kinds.set(`${kind.group} ${kind.kind}`, kind));
          }
        }
        namedFiles.get(file ?? '')?.kinds.forEach((kind, id) => kinds.set(id, kind));
        made = { version, kinds };
      }
      return made.kinds;
    };
  };

  const plain = layered(undefined, undefined);
  const engines = (id: string): CustomKind | undefined => {
    const kind = plain().get(id);
    if (kind === undefined || kind.source === 'bundled') {
      for (const kinds of captured.values()) {
        const found = kinds.get(id);
        if (found !== undefined) {
          return found;
        }
      }
    }
    // What only a document names is better than no definition.
    return kind ?? [...namedFiles.values()].flatMap(({ kinds }) => kinds.get(id) ?? [])[0];
  };

  const view = (context: string | undefined, file: string | undefined): SchemaStore => {
    const id = `${context ?? ''}\n${file ?? ''}`;
    const known = views.get(id) ?? viewOf(context, file, layered(context, file), new Map());
    views.set(id, known);
    return known;
  };

  const viewOf = (
    context: string | undefined,
    file: string | undefined,
    custom: () => Map<string, CustomKind>,
    explained: Map<string, MissingKind>,
  ): SchemaStore => {
    const self: SchemaStore = {
      minors,
      minorFor,
      lookup: (query) =>
        enabledThere(lookupBuiltin(query, minorFor(query.minor)), context) ??
        lookupCustom(custom().get(`${groupOf(query.apiVersion)} ${query.kind}`), query),
      lifecycle: lifecycleOf,
      explain(query) {
        const minor = minorFor(query.minor);
        const id = `${version} ${query.minor ?? ''} ${minor} ${query.apiVersion} ${query.kind}`;
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
          lifecycle: lifecycleOf,
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
            custom: false,
          }));
        for (const k of custom().values()) {
          for (const v of k.versions.filter((each) => each.served)) {
            names.push({
              apiVersion: `${k.group}/${v.name}`,
              kind: k.kind,
              plural: k.plural,
              namespaced: k.namespaced,
              source: k.source,
              custom: true,
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
            crds.flatMap((crd) => definedKind(enforced(crd), layer, file) ?? []),
          );
        }
        version++;
        return true;
      },
      products() {
        const kinds = new Map<string, number>();
        for (const { product, release } of pack.crds) {
          kinds.set(`${product} ${release}`, (kinds.get(`${product} ${release}`) ?? 0) + 1);
        }
        return [...kinds].map(([name, count]) => ({ name, kinds: count })).sort((a, b) => compare(a.name, b.name));
      },
      setClusters(list) {
        clusters = new Map(list.map((cluster) => [cluster.context, cluster]));
        captured.clear();
        views.clear();
        for (const cluster of list) {
          const kinds = cluster.definitions.map((defined) =>
            capturedKind(cluster, defined, completing.has(defined.group)),
          );
          captured.set(cluster.context, new Map(kinds.map((kind) => [`${kind.group} ${kind.kind}`, kind])));
        }
        version++;
      },
      get clusters() {
        return clusters;
      },
      cluster: context === undefined ? undefined : clusters.get(context),
      forCluster(wanted) {
        if (wanted === undefined || !clusters.has(wanted)) {
          return self;
        }
        return view(wanted, file);
      },
      named(path) {
        const found = namedFiles.get(path);
        return found === undefined ? undefined : { text: found.text, schema: found.schema };
      },
      setNamed(path, text, schema) {
        const defined = schema.kind === 'definitions' ? schema.definitions : [];
        const kinds = defined.flatMap((crd) => definedKind(enforced(crd), 'workspace', path) ?? []);
        namedFiles.set(path, {
          text,
          schema,
          kinds: new Map(kinds.map((kind) => [`${kind.group} ${kind.kind}`, kind])),
        });
        version++;
      },
      forNamed: (path) => (path === undefined || !namedFiles.has(path) ? self : view(context, path)),
      isEnginesOwn(group, kind) {
        const [own, theirs] = [custom().get(`${group} ${kind}`), engines(`${group} ${kind}`)];
        return own === theirs || own?.text() === theirs?.text();
      },
      get version() {
        return version;
      },
      crdText: (group, kind) => engines(`${group} ${kind}`)?.text(),
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
    return self;
  };

  /** An alpha or beta version that the cluster is known to serve needs nobody to enable it. */
  const enabledThere = (found: KindSchema | undefined, context: string | undefined): KindSchema | undefined => {
    const cluster = found?.servedByDefault === false && context !== undefined ? clusters.get(context) : undefined;
    const isServed = cluster?.kinds.some(
      (k) => k.kind === found?.kind && (k.group === '' ? k.version : `${k.group}/${k.version}`) === found.apiVersion,
    );
    return found !== undefined && isServed === true ? { ...found, servedByDefault: true } : found;
  };

  const lifecycleOf = (apiVersion: string, kind: string): ApiLifecycle | undefined => {
    lives ??= new Map(pack.lifecycles().map((life) => [`${life.apiVersion} ${life.kind}`, life]));
    return lives.get(`${apiVersion} ${kind}`) ?? goneFromKubernetes(apiVersion, kind);
  };

  const store = viewOf(undefined, undefined, plain, new Map());
  return store;
}

function apiVersionOf(kind: PackedKind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

/** Betas that are older than the rule that betas are off; the last of them went in 1.32. */
function isServedBeta({ group, version }: PackedKind): boolean {
  return group === 'flowcontrol.apiserver.k8s.io' && version === 'v1beta3';
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
    servedByDefault: isStable(packed.version) || isServedBeta(packed),
    minors: packed.minors.map((i) => minors[i] ?? ''),
  };
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
