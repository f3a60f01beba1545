// Deletes live objects that Git no longer has: only ever as its own, confirmed step.
import { isPrunable } from '../drift/model';
import type { Command } from './command';
import { planAndExecute } from './execute';
import { objectsTarget } from './targets';

export const prune: Command = {
  id: 'prune',
  needsTrust: true,
  async run(host, ...args) {
    const target = objectsTarget(host, args, isPrunable);
    if (typeof target === 'string') {
      void host.dialogs.tell('info', target);
      return;
    }
    const { ref, keys } = target;
    await planAndExecute(host, { ...ref, operation: 'prune', ...(keys ? { keys } : {}) });
  },
};
