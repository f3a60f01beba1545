// Opens everything that differs as one multi-file diff: of an environment, or of what stands below a row.
import { entryOf, openDiffs } from '../diff/open';
import { objectsBelow } from '../drift/model';
import { sameKey, driftNodes, environmentOf } from './targets';
import type { Command } from './command';

export const reviewDrift: Command = {
  id: 'reviewDrift',
  async run(host, ...args) {
    const ref = environmentOf(host, args);
    const report = ref && host.drift.get(ref)?.report;
    if (!ref || !report) {
      void host.dialogs.tell('info', 'Nothing has been compared yet: refresh the drift first.');
      return;
    }
    const below = driftNodes(args)
      .flatMap(objectsBelow)
      .map((node) => node.ref.key);
    const wanted = report.objects.filter(
      (o) =>
        (o.state === 'drifted' || o.state === 'missing' || o.state === 'extra' || o.state === 'rejected') &&
        (below.length === 0 || below.some((key) => sameKey(key, o.key))),
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
  },
};
