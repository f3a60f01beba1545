// `plumbline snapshot`: the live objects of an environment as files, to compare with later and elsewhere.
import path from 'node:path';
import type { Command } from 'commander';
import { openEnvironment, renderEnvironment } from '../operations/compare';
import { takeSnapshot } from '../operations/takeSnapshot';
import { CliError, exit, type Cli, type CommonOptions } from './cli';
import { oneEnvironment, withTargetOptions, type TargetOptions } from './environments';
import { count } from './format/text';

interface SnapshotOptions extends CommonOptions, TargetOptions {
  context?: string;
}

export function registerSnapshot(program: Command, cli: Cli): void {
  const command = withTargetOptions(program.command('snapshot'))
    .description('write the live objects of an environment as files, values of Secrets masked')
    .argument('<dir>', 'folder to write; an older snapshot in it is replaced')
    .option('--context <name>', 'kubeconfig context to read, in place of the environment’s target')
    .addHelpText(
      'after',
      `
Examples:
  $ plumbline snapshot snapshots/production --environment production --context prod-eu
  $ plumbline snapshot /tmp/now -e staging`,
    );
  cli
    .withCommonOptions(command, ['text', 'json'])
    .action((dir: string, options: SnapshotOptions) => cli.run(() => run(cli, dir, options)));
}

async function run(cli: Cli, dir: string, options: SnapshotOptions): Promise<number> {
  const services = await cli.services();
  const workspace = await services.discover(cli.io.signal);
  const named = oneEnvironment(workspace, options.environment);
  const environment =
    options.context === undefined
      ? named
      : { ...named, target: { type: 'context' as const, context: options.context } };
  const target = await openEnvironment(services, environment, { kubeconfig: options.kubeconfig });
  if (!target.ok) {
    throw new CliError(target.failure.message);
  }
  const progress = cli.progress(options);
  const renderings = await renderEnvironment(services, workspace, environment, { abort: cli.io.signal });
  progress.show(`Reading ${target.value.name} …`);
  const folder = path.resolve(cli.io.cwd, dir);
  const written = await takeSnapshot({ environment, renderings, target: target.value }, folder, cli.io.signal).finally(
    () => progress.done(),
  );
  if (!written.ok) {
    throw new CliError(written.failure.message);
  }
  const { files, unavailable } = written.value;
  if (options.format === 'json') {
    cli.io.out(JSON.stringify({ schemaVersion: 1, folder, files, unavailable }, null, 2) + '\n');
  } else if (options.quiet !== true) {
    const missing =
      unavailable === 0 ? '' : `; ${count(unavailable, 'kind', 'kinds')} could not be read, see snapshot.yaml`;
    cli.io.out(`${count(files, 'object', 'objects')} written to ${folder}${missing}.\n`);
  }
  return unavailable > 0 ? exit.undecided : exit.clean;
}
