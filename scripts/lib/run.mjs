// Runs a tool without a shell and without blocking; what it printed is shown only when it fails.
import { spawn } from 'node:child_process';

/**
 * Resolves with what the tool printed (standard output as text). Rejects with the command and the end of its output when it
 * fails. `env` is added to this process' environment.
 */
export function run(command, args, { cwd, env, input, echo = false } = {}) {
  return new Promise((resolve, reject) => {
    const windowsScript = process.platform === 'win32' && /^(npm|npx)$/.test(command);
    const child = spawn(windowsScript ? `${command}.cmd` : command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      shell: windowsScript,
    });
    const out = [];
    const all = [];
    child.stdout.on('data', (d) => {
      out.push(d);
      all.push(d);
      if (echo) {
        process.stdout.write(d);
      }
    });
    child.stderr.on('data', (d) => {
      all.push(d);
      if (echo) {
        process.stderr.write(d);
      }
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) {
        resolve(Buffer.concat(out).toString());
        return;
      }
      const tail = Buffer.concat(all).toString().trimEnd().split('\n').slice(-25).join('\n');
      reject(
        new Error(`${command} ${args.join(' ')} ended with ${signal ?? code}${cwd ? ` in ${cwd}` : ''}:\n${tail}`),
      );
    });
    if (input !== undefined) {
      child.stdin.end(input);
    }
  });
}
