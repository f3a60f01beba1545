// What to write in place of a version that is going: what Kubernetes itself names, else the most stable version of the same kind.
import { groupOf, versionOf } from '../resource';
import type { SchemaStore } from './schemaStore';

export interface KindVersion {
  apiVersion: string;
  kind: string;
}

/** Undefined where a minor serves nothing better. */
export function successor(
  { apiVersion, kind }: KindVersion,
  store: SchemaStore,
  minor: string | undefined,
): KindVersion | undefined {
  return successors({ apiVersion, kind }, store).find(
    (next) =>
      store.lookup({ ...next, minor })?.deprecated === undefined && store.lookup({ ...next, minor }) !== undefined,
  );
}

/** What may take the place of a version in any minor, best first. */
export function successors({ apiVersion, kind }: KindVersion, store: SchemaStore): KindVersion[] {
  const named = store.lifecycle(apiVersion, kind)?.replacement;
  const names = new Map<string, KindVersion>();
  for (const minor of store.minors) {
    for (const known of store.kinds(minor)) {
      if (known.kind === kind && groupOf(known.apiVersion) === groupOf(apiVersion)) {
        names.set(known.apiVersion, { apiVersion: known.apiVersion, kind });
      }
    }
  }
  const better = [...names.values()]
    .filter((known) => stability(known.apiVersion) > stability(apiVersion))
    .sort((a, b) => stability(b.apiVersion) - stability(a.apiVersion));
  // What Kubernetes named long ago may be a version that has itself been followed by another.
  return named === undefined || names.has(named.apiVersion) ? better : [named, ...better];
}

/** Stable before beta before alpha; of the same stability the higher number. */
export function stability(apiVersion: string): number {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(versionOf(apiVersion));
  if (match === null) {
    return 0;
  }
  const stability = match[2] === undefined ? 3 : match[2] === 'beta' ? 2 : 1;
  return stability * 1e6 + Number(match[1]) * 1e3 + Number(match[3] ?? 0);
}
