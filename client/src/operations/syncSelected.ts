// Syncs the ticked objects, else the selected rows, else begins to let the person tick.
import { environmentKey } from '../sources/model';
import type { Command } from './command';
import { planAndExecute } from './execute';
import { objectsTarget } from './targets';

export const chooseForSync: Command = {
  id: 'chooseForSync',
  run: ({ view }) => view.selection.start(),
};

export const cancelChoosing: Command = {
  id: 'cancelChoosing',
  run: ({ view }) => view.selection.stop(),
};

export const syncSelected: Command = {
  id: 'syncSelected',
  needsTrust: true,
  async run(host) {
    const { selection, tree, view } = host.view;
    const chosen = selection.choosing
      ? selection.among(tree.environments)
      : view.selection.filter((n) => n.type !== 'note');
    const first = chosen[0];
    if (first === undefined) {
      selection.start();
      return;
    }
    const target = objectsTarget(host, [first, chosen]);
    if (typeof target === 'string') {
      void host.dialogs.tell('info', target);
      return;
    }
    const before = host.drift.get(target.ref)?.report?.comparedAt;
    await planAndExecute(host, { ...target.ref, operation: 'sync', ...(target.keys ? { keys: target.keys } : {}) });
    // The ticks have served once the environment was compared again.
    const now = host.drift.comparisons.find((c) => environmentKey(c) === environmentKey(target.ref));
    if (selection.choosing && now?.report?.comparedAt !== before) {
      selection.stop();
    }
  },
};
