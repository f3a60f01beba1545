// What the commands that compare share: which environments are meant, and the options that say how their target is reached.
import type { Command } from 'commander';
import type { Environment, Workspace } from '../core/workspace/source';
import { CliError } from './cli';
import { chooseEnvironment } from './sources';

export interface TargetOptions {
  environment?: string;
  kubeconfig?: string;
}

export function withTargetOptions(command: Command): Command {
  return command
    .option('-e, --environment <name>', 'the environment; needed where there are several')
    .option('--kubeconfig <file>', 'kubeconfig to find contexts in, in place of KUBECONFIG or the home folder’s');
}

/** The named environment, or the only one that has a target. */
export function oneEnvironment(workspace: Workspace, name: string | undefined): Environment {
  const chosen = chooseEnvironment(workspace, name);
  if (chosen !== undefined) {
    return chosen;
  }
  const comparable = workspace.environments.filter((environment) => environment.target !== undefined);
  const [only, second] = comparable.length > 0 ? comparable : workspace.environments;
  if (only === undefined) {
    throw new CliError(
      'No environment was found in this repository.',
      'Name one in .plumbline.yaml, with the target that it is compared with.',
    );
  }
  if (second !== undefined) {
    const names = workspace.environments.map((environment) => environment.name).join(', ');
    throw new CliError(`There are several environments: ${names}.`, 'Choose one with --environment.');
  }
  return only;
}

/** The named one, else every environment that has a target. */
export function severalEnvironments(workspace: Workspace, name: string | undefined): Environment[] {
  const chosen = chooseEnvironment(workspace, name);
  if (chosen !== undefined) {
    return [chosen];
  }
  const comparable = workspace.environments.filter((environment) => environment.target !== undefined);
  if (comparable.length === 0 && workspace.environments.length > 1) {
    const names = workspace.environments.map((environment) => environment.name).join(', ');
    throw new CliError(
      `Nobody has said what the environments are compared with: ${names}.`,
      'Give them targets in .plumbline.yaml: a kubeconfig context, a snapshot folder or a revision.',
    );
  }
  return comparable.length > 0 ? comparable : [oneEnvironment(workspace, undefined)];
}
