// `plumbline deployers` and `plumbline references`: who deploys a file, and who refers to what it defines. The editor's answers, as text or JSON (server/schemas).
import type { Command } from 'commander';
import { LiveGraph } from '../core/graph/liveGraph';
import type { WorkspaceGraph } from '../core/graph/graph';
import { chainsOf, type Chain } from '../core/navigate/chains';
import { referencesIn, type ReferredTo } from '../core/navigate/places';
import { placeText, titleOf } from '../core/navigate/sameThing';
import { CliError, exit, type Cli, type CommonOptions } from './cli';
import { repositoryPaths, startFolder } from './paths';

const formats = ['text', 'json'];

export function registerDeployers(program: Command, cli: Cli): void {
  const command = program
    .command('deployers')
    .description('who deploys a file: the ways up to the environments')
    .argument('<path>', 'a file of the repository')
    .addHelpText('after', '\nExamples:\n  $ plumbline deployers apps/web/base/service.yaml');
  cli.withCommonOptions(command, formats).action((path: string, options: CommonOptions) =>
    cli.run(async () => {
      const { graph, file } = await graphOf(cli, path);
      const chains = chainsOf(graph.deployers(file));
      cli.io.out(options.format === 'json' ? json({ schemaVersion: 1, path: file, chains }) : chainText(file, chains));
      return exit.clean;
    }),
  );
}

export function registerReferences(program: Command, cli: Cli): void {
  const command = program
    .command('references')
    .description('who refers to what a file defines, or to what stands on one of its lines')
    .argument('<path[:line]>', 'a file of the repository, with a line where one name is meant')
    .addHelpText(
      'after',
      '\nExamples:\n  $ plumbline references apps/web/base/service.yaml\n  $ plumbline references apps/web/base/deployment.yaml:22 --format json',
    );
  cli.withCommonOptions(command, formats).action((given: string, options: CommonOptions) =>
    cli.run(async () => {
      const [, path = given, line] = /^(.+?)(?::(\d+))?$/.exec(given) ?? [];
      const { graph, file } = await graphOf(cli, path);
      const found = referencesIn(graph, file, line === undefined ? undefined : Number(line) - 1);
      cli.io.out(
        options.format === 'json'
          ? json({ schemaVersion: 1, definitions: found.map(plain) })
          : referenceText(given, found),
      );
      return exit.clean;
    }),
  );
}

async function graphOf(cli: Cli, path: string): Promise<{ graph: WorkspaceGraph; file: string }> {
  const services = await cli.services(startFolder(cli.io.cwd, [path]));
  const [file] = repositoryPaths(services, cli.io.cwd, [path]);
  if (file === undefined) {
    throw new CliError(`${path} is the repository itself.`, 'Name a file in it.');
  }
  const workspace = await services.discover(cli.io.signal);
  const graph = new LiveGraph();
  await services.updateGraph(graph, workspace, cli.io.signal);
  return { graph, file };
}

function chainText(file: string, chains: readonly Chain[]): string {
  if (chains.length === 0) {
    return `Nothing in this repository deploys ${file}.\n`;
  }
  return chains
    .map(({ environments, steps }) =>
      [
        environments.length === 0 ? 'in no environment' : environments.join(', '),
        ...steps.map(({ label, at }, depth) => {
          const place = placeText(at);
          return `${'  '.repeat(depth + 1)}${label === at.path ? place : `${label}  ${place}`}`;
        }),
      ].join('\n'),
    )
    .join('\n\n')
    .concat('\n');
}

function referenceText(given: string, found: readonly ReferredTo[]): string {
  if (found.length === 0) {
    return `Nothing with a name of its own stands in ${given}.\n`;
  }
  return found
    .map(({ definition, edges }) =>
      [
        `${titleOf(definition)}  ${placeText(definition.at)}`,
        ...edges.map(({ reference }) => `  ${placeText(reference.from)}  ${reference.role}`),
        ...(edges.length === 0 ? ['  nothing refers to it'] : []),
      ].join('\n'),
    )
    .join('\n')
    .concat('\n');
}

function plain({ definition, edges }: ReferredTo): object {
  const { entity, name, object, at } = definition;
  return {
    entity,
    name,
    ...(object === undefined ? {} : { object }),
    at,
    references: edges.map(({ reference: { from, role, text } }) => ({ at: from, role, text })),
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
