// Paths as people type them, from where they stand, as paths of the repository.
import fs from 'node:fs';
import path from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Services } from '../services';
import { CliError } from './cli';

/** The repository that is meant is that of the first path, so that a path in another repository works too. */
export function startFolder(cwd: string, paths: readonly string[]): string {
  for (const given of paths) {
    const stat = fs.statSync(path.resolve(cwd, given), { throwIfNoEntry: false });
    if (stat === undefined) {
      throw new CliError(`There is no file or folder ${given}.`);
    }
  }
  const [first] = paths;
  if (first === undefined) {
    return cwd;
  }
  const absolute = path.resolve(cwd, first);
  return fs.statSync(absolute).isDirectory() ? absolute : path.dirname(absolute);
}

/** Repository-relative paths; the root itself limits nothing and is left out. */
export function repositoryPaths(services: Services, cwd: string, paths: readonly string[]): string[] {
  const root = fs.realpathSync(services.root);
  return paths.flatMap((given) => {
    const relative = path
      .relative(root, fs.realpathSync(path.resolve(cwd, given)))
      .split(path.sep)
      .join('/');
    if (relative === '..' || relative.startsWith('../')) {
      throw new CliError(`${given} does not lie in ${services.root}.`, 'Check one repository at a time.');
    }
    return relative === '' ? [] : [relative];
  });
}

/** Reads a Kubernetes version that was typed, to its minor: `1.35`. */
export function kubernetesMinor(text: string): string {
  const match = /^v?(1\.\d+)(\.\d+)?$/.exec(text);
  if (match?.[1] === undefined) {
    throw new InvalidArgumentError('A Kubernetes version such as 1.35 is needed.');
  }
  return match[1];
}
