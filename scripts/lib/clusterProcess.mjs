// Starts, kills and restarts the test API server on a data folder. The folder outlives the process: data, users and port stay.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Parts of a data folder that belong to one run, not to its data. */
const ofOneRun = /^(etcd\.sock.*|READY|port|lock|log\.txt|.*\.kubeconfig)$/;

/** Every server this process started, so that none outlives it however it ends. */
const running = new Set();
process.on('exit', () => {
  for (const child of running) {
    child.kill('SIGKILL');
  }
});

/**
 * A server on `dir` that answers. `golden` is a folder to start an empty `dir` from. `args` are the program's own flags.
 * Returns `{ dir, server(), pid(), kubeconfig(user), start(), kill(), term() }`.
 */
export async function startProcess(program, dir, { golden, args = [], timeoutMs = 120_000 } = {}) {
  fs.mkdirSync(dir, { recursive: true });
  if (golden !== undefined && !fs.existsSync(path.join(dir, 'etcd'))) {
    fs.cpSync(golden, dir, { recursive: true, filter: (file) => !ofOneRun.test(path.basename(file)) });
  }
  const ready = path.join(dir, 'READY');
  const log = path.join(dir, 'log.txt');
  let child;
  let info;

  async function start() {
    // A killed server leaves its mark behind.
    fs.rmSync(ready, { force: true });
    const output = fs.openSync(log, 'a');
    const started = spawn(program, ['--dir', dir, ...args], { stdio: ['ignore', output, output] });
    fs.closeSync(output);
    child = started;
    running.add(started);
    let ended;
    started.once('error', (error) => (ended = error.message));
    started.once('exit', (code, signal) => {
      ended ??= `ended with ${signal ?? code}`;
      running.delete(started);
    });
    for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(50)) {
      if (ended !== undefined) {
        throw new Error(`The test API server ${ended}:\n${tail(log)}`);
      }
      info = readInfo(ready);
      if (info?.pid === started.pid) {
        return;
      }
    }
    await end('SIGKILL');
    throw new Error(`The test API server was not ready after ${timeoutMs / 1000} s:\n${tail(log)}`);
  }

  function end(signal) {
    const ending = child;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      ending.once('exit', () => resolve());
      ending.kill(signal);
    });
  }

  await start();
  return {
    dir,
    server: () => info.server,
    pid: () => info.pid,
    kubeconfig: (user = 'admin') => path.join(dir, `${user}.kubeconfig`),
    start,
    kill: () => end('SIGKILL'),
    term: () => end('SIGTERM'),
  };
}

/** The data of a stopped server as a golden folder. */
export function copyData(from, to) {
  fs.cpSync(from, to, { recursive: true, filter: (file) => !ofOneRun.test(path.basename(file)) });
}

function readInfo(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function tail(file) {
  return fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}
