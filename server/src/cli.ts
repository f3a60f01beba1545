// The process behind `plumbline`: standard streams, interruption and exit status. Everything else is in commands/.
import { setMaxListeners } from 'node:events';
import { exit, type CliIo } from './commands/cli';
import { main } from './commands/main';
import { version } from './version';

const controller = new AbortController();
// Every request, rendering and engine call of a command listens to it, hundreds at a time and each only while it runs: no leak.
setMaxListeners(0, controller.signal);
process.once('SIGINT', () => {
  controller.abort();
  // A second one ends at once.
  process.once('SIGINT', () => process.exit(exit.interrupted));
});
process.once('SIGTERM', () => controller.abort());
// A reader that closes early (`plumbline render … | head`) is no fault of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) =>
    process.exit(error.code === 'EPIPE' ? exit.clean : exit.undecided),
  );
}

const io: CliIo = {
  cwd: process.cwd(),
  env: process.env,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  errIsTerminal: process.stderr.isTTY === true,
  outIsTerminal: process.stdout.isTTY === true,
  signal: controller.signal,
};

main(process.argv.slice(2), io, version()).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    io.err(`plumbline: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = exit.undecided;
  },
);
