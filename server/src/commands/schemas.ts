// `plumbline schemas`: which schemas count here, and capturing those of a cluster, which is the one part that contacts anybody.
import path from 'node:path';
import type { Command } from 'commander';
import { captureSchemas } from '../operations/captureSchemas';
import { ago } from '../core/schema/captured';
import type { Environment } from '../core/workspace/source';
import { CliError, exit, type Cli, type CommonOptions } from './cli';
import { oneEnvironment } from './environments';
import { count } from './format/text';

interface CaptureOptions extends CommonOptions {
  environment?: string;
  context?: string;
  kubeconfig?: string;
  to?: string;
}

export function registerSchemas(program: Command, cli: Cli): void {
  const schemas = program.command('schemas').description('schemas that manifests are checked against');
  const capture = schemas
    .command('capture')
    .description('read versions, kinds and custom resource definitions of a cluster, to check offline with them')
    .option('-e, --environment <name>', 'the environment whose cluster is read; needed where there are several')
    .option('--context <name>', 'kubeconfig context to read, in place of an environment’s')
    .option('--kubeconfig <file>', 'kubeconfig to find contexts in, in place of KUBECONFIG or the home folder’s')
    .option('--to <folder>', 'folder of the repository to write to; name it under "schemas" in .plumbline.yaml')
    .addHelpText(
      'after',
      `
Only reads, and only the cluster that is named. Without --to the capture stays on this machine; environments whose target is
that context use it from then on.

Examples:
  $ plumbline schemas capture --environment production
  $ plumbline schemas capture --context prod-eu --to schemas/prod-eu`,
    );
  cli
    .withCommonOptions(capture, ['text', 'json'])
    .action((options: CaptureOptions) => cli.run(() => runCapture(cli, options)));
  const list = schemas.command('list').description('where schemas come from: captured clusters, repository, bundled');
  cli
    .withCommonOptions(list, ['text', 'json'])
    .action((options: CommonOptions) => cli.run(() => runList(cli, options)));
  for (const command of schemas.commands) {
    command.exitOverride().configureOutput({ writeOut: (t) => cli.io.out(t), writeErr: (t) => cli.io.err(t) });
  }
}

async function runCapture(cli: Cli, options: CaptureOptions): Promise<number> {
  const services = await cli.services();
  const workspace = await services.discover(cli.io.signal);
  const context = options.context ?? contextOf(oneEnvironment(workspace, options.environment));
  const progress = cli.progress(options);
  const done = await captureSchemas(services, workspace, {
    context,
    ...(options.kubeconfig === undefined ? {} : { kubeconfig: path.resolve(cli.io.cwd, options.kubeconfig) }),
    ...(options.to === undefined ? {} : { to: path.resolve(cli.io.cwd, options.to) }),
    progress: (text) => progress.show(text),
    abort: cli.io.signal,
  }).finally(() => progress.done());
  if (!done.ok) {
    throw new CliError(done.failure.message);
  }
  const { cluster, folder, environments } = done.value;
  if (options.format === 'json') {
    const { version, capturedAt, facts, notes, definitions } = cluster;
    const summary = { schemaVersion: 1, context, version, capturedAt, folder, definitions: definitions.length };
    cli.io.out(`${JSON.stringify({ ...summary, facts, notes }, null, 2)}\n`);
    return exit.clean;
  }
  if (options.quiet !== true) {
    const kinds = count(cluster.definitions.length, 'custom kind', 'custom kinds');
    cli.io.out(`Captured ${context}: Kubernetes ${cluster.version}, ${kinds}.\n`);
    cluster.notes.forEach((note) => cli.io.out(`${note}\n`));
    if (options.to !== undefined && !workspace.configuration.schemas.some((s) => within(services.root, s, folder))) {
      cli.io.out(`Add ${path.relative(services.root, folder)} under "schemas" in .plumbline.yaml, and commit both.\n`);
    } else if (environments.length > 0) {
      cli.io.out(`Used from now on for ${environments.join(', ')}.\n`);
    } else {
      cli.io.out(`No environment has ${context} as its target yet, so nothing is checked with it.\n`);
    }
  }
  return exit.clean;
}

function contextOf({ name, target }: Environment): string {
  if (target?.type !== 'context') {
    throw new CliError(
      `${name} has no cluster as target.`,
      'Name a kubeconfig context with --context, or as target in .plumbline.yaml.',
    );
  }
  return target.context;
}

function within(root: string, named: string, folder: string): boolean {
  return path.resolve(root, named) === folder;
}

async function runList(cli: Cli, options: CommonOptions): Promise<number> {
  const services = await cli.services();
  const workspace = await services.discover(cli.io.signal);
  const store = services.schemas();
  const clusters = [...store.clusters.values()].map(({ context, version, capturedAt, definitions, notes }) => ({
    context,
    version,
    capturedAt,
    definitions: definitions.length,
    environments: workspace.environments
      .filter(({ target }) => target?.type === 'context' && target.context === context)
      .map(({ name }) => name),
    notes,
  }));
  const products = store.products();
  if (options.format === 'json') {
    const { schemas } = workspace.configuration;
    cli.io.out(`${JSON.stringify({ schemaVersion: 1, clusters, schemas, minors: store.minors, products }, null, 2)}\n`);
    return exit.clean;
  }
  const lines = [
    'In this order, the first that knows a kind counts:',
    '',
    'Repository: every CustomResourceDefinition in it',
  ];
  workspace.configuration.schemas.forEach((folder) => lines.push(`  ${folder}`));
  lines.push('', clusters.length === 0 ? 'Captured from clusters: none' : 'Captured from clusters:');
  for (const { context, version, capturedAt, definitions, environments } of clusters) {
    const used = environments.length === 0 ? 'no environment has it as target' : `for ${environments.join(', ')}`;
    const kinds = count(definitions, 'custom kind', 'custom kinds');
    lines.push(`  ${context}: Kubernetes ${version}, ${kinds}, ${ago(capturedAt, Date.now())}; ${used}`);
  }
  lines.push('', `Bundled: Kubernetes ${store.minors.join(', ')}`);
  products.forEach(({ name, kinds }) => lines.push(`  ${name}: ${count(kinds, 'kind', 'kinds')}`));
  cli.io.out(`${lines.join('\n')}\n`);
  return exit.clean;
}
