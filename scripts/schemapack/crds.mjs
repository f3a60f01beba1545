// Custom resource definitions of the products that GitOps repositories use: each definition without descriptions for checking and
// for the engine, and its descriptions apart, for documentation.
import fs from 'node:fs';
import path from 'node:path';
import { loadAll } from 'js-yaml';
import { sorted } from './json.mjs';

/** `[{ entry, definition, descriptions }]` of a module's folders and files, sorted by name. `entry` goes into the index. */
export function readCrds(places, { product, version, completes = false }) {
  const found = places
    .flatMap(yamlFiles)
    .flatMap((file) => loadAll(fs.readFileSync(file, 'utf8')))
    .filter((d) => d?.kind === 'CustomResourceDefinition')
    .map((crd) => read(completes ? withoutRequired(crd) : crd, product, version))
    .map((found) => (completes ? { ...found, entry: { ...found.entry, completes } } : found))
    .sort((a, b) => (a.entry.name < b.entry.name ? -1 : 1));
  if (found.length === 0) {
    throw new Error(`${product} ${version}: no definition in ${places.join(', ')}`);
  }
  return found;
}

function yamlFiles(place) {
  if (fs.statSync(place).isFile()) {
    return [place];
  }
  return fs
    .readdirSync(place)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => path.join(place, name));
}

function read(crd, product, version) {
  if (crd.apiVersion !== 'apiextensions.k8s.io/v1') {
    throw new Error(`${product}: ${crd.metadata?.name} is of ${crd.apiVersion}`);
  }
  const { group, names, scope, versions } = crd.spec;
  return {
    entry: {
      name: `${names.plural}.${group}`,
      group,
      kind: names.kind,
      plural: names.plural,
      shortNames: names.shortNames ?? [],
      namespaced: scope === 'Namespaced',
      versions: versions.map((v) => ({
        name: v.name,
        served: v.served,
        ...(v.deprecated
          ? { deprecated: v.deprecationWarning ?? `${group}/${v.name} ${names.kind} is deprecated` }
          : {}),
        ...(v.subresources?.status ? { status: true } : {}),
      })),
      product,
      release: version,
    },
    definition: sorted({
      apiVersion: crd.apiVersion,
      kind: crd.kind,
      metadata: { name: crd.metadata.name, ...approval(crd.metadata.annotations) },
      // How versions are converted concerns the cluster only, and names Services that each installation calls otherwise.
      spec: { group, names, scope, versions: versions.map(withoutDescriptionsOfVersion) },
    }),
    descriptions: Object.fromEntries(
      versions.flatMap((v) => {
        const described = descriptionsOf(v.schema?.openAPIV3Schema);
        return described === undefined ? [] : [[v.name, sorted(described)]];
      }),
    ),
  };
}

/** The definition with nothing required in its schemas, but for the keys of lists: without those no server takes a definition. */
function withoutRequired(crd) {
  const strip = (schema, keys = []) => {
    if (Array.isArray(schema)) {
      return schema.map((part) => strip(part));
    }
    if (schema === null || typeof schema !== 'object') {
      return schema;
    }
    const out = {};
    for (const [key, value] of Object.entries(schema)) {
      if (key === 'properties') {
        out.properties = Object.fromEntries(Object.entries(value).map(([name, property]) => [name, strip(property)]));
      } else if (key === 'default' || key === 'enum') {
        out[key] = value;
      } else if (key === 'items') {
        out.items = strip(value, schema['x-kubernetes-list-map-keys']);
      } else if (key !== 'required') {
        out[key] = strip(value);
      } else if (value.some((name) => keys.includes(name))) {
        out.required = value.filter((name) => keys.includes(name));
      }
    }
    return out;
  };
  const versions = crd.spec.versions.map((version) => ({ ...version, schema: strip(version.schema) }));
  return { ...crd, spec: { ...crd.spec, versions } };
}

/** Groups of Kubernetes itself are protected: their definitions name the review that approved them. */
function approval(annotations) {
  const name = 'api-approved.kubernetes.io';
  return annotations?.[name] === undefined ? {} : { annotations: { [name]: annotations[name] } };
}

/** Of a version, what decides what the server accepts. Columns of `kubectl get` do not. */
function withoutDescriptionsOfVersion({ name, served, storage, deprecated, deprecationWarning, schema, ...rest }) {
  return {
    name,
    served,
    storage,
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(deprecationWarning === undefined ? {} : { deprecationWarning }),
    ...(rest.subresources === undefined ? {} : { subresources: rest.subresources }),
    ...(schema === undefined ? {} : { schema: { openAPIV3Schema: withoutDescriptions(schema.openAPIV3Schema) } }),
  };
}

function withoutDescriptions(value) {
  if (Array.isArray(value)) {
    return value.map(withoutDescriptions);
  }
  if (value === null || typeof value !== 'object') {
    return value;
  }
  const out = {};
  for (const [key, v] of Object.entries(value)) {
    if (key === 'properties') {
      out.properties = Object.fromEntries(Object.entries(v).map(([name, p]) => [name, withoutDescriptions(p)]));
    } else if (key === 'default' || key === 'enum') {
      out[key] = v;
    } else if (!(key === 'description' && typeof v === 'string') && key !== 'example') {
      out[key] = withoutDescriptions(v);
    }
  }
  return out;
}

/** The schema's shape with nothing but descriptions; undefined where it has none. */
function descriptionsOf(schema) {
  if (schema === null || typeof schema !== 'object') {
    return undefined;
  }
  const out =
    typeof schema.description === 'string' && schema.description !== '' ? { description: schema.description } : {};
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const described = descriptionsOf(property);
    return described === undefined ? [] : [[name, described]];
  });
  if (properties.length > 0) {
    out.properties = Object.fromEntries(properties);
  }
  for (const key of ['items', 'additionalProperties']) {
    const described = descriptionsOf(schema[key]);
    if (described !== undefined) {
      out[key] = described;
    }
  }
  return Object.keys(out).length > 0 ? out : undefined;
}
