// The command line inside the test's own process, or as the real process where streams and signals matter.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createEngines, type Engines } from '../../server/src/adapters/engines';
import { main } from '../../server/src/commands/main';
import { productFolder } from '../../server/src/productFolder';
import { checkout } from './shared';

export interface CliResult {
  status: number;
  out: string;
  err: string;
}

let shared: Engines | undefined;

/** One pair of engines for all runs of a test file: starting them is most of a run's time. */
function engines(): Engines {
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  shared ??= createEngines({ folder: productFolder('engines'), log: silent });
  return shared;
}

/** Ends them; for an `after` of every test file that runs commands in its process. */
export async function endEngines(): Promise<void> {
  await shared?.dispose();
  shared = undefined;
}

/** Runs a command in this process, as if typed in `cwd`. */
export async function plumbline(
  cwd: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; signal?: AbortSignal; terminal?: boolean } = {},
): Promise<CliResult> {
  let out = '';
  let err = '';
  const status = await main(
    args,
    {
      cwd,
      env: options.env ?? {},
      out: (text) => (out += text),
      err: (text) => (err += text),
      errIsTerminal: options.terminal === true,
      outIsTerminal: options.terminal === true,
      signal: options.signal ?? new AbortController().signal,
      engines: engines(),
    },
    '0.0.0-test',
  );
  return { status, out, err };
}

/** Runs the compiled command line as a process of its own. `started` is called with its process id. */
export function plumblineProcess(
  cwd: string,
  args: readonly string[],
  started: (pid: number) => void = () => undefined,
): Promise<CliResult & { signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(checkout, 'out/server/src/cli.js'), ...args], { cwd });
    let out = '';
    let err = '';
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status: status ?? -1, signal, out, err }));
    if (child.pid !== undefined) {
      started(child.pid);
    }
  });
}
