// Takes a snapshot: the live objects of an environment's cluster as a folder of files, values of Secrets masked.
import { writeSnapshot } from '../adapters/snapshotWrite';
import type { Abort, Answer } from '../core/ports';
import { isObject } from '../core/json';
import { keyText } from '../core/resource';
import type { Compared } from './compare';

/** Kinds and API versions of the environment's own objects, and everything else that is not noise, of the namespaces they are in. */
export async function takeSnapshot(
  compared: Pick<Compared, 'environment' | 'renderings' | 'target'>,
  folder: string,
  abort?: Abort,
): Promise<Answer<{ files: number; unavailable: number }>> {
  const objects = compared.renderings.flatMap((rendering) => rendering.resources.map((resource) => resource.object));
  const apiVersions = new Set(objects.filter(isObject).map((object) => object.apiVersion));
  const desired = new Map(
    compared.renderings.flatMap((rendering) => rendering.resources.map(({ key, object }) => [keyText(key), object])),
  );
  const request = { name: compared.environment.name, apiVersions, desired };
  const written = await writeSnapshot(compared.target, folder, request, abort);
  return written.ok
    ? { ok: true, value: { files: written.value.files, unavailable: written.value.unavailable.length } }
    : written;
}
