// `plumbline drift`: desired against live, by field, with who changed it and where Git says otherwise.
import type { Command } from 'commander';
import type { DriftReport } from '../core/drift/drift';
import { isWithin } from '../core/workspace/paths';
import { compareEnvironment } from '../operations/compare';
import { CliError, exit, type Cli, type CommonOptions } from './cli';
import { severalEnvironments, withTargetOptions, type TargetOptions } from './environments';
import { driftFormatters } from './format/drift';
import { repositoryPaths, startFolder } from './paths';

interface DriftOptions extends CommonOptions, TargetOptions {}

export function registerDrift(program: Command, cli: Cli): void {
  const command = withTargetOptions(program.command('drift'))
    .description('compare what Git says with what is live, field by field')
    .argument('[path...]', 'only objects that come from these files and folders')
    .addHelpText(
      'after',
      `
Compares every environment that has a target, or the one named. Nothing is changed.

Examples:
  $ plumbline drift
  $ plumbline drift --environment production
  $ plumbline drift -e production apps/web --format json
  $ plumbline drift --format markdown       for a pull request`,
    );
  cli
    .withCommonOptions(command, Object.keys(driftFormatters))
    .action((paths: string[], options: DriftOptions) => cli.run(() => runDrift(cli, paths, options)));
}

async function runDrift(cli: Cli, paths: readonly string[], options: DriftOptions): Promise<number> {
  const services = await cli.services(startFolder(cli.io.cwd, paths));
  const inside = repositoryPaths(services, cli.io.cwd, paths);
  const progress = cli.progress(options);
  const workspace = await services.discover(cli.io.signal);
  const reports: DriftReport[] = [];
  const failures: string[] = [];
  try {
    for (const environment of severalEnvironments(workspace, options.environment)) {
      const compared = await compareEnvironment(services, workspace, environment, {
        kubeconfig: options.kubeconfig,
        progress: (text) => progress.show(`${environment.name}: ${text}`),
        abort: cli.io.signal,
      });
      if (compared.ok) {
        reports.push(within(compared.value.comparison.report, inside));
      } else {
        failures.push(`${environment.name}: ${compared.failure.message}`);
      }
    }
  } finally {
    progress.done();
  }
  if (reports.length === 0 && failures.length > 0) {
    throw new CliError(failures.join('\n'));
  }
  const format = driftFormatters[options.format];
  cli.io.out(format?.(reports, { paint: cli.paint(options), quiet: options.quiet === true }) ?? '');
  cli.io.err(failures.map((failure) => `plumbline: ${failure}\n`).join(''));
  return failures.length > 0 ? exit.undecided : statusOf(reports);
}

/** Only the objects whose source line lies in the paths; leftovers have none and stay. */
function within(report: DriftReport, paths: readonly string[]): DriftReport {
  if (paths.length === 0) {
    return report;
  }
  const objects = report.objects.filter((object) => {
    const { origin } = object;
    return origin !== undefined && paths.some((path) => isWithin(path, origin.path));
  });
  const counts = { ...report.counts };
  for (const state of Object.keys(counts) as (keyof typeof counts)[]) {
    counts[state] = objects.filter((object) => object.state === state).length;
  }
  return { ...report, objects, counts };
}

/** What could not be decided weighs more than what differs: a pipeline must not read it as drift, and never as in sync. */
export function statusOf(reports: readonly DriftReport[]): number {
  if (reports.some(({ counts, failures }) => counts.unknown > 0 || failures.length > 0)) {
    return exit.undecided;
  }
  const differs = reports.some(({ objects }) => objects.some((object) => object.state !== 'inSync'));
  return differs ? exit.findings : exit.clean;
}
