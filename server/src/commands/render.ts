// `plumbline render`: prints what a source becomes, byte for byte as its tool would, or with the source line of each line.
import type { Command } from 'commander';
import { label } from '../core/resource';
import { renderSource } from '../core/render/renderSource';
import type { Rendering } from '../core/render/rendering';
import { placeOf } from '../core/render/resources';
import { CliError, exit, type Cli, type CommonOptions } from './cli';
import { chooseEnvironment, chooseSource } from './sources';

interface RenderCommandOptions extends CommonOptions {
  environment?: string;
  revision?: string;
  origins?: boolean;
}

export function registerRender(program: Command, cli: Cli): void {
  const command = program
    .command('render')
    .description('print the objects that a source becomes')
    .argument('<source>', 'id, path or name of a source')
    .option('-e, --environment <name>', 'as it is deployed to this environment')
    .option('-r, --revision <revision>', 'as it was at this Git revision')
    .option('--origins', 'put the source line in front of each line')
    .addHelpText(
      'after',
      `
Examples:
  $ plumbline render apps/staging
  $ plumbline render charts/podinfo --environment production
  $ plumbline render apps/staging --origins
  $ plumbline render apps/staging --revision HEAD~3 --format json`,
    );
  cli
    .withCommonOptions(command, ['text', 'json'])
    .action((source: string, options: RenderCommandOptions) => cli.run(() => runRender(cli, source, options)));
}

async function runRender(cli: Cli, text: string, options: RenderCommandOptions): Promise<number> {
  const services = await cli.services();
  const progress = cli.progress(options);
  const tree = options.revision === undefined ? services.tree : await services.treeAt(options.revision, cli.io.signal);
  const workspace = await services.discover(cli.io.signal, tree);
  const environment = chooseEnvironment(workspace, options.environment);
  const source = chooseSource(workspace, text, { cwd: cli.io.cwd, root: services.root }, environment);
  progress.show(`Rendering ${source.name} …`);
  const rendering = await renderSource(source, tree, environment, services.renderPorts(), {
    origins: options.origins === true || options.format === 'json',
    abort: cli.io.signal,
  }).finally(() => progress.done());
  if (rendering.failure !== undefined) {
    const { message, path, line, character } = rendering.failure;
    const place =
      path === undefined ? '' : `${path}:${(line ?? 0) + 1}${character === undefined ? '' : `:${character + 1}`}: `;
    throw new CliError(`${place}${message}`);
  }
  if (options.format === 'json') {
    cli.io.out(`${JSON.stringify(asJson(rendering, environment?.name), undefined, 2)}\n`);
  } else {
    cli.io.out(options.origins === true ? withOrigins(rendering) : rendering.yaml);
  }
  return exit.clean;
}

/** Each line behind the place it came from; lines that nobody wrote have an empty place. */
function withOrigins(rendering: Rendering): string {
  const lines = rendering.yaml.replace(/\n$/, '').split('\n');
  const places = lines.map((_, i) => {
    const origin = rendering.origins[i]?.[0];
    return origin === undefined ? '' : `${origin.path}:${origin.line + 1}`;
  });
  const width = places.reduce((most, place) => Math.max(most, place.length), 0);
  return rendering.yaml === ''
    ? ''
    : lines.map((line, i) => `${(places[i] ?? '').padEnd(width)} | ${line}`.trimEnd()).join('\n') + '\n';
}

/** The answer of `render --format json`; server/schemas/render.schema.json describes it. */
function asJson(rendering: Rendering, environment: string | undefined): unknown {
  return {
    schemaVersion: 1,
    source: {
      id: rendering.source.id,
      kind: rendering.source.kind,
      name: rendering.source.name,
      path: rendering.source.path,
    },
    ...(environment === undefined ? {} : { environment }),
    yaml: rendering.yaml,
    lines: rendering.yaml
      .replace(/\n$/, '')
      .split('\n')
      .map((_, i) => rendering.origins[i] ?? []),
    objects: rendering.resources.map((resource) => {
      const place = placeOf(rendering, resource, []);
      return {
        resource: label(resource.key),
        key: resource.key,
        apiVersion: resource.object.apiVersion,
        line: place.line,
        ...(place.origin === undefined ? {} : { origin: place.origin }),
      };
    }),
    reads: rendering.reads,
  };
}
