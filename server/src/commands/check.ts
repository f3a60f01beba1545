// `plumbline check`: every file and every source of the repository, and what they render to.
import { Option, type Command } from 'commander';
import { atLeast, type Severity } from '../core/problem';
import { checkWorkspace } from '../core/render/checkWorkspace';
import { exit, type Cli, type CommonOptions } from './cli';
import { formatters, type CheckResult } from './format/formats';
import { kubernetesMinor, repositoryPaths, startFolder } from './paths';
import { chooseEnvironment } from './sources';

interface CheckCommandOptions extends CommonOptions {
  environment?: string;
  failOn: Severity;
  kubernetesVersion?: string;
  structureOnly?: boolean;
  cache: boolean;
}

export function registerCheck(program: Command, cli: Cli): void {
  const command = program
    .command('check')
    .description('validate every source and manifest, and what they render to')
    .argument('[path...]', 'only findings in these files and folders')
    .option('-e, --environment <name>', 'only what is deployed to this environment')
    .addOption(
      new Option('--fail-on <severity>', 'findings from this severity on make the exit status 1')
        .choices(['error', 'warning', 'info'])
        .default('error'),
    )
    .option(
      '--kubernetes-version <version>',
      'version to check against where an environment names none',
      kubernetesMinor,
    )
    .option('--structure-only', 'faults of the text, schemas and renderings; not the rules of the API server (fastest)')
    .option('--no-cache', 'judge everything anew, also what did not change since an earlier run')
    .addHelpText(
      'after',
      `
Examples:
  $ plumbline check
  $ plumbline check apps/staging charts --fail-on warning
  $ plumbline check --structure-only        while files are being written: the quickest answer
  $ plumbline check --environment production --format json
  $ plumbline check --format github         as annotations of a GitHub workflow`,
    );
  cli
    .withCommonOptions(command, Object.keys(formatters))
    .action((paths: string[], options: CheckCommandOptions) => cli.run(() => runCheck(cli, paths, options)));
}

async function runCheck(cli: Cli, paths: readonly string[], options: CheckCommandOptions): Promise<number> {
  const services = await cli.services(startFolder(cli.io.cwd, paths), { remember: options.cache });
  const inside = repositoryPaths(services, cli.io.cwd, paths);
  const progress = cli.progress(options);
  progress.show('Looking at the repository …');
  if (options.structureOnly !== true) {
    services.prepareCheck();
  }
  const workspace = await services.discover(cli.io.signal);
  const environment = chooseEnvironment(workspace, options.environment);
  const report = await checkWorkspace(workspace, services.tree, services.checkPorts(), {
    ...(environment === undefined ? {} : { environment }),
    ...(options.kubernetesVersion === undefined ? {} : { kubernetesVersion: options.kubernetesVersion }),
    ...(options.structureOnly === true ? { structureOnly: true } : {}),
    paths: inside,
    abort: cli.io.signal,
    progress: (text) => progress.show(text),
  }).finally(() => progress.done());
  const result: CheckResult = {
    ...report,
    root: services.root,
    ...(environment === undefined ? {} : { environment: environment.name }),
  };
  const format = formatters[options.format];
  cli.io.out(format?.(result, { paint: cli.paint(options), quiet: options.quiet === true }) ?? '');
  if (report.undecided.length > 0) {
    cli.io.err(report.undecided.map((reason) => `plumbline: ${reason}\n`).join(''));
    return exit.undecided;
  }
  return report.problems.some((problem) => atLeast(problem.severity, options.failOn)) ? exit.findings : exit.clean;
}
