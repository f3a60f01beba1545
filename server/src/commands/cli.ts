// What every command shares: where it reads and writes, how it ends, and the options that all of them have.
import { setMaxListeners } from 'node:events';
import path from 'node:path';
import { Option, type Command } from 'commander';
import type { Engines } from '../adapters/engines';
import { Cancelled, type Log } from '../core/ports';
import { createServices, type Services } from '../services';

/** How a command ends. `undecided` is also: bad arguments, a source that does not render, a target that cannot be reached. */
export const exit = { clean: 0, findings: 1, undecided: 2, interrupted: 130 } as const;

/** The process as commands see it; tests pass their own. */
export interface CliIo {
  cwd: string;
  env: NodeJS.ProcessEnv;
  out(text: string): void;
  err(text: string): void;
  /** Whether standard error is a terminal: only then progress is shown. */
  errIsTerminal: boolean;
  /** Whether standard output is a terminal: only then colours are used by themselves. */
  outIsTerminal: boolean;
  signal: AbortSignal;
  /** Engines that outlive this run; absent: the run makes and ends its own. */
  engines?: Engines;
}

/** A person's mistake or a fact of the world that stops a command: shown as it is, status 2. */
export class CliError extends Error {
  constructor(
    message: string,
    /** What to do next. */
    readonly hint?: string,
  ) {
    super(message);
    this.name = 'CliError';
  }
}

export interface CommonOptions {
  format: string;
  color?: boolean;
  quiet?: boolean;
}

/** Handed to each command's `register`. */
export interface Cli {
  readonly io: CliIo;
  /** Runs an action, turns its result into the exit status and its errors into text. */
  run(action: () => Promise<number>): Promise<void>;
  /** Services for the repository of a folder (default: the working folder). Disposed when the command ends. */
  services(folder?: string, options?: { remember?: boolean }): Promise<Services>;
  /** Adds `--format`, `--color` and `--quiet`. */
  withCommonOptions(command: Command, formats: readonly string[]): Command;
  /** Progress on standard error, only on a terminal and not with `--quiet`; `done` removes it. */
  progress(options: CommonOptions): Progress;
  /** Paints text where colours are wanted. */
  paint(options: CommonOptions): Paint;
}

export interface Progress {
  show(text: string): void;
  done(): void;
}

export type Paint = (style: 'error' | 'warning' | 'info' | 'dim' | 'bold' | 'good', text: string) => string;

const codes: Record<Parameters<Paint>[0], number> = { error: 31, warning: 33, info: 36, dim: 2, bold: 1, good: 32 };

export function createCli(io: CliIo, end: (status: number) => void): Cli & { dispose(): Promise<void> } {
  // Everything that waits listens to the one signal; that many listeners are no leak.
  setMaxListeners(0, io.signal);
  const opened: Services[] = [];
  const log: Log = {
    info: () => undefined,
    warn: (message) => io.env['PLUMBLINE_DEBUG'] && io.err(`${message}\n`),
    error: (message) => io.env['PLUMBLINE_DEBUG'] && io.err(`${message}\n`),
  };
  return {
    io,

    async run(action) {
      try {
        const status = await action();
        end(io.signal.aborted ? exit.interrupted : status);
      } catch (error) {
        end(reportError(io, error));
      }
    },

    async services(folder, { remember } = {}) {
      const services = await createServices({
        folder: path.resolve(io.cwd, folder ?? '.'),
        log,
        trusted: true,
        ...(io.engines === undefined ? {} : { engines: io.engines }),
        ...(remember === undefined ? {} : { remember }),
      });
      opened.push(services);
      return services;
    },

    withCommonOptions(command, formats) {
      return command
        .addOption(
          new Option('--format <format>', 'how to print results').choices(formats).default(formats[0] ?? 'text'),
        )
        .option('--color', 'colours even where the output is no terminal')
        .option('--no-color', 'no colours')
        .option('-q, --quiet', 'results only: no summary, no progress');
    },

    progress(options) {
      const shown = io.errIsTerminal && options.quiet !== true;
      return {
        show: (text) => shown && io.err(`\r\u001b[2K${text}`),
        done: () => shown && io.err('\r\u001b[2K'),
      };
    },

    paint(options) {
      const wanted =
        options.color ??
        (io.env['FORCE_COLOR'] ? true : io.outIsTerminal && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb');
      return (style, text) => (wanted ? `\u001b[${codes[style]}m${text}\u001b[0m` : text);
    },

    async dispose() {
      await Promise.all(opened.map((services) => services.dispose()));
    },
  };
}

function reportError(io: CliIo, error: unknown): number {
  if (error instanceof Cancelled || io.signal.aborted) {
    return exit.interrupted;
  }
  if (error instanceof CliError) {
    io.err(`plumbline: ${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
    return exit.undecided;
  }
  const text = error instanceof Error ? error.message : String(error);
  io.err(`plumbline: ${text}\n`);
  if (io.env['PLUMBLINE_DEBUG'] && error instanceof Error && error.stack !== undefined) {
    io.err(`${error.stack}\n`);
  }
  return exit.undecided;
}
