// Packs several releases into one file: equal definitions once, an index by minor, descriptions apart because only hover and
// completion read them. `server/src/core/schema/pack.ts` has the types and reads it back.
import { sorted } from './json.mjs';

/** `{ kubernetes, bodies, descriptions }` of `[{ minor, release, definitions, kinds }]`, oldest first. */
export function pack(releases) {
  const names = [...new Set(releases.flatMap((r) => [...r.definitions.keys()]))].sort();
  const bodies = distinct();
  const texts = distinct();
  const definitions = {};
  const descriptions = {};
  for (const name of names) {
    const bare = [];
    const described = new Map();
    releases.forEach((release, i) => {
      const schema = release.definitions.get(name);
      bare.push(schema === undefined ? null : bodies.add(sorted(withoutDescriptions(schema))));
      for (const [place, text] of schema === undefined ? [] : descriptionsOf(schema)) {
        const list = described.get(place) ?? releases.map(() => null);
        list[i] = texts.add(text);
        described.set(place, list);
      }
    });
    definitions[name] = same(bare);
    if (described.size > 0) {
      descriptions[name] = Object.fromEntries([...described].sort(byKey).map(([place, list]) => [place, same(list)]));
    }
  }
  return {
    kubernetes: {
      format: 2,
      releases: releases.map(({ minor, release }) => ({ minor, release })),
      kinds: packKinds(releases),
      definitions,
    },
    bodies: bodies.values(),
    descriptions: { format: 1, definitions: descriptions, texts: texts.values() },
  };
}

/** One entry per group, version and kind; `minors` says which releases have it, as indices. */
function packKinds(releases) {
  const kinds = new Map();
  releases.forEach((release, i) => {
    for (const kind of release.kinds) {
      const id = `${kind.group}|${kind.kind}|${kind.version}`;
      const known = kinds.get(id);
      if (known) {
        known.minors.push(i);
        if (known.namespaced !== kind.namespaced || known.definition !== kind.definition) {
          throw new Error(`${id} changed its scope or definition between releases`);
        }
      } else {
        kinds.set(id, { ...kind, minors: [i] });
      }
    }
  });
  return [...kinds].sort(byKey).map(([, kind]) => kind);
}

/** A definition without descriptions, and references in one short form: `{ "$ref": "name" }`. */
function withoutDescriptions(value) {
  if (Array.isArray(value)) {
    return value.map(withoutDescriptions);
  }
  if (value === null || typeof value !== 'object') {
    return value;
  }
  const out = {};
  for (const [key, v] of Object.entries(value)) {
    if (key === 'description' && typeof v === 'string') {
      continue;
    }
    if (key === 'allOf' && v.length === 1 && Object.keys(v[0]).join() === '$ref') {
      out.$ref = shortRef(v[0].$ref);
    } else if (key === '$ref' && typeof v === 'string') {
      out.$ref = shortRef(v);
    } else if (key === 'properties') {
      // A property may itself be called `description`.
      out.properties = Object.fromEntries(Object.entries(v).map(([name, p]) => [name, withoutDescriptions(p)]));
    } else {
      out[key] = withoutDescriptions(v);
    }
  }
  return out;
}

const shortRef = (ref) => ref.slice('#/components/schemas/'.length);

/** Description of the definition itself under the empty name, and of its properties. Definitions are flat, so that is all. */
function descriptionsOf(schema) {
  const found = [];
  if (schema.description) {
    found.push(['', schema.description]);
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (property.description) {
      found.push([name, property.description]);
    }
  }
  return found;
}

/** One value where all minors agree, else the list. */
function same(list) {
  return list.every((v) => v === list[0]) ? list[0] : list;
}

function distinct() {
  const index = new Map();
  return {
    add(value) {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      const known = index.get(text);
      if (known) {
        return known.index;
      }
      index.set(text, { index: index.size, value });
      return index.size - 1;
    },
    values: () => [...index.values()].map((entry) => entry.value),
  };
}

const byKey = ([a], [b]) => (a < b ? -1 : a > b ? 1 : 0);
