// Opens everything that differs as one multi-file diff: of the chosen environment, or of what stands below the rows.
import { entryOf, openDiffs } from '../diff/open';
import { objectsBelow } from '../drift/model';
import type { Host } from '../host';
import type { ResourceKey } from '../../../server/src/core/protocol';
import type { EnvironmentRef } from '../sources/model';
import type { Command } from './command';
import { driftNodes, environmentOf, sameKey } from './targets';

export const reviewDrift: Command = {
  id: 'reviewDrift',
  run: (host) => review(host, host.workspace.chosen),
};

export const reviewRows: Command = {
  id: 'reviewRows',
  run: (host, ...args) =>
    review(
      host,
      environmentOf(host, args),
      driftNodes(args)
        .flatMap(objectsBelow)
        .map((node) => node.ref.key),
    ),
};

async function review(host: Host, ref: EnvironmentRef | undefined, among?: ResourceKey[]): Promise<void> {
  const report = ref && host.drift.get(ref)?.report;
  if (!ref || !report) {
    void host.dialogs.tell('info', 'Nothing has been compared yet: refresh the drift first.');
    return;
  }
  const wanted = report.objects.filter(
    (o) =>
      (o.state === 'drifted' || o.state === 'missing' || o.state === 'extra' || o.state === 'rejected') &&
      (among === undefined || among.some((key) => sameKey(key, o.key))),
  );
  if (wanted.length === 0) {
    void host.dialogs.tell('info', `Nothing differs in ${ref.environment}.`);
    return;
  }
  await openDiffs(
    `Drift: live ${ref.environment} ↔ Git`,
    wanted.map(({ key, state }) =>
      entryOf({ ...ref, key }, state === 'missing' ? 'desired' : state === 'extra' ? 'live' : undefined),
    ),
  );
}
