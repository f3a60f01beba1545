// `plumbline rollback`: takes a source back to an earlier revision by a commit on a new branch, then syncs what that says.
import type { Command } from 'commander';
import { shortId } from '../core/history/history';
import { label } from '../core/resource';
import type { Environment } from '../core/workspace/source';
import { previewRollback, rollBack, type RolledBack, type RollbackPlan } from '../operations/rollback';
import type { Services } from '../services';
import { CliError, exit, type Cli } from './cli';
import { withTargetOptions, type TargetOptions } from './environments';
import { showAndRun, type ActOptions } from './operation';
import { chooseEnvironment, chooseSource } from './sources';

interface RollbackOptions extends ActOptions, TargetOptions {
  to: string;
}

export function registerRollback(program: Command, cli: Cli): void {
  const command = withTargetOptions(program.command('rollback'))
    .description('take a source back to an earlier revision through Git: prints the plan, runs it with --yes')
    .argument('<source>', 'id, path or name of a source')
    .requiredOption('--to <revision>', 'the Git revision to go back to')
    .option('--yes', 'make the branch, and with --environment sync what it says')
    .option('--confirm <name>', 'name of a protected environment')
    .addHelpText(
      'after',
      `
A commit on a new branch restores the files that the source is rendered from; the working tree is never touched.
To make the rollback last, push and merge that branch.

Examples:
  $ plumbline rollback apps/staging --to HEAD~2                    what it would change
  $ plumbline rollback apps/staging --to 1a2b3c4 --yes             makes the branch
  $ plumbline rollback apps/staging --to 1a2b3c4 -e staging --yes  and syncs staging to it`,
    );
  cli
    .withCommonOptions(command, ['text', 'json'])
    .action((source: string, options: RollbackOptions) => cli.run(() => runRollback(cli, source, options)));
}

async function runRollback(cli: Cli, text: string, options: RollbackOptions): Promise<number> {
  const services = await cli.services();
  const workspace = await services.discover(cli.io.signal);
  const environment = chooseEnvironment(workspace, options.environment);
  const source = chooseSource(workspace, text, { cwd: cli.io.cwd, root: services.root }, environment);
  const progress = cli.progress(options);
  progress.show(`Looking at ${source.name} at ${options.to} …`);
  const preview = await previewRollback(services, source, environment, options.to, cli.io.signal).finally(() =>
    progress.done(),
  );
  if (!preview.ok) {
    throw new CliError(preview.failure.message);
  }
  const isJson = options.format === 'json';
  if (!isJson) {
    cli.io.out(previewText(preview.value, cli.paint(options)));
  }
  if (options.yes !== true) {
    if (isJson) {
      cli.io.out(json({ rollback: viewOf(preview.value) }));
    } else {
      cli.io.err('Nothing was changed. Run it again with --yes to do this.\n');
    }
    return exit.findings;
  }
  // Asked before the branch is made: a rollback that stops half way helps nobody.
  if (environment?.protected === true && environment.target !== undefined && options.confirm !== environment.name) {
    throw new CliError(
      `${environment.name} is protected.`,
      `Confirm its name as well: --yes --confirm ${environment.name}`,
    );
  }
  const done = await rollBack(services, preview.value, environment, {
    kubeconfig: options.kubeconfig,
    abort: cli.io.signal,
  });
  if (!done.ok) {
    throw new CliError(done.failure.message);
  }
  return finish(cli, services, environment, preview.value, done.value, options);
}

async function finish(
  cli: Cli,
  services: Services,
  environment: Environment | undefined,
  preview: RollbackPlan,
  done: RolledBack,
  options: RollbackOptions,
): Promise<number> {
  const { branch, commit, next, failure } = done;
  if (options.format === 'json' && !next) {
    const made = { rollback: viewOf(preview), branch, commit: commit.id };
    cli.io.out(json(failure ? { ...made, failure } : made));
  } else if (options.format !== 'json') {
    cli.io.out(`Made branch ${branch} at ${shortId(commit.id)}. Push and merge it to make the rollback last.\n`);
  }
  if (!next || !environment) {
    if (failure) {
      cli.io.err(`plumbline: ${failure.message}\n`);
    }
    return failure ? exit.undecided : exit.clean;
  }
  const tree = await services.treeAt(commit.id, cli.io.signal);
  const at = await services.discover(cli.io.signal, tree);
  return showAndRun(cli, services, at, next.compared, next.plan, options, { tree, revision: commit.id });
}

const json = (value: object): string => JSON.stringify({ schemaVersion: 1, ...value }, null, 2) + '\n';

const viewOf = ({ source, ...rest }: RollbackPlan): unknown => ({ ...rest, source: source.id });

function previewText(preview: RollbackPlan, paint: ReturnType<Cli['paint']>): string {
  const { revision, undone, files, objects } = preview;
  const verbs = { create: 'create', update: 'update', delete: 'remove' } as const;
  return [
    `${paint('bold', 'rollback')} of ${preview.source.name} to ${shortId(revision.id)} ${revision.subject}`,
    ...undone.map((r) => `  ${paint('error', 'undo')} ${shortId(r.id)} ${r.subject} ${paint('dim', r.author)}`),
    ...files.map((file) => `  ${paint('warning', 'restore')} ${file}`),
    ...objects.map((o) => `  ${paint('info', verbs[o.change])} ${label(o.key)}`),
    `  on branch ${preview.branch}`,
    '',
  ].join('\n');
}
