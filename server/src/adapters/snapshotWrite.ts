// Takes a snapshot: the live objects of a target as files, Secrets masked. What could not be read is recorded with its reason, so
// that a comparison with the snapshot says Unknown there and never Missing.
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Abort, Answer, KindInfo, Target } from '../core/ports';
import type { KubernetesObject } from '../core/resource';
import { keyOf, keyText } from '../core/resource';
import { throwIfAborted } from './abort';
import type { SnapshotInfo } from './snapshotFolder';
import { infoFile, openSnapshotFolder, writeInfo } from './snapshotFolder';

export interface SnapshotRequest {
  /** Shown to people; default: the target's name. */
  name?: string;
  /** Which kinds are taken; default: all but those that a cluster makes by itself. */
  take?: (kind: KindInfo) => boolean;
  /** API versions that the repository writes (`autoscaling/v1`): a kind served in several is taken in that one. */
  apiVersions?: ReadonlySet<string>;
  /** What Git says, by key text: the snapshot remembers which of the values that it hides were Git's. */
  desired?: ReadonlyMap<string, KubernetesObject>;
  clock?: () => Date;
}

export interface SnapshotSummary {
  files: number;
  /** Kinds that could not be read. */
  unavailable: SnapshotInfo['unavailable'];
}

/** Kinds that controllers and nodes write all the time and nobody keeps in Git. */
const noise = new Set([
  'Event',
  'Endpoints',
  'EndpointSlice',
  'Lease',
  'ControllerRevision',
  'ReplicaSet',
  'Pod',
  'Node',
  'PodMetrics',
  'NodeMetrics',
  'ComponentStatus',
  'CSINode',
  'VolumeAttachment',
  'FlowSchema',
  'PriorityLevelConfiguration',
]);

/**
 * Writes the objects of `target` to `folder`, which must be absent, empty, or an older snapshot, which is replaced as a whole. Fails
 * where nothing can be known of the target at all.
 */
export async function writeSnapshot(
  target: Target,
  folder: string,
  request: SnapshotRequest = {},
  abort?: Abort,
): Promise<Answer<SnapshotSummary>> {
  const names = await fs.readdir(folder).catch((): string[] => []);
  if (names.length > 0 && !names.includes(infoFile)) {
    const message = `${folder} is not empty and holds no snapshot. Choose another folder.`;
    return { ok: false, failure: { reason: 'conflict', message } };
  }
  const version = await target.version(abort);
  const served = await target.kinds(abort);
  if (!served.ok) {
    return served;
  }
  const take = request.take ?? ((kind: KindInfo) => !noise.has(kind.kind));
  const wanted = oneVersionEach(served.value, request.apiVersions ?? new Set()).filter(take);
  const info: SnapshotInfo = {
    name: request.name ?? target.name,
    takenAt: (request.clock?.() ?? new Date()).toISOString(),
    ...(version.ok ? { kubernetesVersion: version.value } : {}),
    ...(target.type === 'cluster' ? { context: target.name } : {}),
    kinds: [],
    unavailable: [],
  };

  const parent = path.dirname(path.resolve(folder));
  await fs.mkdir(parent, { recursive: true });
  const fresh = await fs.mkdtemp(path.join(parent, '.snapshot-'));
  try {
    const files = openSnapshotFolder(fresh);
    let count = 0;
    const lists = await Promise.all(
      wanted.map(async (kind) => ({ kind, list: await target.list(kind, undefined, abort) })),
    );
    for (const { kind, list } of lists) {
      if (!list.ok) {
        info.unavailable.push({ kind, reason: list.failure.reason, message: list.failure.message });
        continue;
      }
      info.kinds?.push(kind);
      for (const object of list.value) {
        throwIfAborted(abort);
        await files.write(object, { desired: request.desired?.get(keyText(keyOf(object))) });
        count += 1;
      }
    }
    if (info.kinds?.length === 0 && info.unavailable[0] !== undefined) {
      const { reason, message } = info.unavailable[0];
      return { ok: false, failure: { reason, message: `No kind could be read. ${message}` } };
    }
    await writeInfo(fresh, info);
    await fs.rm(folder, { recursive: true, force: true });
    await fs.rename(fresh, folder);
    return { ok: true, value: { files: count, unavailable: info.unavailable } };
  } finally {
    await fs.rm(fresh, { recursive: true, force: true });
  }
}

/** Of the versions of a kind the one that the repository writes, else the preferred one, which comes first. */
function oneVersionEach(kinds: readonly KindInfo[], apiVersions: ReadonlySet<string>): KindInfo[] {
  const chosen = new Map<string, KindInfo>();
  for (const kind of kinds) {
    const id = `${kind.group} ${kind.kind}`;
    const written = apiVersions.has(kind.group === '' ? kind.version : `${kind.group}/${kind.version}`);
    if (!chosen.has(id) || written) {
      chosen.set(id, kind);
    }
  }
  return [...chosen.values()];
}
