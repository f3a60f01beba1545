// Deletes live objects that Git no longer has: only ever as its own, confirmed step.
import { isPrunable } from '../drift/model';
import type { Host } from '../host';
import type { Command } from './command';
import { planAndExecute } from './execute';
import { chosenTarget, objectsTarget, type ObjectsTarget } from './targets';

export const prune: Command = {
  id: 'prune',
  needsTrust: true,
  run: (host, ...args) => pruneTarget(host, objectsTarget(host, args, isPrunable)),
};

export const pruneEnvironment: Command = {
  id: 'pruneEnvironment',
  needsTrust: true,
  run: (host) => pruneTarget(host, chosenTarget(host)),
};

async function pruneTarget(host: Host, target: ObjectsTarget | string): Promise<void> {
  if (typeof target === 'string') {
    void host.dialogs.tell('info', target);
    return;
  }
  const { ref, keys } = target;
  await planAndExecute(host, { ...ref, operation: 'prune', ...(keys ? { keys } : {}) });
}
