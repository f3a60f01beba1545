// `plumbline check`: every file and every source of the repository, and what they render to.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Option, type Command } from 'commander';
import { baselineFile } from '../core/check/baseline';
import { atLeast, type Severity } from '../core/problem';
import type { Committed } from '../core/render/committed';
import { checkWorkspace } from '../core/render/checkWorkspace';
import type { Services } from '../services';
import { configFile } from '../core/workspace/config';
import { CliError, exit, type Cli, type CommonOptions } from './cli';
import { formatters, type CheckResult } from './format/formats';
import { kubernetesMinor, repositoryPaths, startFolder } from './paths';
import { chooseEnvironment } from './sources';

interface CheckCommandOptions extends CommonOptions {
  environment?: string;
  failOn: Severity;
  kubernetesVersion?: string;
  structureOnly?: boolean;
  /** A revision; false: as new objects only. */
  against?: string | false;
  cache: boolean;
  writeBaseline?: boolean;
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
    .option(
      '--structure-only',
      'faults of the text, schemas and renderings; neither references nor the rules of the API server (fastest)',
    )
    .option('--write-baseline', 'remember every finding that there is now: later checks tell new ones only')
    .option('--against <revision>', 'judge changes as updates of what this revision deploys (default: HEAD)')
    .option('--no-against', 'judge every object as a new one; Git is not asked')
    .option('--no-cache', 'judge everything anew, also what did not change since an earlier run')
    .addHelpText(
      'after',
      `
Examples:
  $ plumbline check
  $ plumbline check apps/staging charts --fail-on warning
  $ plumbline check --against origin/main   also what the server would not let change
  $ plumbline check --structure-only        while files are being written: the quickest answer
  $ plumbline check --environment production --format json
  $ plumbline check --write-baseline        what is there now is known; only what is new is told from now on
  $ plumbline check --format github         as annotations of a GitHub workflow`,
    );
  cli
    .withCommonOptions(command, Object.keys(formatters))
    .action((paths: string[], options: CheckCommandOptions) => cli.run(() => runCheck(cli, paths, options)));
}

async function runCheck(cli: Cli, paths: readonly string[], options: CheckCommandOptions): Promise<number> {
  if (
    options.writeBaseline === true &&
    (paths.length > 0 || options.environment !== undefined || options.structureOnly)
  ) {
    throw new CliError(
      '--write-baseline is for the whole repository: leave paths, --environment and --structure-only out.',
    );
  }
  const services = await cli.services(startFolder(cli.io.cwd, paths), { remember: options.cache });
  const inside = repositoryPaths(services, cli.io.cwd, paths);
  const progress = cli.progress(options);
  progress.show('Looking at the repository …');
  if (options.structureOnly !== true) {
    services.prepareCheck();
  }
  const workspace = await services.discover(cli.io.signal);
  const environment = chooseEnvironment(workspace, options.environment);
  let baseline = '';
  const against =
    options.structureOnly === true ? undefined : await committedAt(services, options.against, cli.io.signal);
  const report = await checkWorkspace(workspace, services.tree, services.checkPorts(), {
    ...(environment === undefined ? {} : { environment }),
    ...(options.kubernetesVersion === undefined ? {} : { kubernetesVersion: options.kubernetesVersion }),
    ...(options.structureOnly === true ? { structureOnly: true } : {}),
    ...(against === undefined ? {} : { against }),
    ...(options.writeBaseline === true ? { baseline: (text: string) => (baseline = text) } : {}),
    paths: inside,
    abort: cli.io.signal,
    progress: (text) => progress.show(text),
  }).finally(() => progress.done());
  if (options.writeBaseline === true) {
    return writeBaseline(cli, services.root, workspace.configuration.baseline?.path, baseline, report.undecided);
  }
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

/** Writes the findings of a whole check to the baseline's file; says how the configuration names it, where it does not yet. */
async function writeBaseline(
  cli: Cli,
  root: string,
  configured: string | undefined,
  text: string,
  undecided: readonly string[],
): Promise<number> {
  if (undecided.length > 0) {
    cli.io.err(undecided.map((reason) => `plumbline: ${reason}\n`).join(''));
    cli.io.err('plumbline: No baseline was written, because not everything could be checked.\n');
    return exit.undecided;
  }
  const name = configured ?? baselineFile;
  const file = path.join(root, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  const count = (JSON.parse(text) as { findings: { count: number }[] }).findings.reduce((sum, f) => sum + f.count, 0);
  cli.io.out(`${count} ${count === 1 ? 'finding is' : 'findings are'} known now: ${name}\n`);
  if (configured === undefined) {
    cli.io.out(`Add this line to ${configFile}, so that they are not told any more:\n\n  baseline: ${name}\n`);
  }
  return exit.clean;
}

/** What changes are updates of. A revision that was named must exist; HEAD is taken where there is one. */
async function committedAt(
  services: Services,
  against: string | false | undefined,
  abort: AbortSignal,
): Promise<Committed | undefined> {
  if (against === false || (against === undefined && !services.git)) {
    return undefined;
  }
  if (against === undefined) {
    // Where Git is missing or the clone is odd, objects are judged as new ones; nobody asked for more.
    return services.committed('HEAD', { changed: true, abort }).catch(() => undefined);
  }
  const found = await services.repository().resolve(against);
  if (!found.ok) {
    throw new CliError(found.failure.message);
  }
  return services.committed(against, { changed: true, abort });
}
