// What a patch's `target` may mean, as far as its own words and the known kinds tell.
import type { SchemaStore } from '../schema/schemaStore';
import { groupOf } from '../resource';
import type { PatchTarget } from './jsonPatch';
import type { PatchSelector } from './patchSelector';

const word = /^[A-Za-z0-9.-]+$/;

/**
 * The kinds that a target may select, one for each version; none where that is not sure. A kind without its group may be one of a
 * definition that nobody here knows, except where Kubernetes itself has it.
 */
export function targetsOf(
  selector: PatchSelector | undefined,
  store: SchemaStore,
  minor: string | undefined,
): PatchTarget[] {
  const { group, version, kind } = selector ?? {};
  if (kind === undefined || ![kind, group ?? 'a', version ?? 'a'].every((text) => word.test(text))) {
    return [];
  }
  const found = store
    .kinds(minor)
    .filter(
      (known) =>
        known.kind === kind &&
        (group === undefined || groupOf(known.apiVersion) === group) &&
        (version === undefined || known.apiVersion.slice(known.apiVersion.indexOf('/') + 1) === version),
    )
    .flatMap(({ apiVersion }) => store.lookup({ apiVersion, kind, minor }) ?? [])
    .sort((a, b) => Number(a.custom) - Number(b.custom));
  const isSure = group !== undefined || found.some(({ custom }) => !custom);
  return isSure ? found.map(({ schema }) => ({ kind, schema })) : [];
}
