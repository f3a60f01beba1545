// Makes the target match Git: the rows or objects of the arguments, or the whole chosen environment. Deletes nothing.
import { planAndExecute } from './execute';
import type { Command } from './command';
import { chosenTarget, objectsTarget, type ObjectsTarget } from './targets';
import type { Host } from '../host';

export const sync: Command = {
  id: 'sync',
  needsTrust: true,
  run: (host, ...args) => syncTarget(host, objectsTarget(host, args)),
};

export const syncEnvironment: Command = {
  id: 'syncEnvironment',
  needsTrust: true,
  run: (host) => syncTarget(host, chosenTarget(host)),
};

async function syncTarget(host: Host, target: ObjectsTarget | string): Promise<void> {
  if (typeof target === 'string') {
    void host.dialogs.tell('info', target);
    return;
  }
  const { ref, keys } = target;
  await planAndExecute(host, { ...ref, operation: 'sync', ...(keys ? { keys } : {}) });
}
