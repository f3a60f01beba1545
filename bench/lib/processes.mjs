// Whole processes, measured from outside: how long one takes from its start to its end, and the most memory that it held.
import { spawn } from 'node:child_process';
import fs from 'node:fs';

/**
 * Runs a command to its end. Resolves with `{ seconds, status, out, err, megabytes }`; `megabytes` is the peak of resident memory, undefined
 * where the system does not tell. Rejects only where the command cannot be started; what its status means is the caller's.
 */
export function measured(command, args, { cwd, env } = {}) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { out: [], err: [] };
    child.stdout.on('data', (data) => output.out.push(data));
    child.stderr.on('data', (data) => output.err.push(data));
    const memory = watchMemory(child.pid);
    child.once('error', (error) => {
      memory.stop();
      reject(error);
    });
    child.once('close', (status) => {
      resolve({
        seconds: (performance.now() - started) / 1000,
        status,
        out: Buffer.concat(output.out).toString(),
        err: Buffer.concat(output.err).toString(),
        megabytes: memory.stop(),
      });
    });
  });
}

/** The peak of a process' resident memory so far, in megabytes; Linux tells it, others do not. */
export function peakMemory(pid) {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}

function watchMemory(pid) {
  let peak;
  // The system keeps the peak itself: only what is reached after the last look is missed.
  const look = () => (peak = peakMemory(pid) ?? peak);
  const timer = setInterval(look, 15);
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
}
