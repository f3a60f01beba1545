// The operations log and the language server's life, for when something is not as it should be.
import type { Command } from './command';

export const showLog: Command = {
  id: 'showLog',
  run: ({ log }) => log.show(true),
};

export const restartServer: Command = {
  id: 'restartServer',
  run: ({ server }) => server.restart(),
};
