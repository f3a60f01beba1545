// `plumbline history`: the commits that touched a source, or the whole repository's sources.
import { InvalidArgumentError, type Command } from 'commander';
import { shortId } from '../core/history/history';
import type { Revision } from '../core/ports';
import { sourceHistory } from '../operations/rollback';
import { CliError, exit, type Cli, type CommonOptions } from './cli';
import { chooseEnvironment, chooseSource } from './sources';

interface HistoryCommandOptions extends CommonOptions {
  environment?: string;
  limit: number;
}

export function registerHistory(program: Command, cli: Cli): void {
  const command = program
    .command('history')
    .description('commits that touched a source: everything that it is rendered from')
    .argument('[source]', 'id, path or name of a source (default: the whole repository)')
    .option('-e, --environment <name>', 'as the source is deployed to this environment')
    .option('-n, --limit <count>', 'at most so many', countOf, 20)
    .addHelpText(
      'after',
      `\nExamples:\n  $ plumbline history apps/staging\n  $ plumbline history web --limit 5 --format json`,
    );
  cli
    .withCommonOptions(command, ['text', 'json'])
    .action((source: string | undefined, options: HistoryCommandOptions) =>
      cli.run(() => runHistory(cli, source, options)),
    );
}

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) {
    throw new InvalidArgumentError('A whole number above 0 is expected.');
  }
  return count;
}

async function runHistory(cli: Cli, text: string | undefined, options: HistoryCommandOptions): Promise<number> {
  const services = await cli.services();
  if (!services.git) {
    throw new CliError(`${services.root} is not in a Git repository, so there is no history.`);
  }
  const workspace = await services.discover(cli.io.signal);
  const environment = chooseEnvironment(workspace, options.environment);
  const source =
    text === undefined
      ? undefined
      : chooseSource(workspace, text, { cwd: cli.io.cwd, root: services.root }, environment);
  const answer = source
    ? await sourceHistory(services, source, environment, options.limit, cli.io.signal)
    : await services.repository().log([], { limit: options.limit }, cli.io.signal);
  if (!answer.ok) {
    throw new CliError(answer.failure.message);
  }
  const revisions = answer.value;
  if (options.format === 'json') {
    cli.io.out(`${JSON.stringify({ schemaVersion: 1, source: source?.id ?? null, revisions }, undefined, 2)}\n`);
  } else {
    const paint = cli.paint(options);
    cli.io.out(revisions.map((r) => lineOf(r, paint)).join(''));
    if (revisions.length === 0 && options.quiet !== true) {
      cli.io.err('No commit touched it yet.\n');
    }
  }
  return exit.clean;
}

const lineOf = (r: Revision, paint: ReturnType<Cli['paint']>): string =>
  `${paint('info', shortId(r.id))}  ${r.date.slice(0, 10)}  ${r.subject}  ${paint('dim', r.author)}\n`;
