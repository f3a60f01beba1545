// Reads one Kubernetes release from its module: the definitions that manifests can use, and the kinds that it serves.
import fs from 'node:fs';
import path from 'node:path';
import { readEnums } from './enums.mjs';

const refPrefix = '#/components/schemas/';

/** `{ definitions, kinds }` of a release. `dir` is the folder of the module `k8s.io/kubernetes`. */
export function readRelease(dir) {
  const all = readDefinitions(path.join(dir, 'api/openapi-spec/v3'));
  addEnums(all, fs.readFileSync(path.join(dir, 'pkg/generated/openapi/zz_generated.openapi.go'), 'utf8'));
  const kinds = readKinds(path.join(dir, 'api/discovery/aggregated_v2.json'), path.join(dir, 'api/discovery'), all);
  const definitions = reachable(all, [
    ...kinds.map((k) => k.definition),
    // Every custom resource has it, too.
    'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
  ]);
  return { definitions, kinds };
}

function readDefinitions(dir) {
  const all = new Map();
  for (const file of fs.readdirSync(dir).sort()) {
    const document = JSON.parse(fs.readFileSync(path.join(dir, file), 'utf8'));
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
      all.set(name, schema);
    }
  }
  return all;
}

function addEnums(definitions, source) {
  for (const [name, list] of readEnums(source)) {
    const definition = definitions.get(name);
    if (definition === undefined) {
      // A type that no served version uses any more.
      continue;
    }
    for (const { property, inside, values, description } of list) {
      const schema = definition.properties[property];
      if (schema === undefined) {
        throw new Error(`${name} has no property ${property}`);
      }
      (inside ? schema[inside] : schema).enum = values;
      if (description !== '' && !inside) {
        schema.description = description;
      }
    }
  }
}

/** Kinds that can be created, from the release's own discovery documents. */
function readKinds(aggregated, dir, definitions) {
  const byKind = new Map();
  for (const [name, schema] of definitions) {
    for (const g of schema['x-kubernetes-group-version-kind'] ?? []) {
      byKind.set(`${g.group}/${g.version}/${g.kind}`, name);
    }
  }
  const kinds = [];
  const add = (group, version, kind, plural, namespaced, shortNames) => {
    const definition = byKind.get(`${group}/${version}/${kind}`);
    if (definition === undefined) {
      throw new Error(`${group}/${version} ${kind} is served but not defined`);
    }
    kinds.push({ group, version, kind, plural, namespaced, shortNames, definition });
  };
  for (const group of JSON.parse(fs.readFileSync(aggregated, 'utf8')).items) {
    for (const version of group.versions) {
      for (const r of version.resources ?? []) {
        if (r.verbs.includes('create')) {
          const kind = r.responseKind.kind;
          add(
            group.metadata.name ?? '',
            version.version,
            kind,
            r.resource,
            r.scope === 'Namespaced',
            r.shortNames ?? [],
          );
        }
      }
    }
  }
  // The core group is not an aggregated one.
  for (const r of JSON.parse(fs.readFileSync(path.join(dir, 'api__v1.json'), 'utf8')).resources) {
    if (r.verbs.includes('create') && !r.name.includes('/')) {
      add('', 'v1', r.kind, r.name, r.namespaced, r.shortNames ?? []);
    }
  }
  return kinds;
}

function reachable(all, roots) {
  const kept = new Map();
  const visit = (name) => {
    if (kept.has(name)) {
      return;
    }
    const schema = all.get(name);
    if (schema === undefined) {
      throw new Error(`${name} is used but not defined`);
    }
    kept.set(name, schema);
    refsOf(schema).forEach(visit);
  };
  roots.forEach(visit);
  return kept;
}

function refsOf(value) {
  if (Array.isArray(value)) {
    return value.flatMap(refsOf);
  }
  if (value === null || typeof value !== 'object') {
    return [];
  }
  return Object.entries(value).flatMap(([key, v]) =>
    key === '$ref' && typeof v === 'string' ? [v.slice(refPrefix.length)] : refsOf(v),
  );
}
