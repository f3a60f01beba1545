// Custom resource definitions of the products that GitOps repositories use: the schemas without descriptions for checking, and the
// original text for the engine and for documentation.
import fs from 'node:fs';
import path from 'node:path';
import { loadAll } from 'js-yaml';
import { sorted } from './json.mjs';

/** `[{ entry, text, schemas }]` of a module's folder, sorted by group and kind. `entry` goes into the index. */
export function readCrds(dir, { product, version }) {
  const found = [];
  for (const file of fs
    .readdirSync(dir)
    .filter((f) => f.endsWith('.yaml'))
    .sort()) {
    const text = fs.readFileSync(path.join(dir, file), 'utf8').replaceAll('\r\n', '\n');
    const crds = loadAll(text).filter((d) => d?.kind === 'CustomResourceDefinition');
    if (crds.length > 1) {
      throw new Error(`${file}: one definition per file is expected`);
    }
    for (const crd of crds) {
      const { group, names, scope, versions } = crd.spec;
      found.push({
        entry: {
          file: `${names.plural}.${group}`,
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
        text,
        schemas: Object.fromEntries(
          versions
            .filter((v) => v.schema?.openAPIV3Schema)
            .map((v) => [v.name, sorted(withoutDescriptions(v.schema.openAPIV3Schema))]),
        ),
      });
    }
  }
  return found;
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
    } else if (!(key === 'description' && typeof v === 'string')) {
      out[key] = withoutDescriptions(v);
    }
  }
  return out;
}
