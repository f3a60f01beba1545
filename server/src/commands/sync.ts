// `plumbline sync` and `plumbline prune`: print the plan that makes live match Git; act only when told to.
import type { Command } from 'commander';
import { label } from '../core/resource';
import type { ResourceKey } from '../core/resource';
import type { Comparison } from '../core/drift/comparison';
import { didYouMean } from '../core/suggest';
import { compareEnvironment } from '../operations/compare';
import { planOperation } from '../operations/plan';
import { CliError, type Cli } from './cli';
import { oneEnvironment, withTargetOptions, type TargetOptions } from './environments';
import { showAndRun, type ActOptions } from './operation';

interface SyncOptions extends ActOptions, TargetOptions {
  prune?: boolean;
}

export function registerSync(program: Command, cli: Cli): void {
  const command = withTargetOptions(program.command('sync'))
    .description('make live match Git: prints the plan, runs it with --yes')
    .argument('[object...]', 'only these objects, as Kind/name or Kind/namespace/name')
    .option('--prune', 'also delete what Git no longer has')
    .option('--yes', 'run the plan')
    .option('--confirm <name>', 'name of a protected environment')
    .addHelpText(
      'after',
      `
Examples:
  $ plumbline sync --environment staging                  the plan, nothing else
  $ plumbline sync -e staging --yes
  $ plumbline sync -e production Deployment/shop/web --yes --confirm production`,
    );
  cli
    .withCommonOptions(command, ['text', 'json'])
    .action((objects: string[], options: SyncOptions) => cli.run(() => run(cli, 'sync', objects, options)));
}

export function registerPrune(program: Command, cli: Cli): void {
  const command = withTargetOptions(program.command('prune'))
    .description('delete what Git no longer has: prints the plan, runs it with --yes')
    .argument('[object...]', 'only these objects, as Kind/name or Kind/namespace/name')
    .option('--yes', 'run the plan')
    .option('--confirm <name>', 'name of a protected environment')
    .addHelpText(
      'after',
      `
Only objects of which the cluster itself records that they belong to this environment are deleted.

Examples:
  $ plumbline prune --environment staging
  $ plumbline prune -e staging ConfigMap/shop/old --yes`,
    );
  cli
    .withCommonOptions(command, ['text', 'json'])
    .action((objects: string[], options: SyncOptions) => cli.run(() => run(cli, 'prune', objects, options)));
}

async function run(
  cli: Cli,
  operation: 'sync' | 'prune',
  objects: readonly string[],
  options: SyncOptions,
): Promise<number> {
  const services = await cli.services();
  const workspace = await services.discover(cli.io.signal);
  const environment = oneEnvironment(workspace, options.environment);
  const progress = cli.progress(options);
  const compared = await compareEnvironment(services, workspace, environment, {
    kubeconfig: options.kubeconfig,
    progress: (text) => progress.show(text),
    abort: cli.io.signal,
  }).finally(() => progress.done());
  if (!compared.ok) {
    throw new CliError(compared.failure.message);
  }
  const keys = chosenKeys(compared.value.comparison, objects);
  const plan = planOperation(compared.value, {
    operation,
    ...(keys === undefined ? {} : { keys }),
    ...(options.prune === true ? { prune: true } : {}),
  });
  if (!plan.ok) {
    throw new CliError(plan.failure.message);
  }
  return showAndRun(cli, services, workspace, compared.value, plan.value, options);
}

/** The objects that were named; `Kind/name` is enough where it is unique. */
function chosenKeys(comparison: Comparison, names: readonly string[]): ResourceKey[] | undefined {
  if (names.length === 0) {
    return undefined;
  }
  const keys = [...comparison.objects.values()].map((object) => object.drift.key);
  return names.map((given) => {
    const found = keys.filter(({ kind, namespace, name }) =>
      [`${kind}/${name}`, `${kind}/${namespace}/${name}`].some((text) => text.toLowerCase() === given.toLowerCase()),
    );
    const [only, second] = found;
    if (only === undefined) {
      const known = keys.map((key) => `${key.kind}/${key.namespace === '' ? '' : key.namespace + '/'}${key.name}`);
      throw new CliError(`There is no object ${given} in this environment.${didYouMean(given, known)}`);
    }
    if (second !== undefined) {
      throw new CliError(
        `${given} can be ${found.map(label).join(' or ')}.`,
        'Name the namespace: Kind/namespace/name',
      );
    }
    return only;
  });
}
