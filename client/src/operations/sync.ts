// Makes the target match Git: of an environment, of a row, or of the selected rows. Deletes nothing.
import { planAndExecute } from './execute';
import type { Command } from './command';
import { objectsTarget } from './targets';

export const sync: Command = {
  id: 'sync',
  needsTrust: true,
  async run(host, ...args) {
    const target = objectsTarget(host, args);
    if (typeof target === 'string') {
      void host.dialogs.tell('info', target);
      return;
    }
    const { ref, keys } = target;
    await planAndExecute(host, { ...ref, operation: 'sync', ...(keys ? { keys } : {}) });
  },
};
