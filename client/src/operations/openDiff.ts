// Opens the diff of one object, live against desired; of several selected ones, a multi-file diff.
import { label } from '../../../server/src/core/protocol';
import { entryOf, openDiffs, openObjectDiff } from '../diff/open';
import type { Command } from './command';
import { environmentOf, objectAtCaret, objectRefs, pickObject, sameKey } from './targets';

export const openDiff: Command = {
  id: 'openDiff',
  async run(host, ...args) {
    const refs = objectRefs(args);
    if (refs.length > 1) {
      const entries = refs.map((ref) => {
        const state = host.drift.get(ref)?.report?.objects.find((o) => sameKey(o.key, ref.key))?.state;
        return entryOf(ref, state === 'missing' ? 'desired' : state === 'extra' ? 'live' : undefined);
      });
      await openDiffs(`Live ${refs[0]?.environment ?? ''} ↔ Git`, entries);
      return;
    }
    const environment = environmentOf(host, args);
    const ref = refs[0] ?? objectAtCaret(host) ?? (environment && (await pickObject(host, environment)));
    if (ref) {
      host.log.debug(`Diff of ${label(ref.key)} in ${ref.environment}`);
      await openObjectDiff(host, ref);
    }
  },
};
