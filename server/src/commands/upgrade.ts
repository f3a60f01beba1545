// `plumbline upgrade`: what breaks when the clusters run another Kubernetes version, by environment.
import type { Command } from 'commander';
import { upgradeReport, type UpgradeReport } from '../core/upgrade/report';
import { reportText, summaryOf, titleOf } from '../core/upgrade/reportText';
import type { Problem } from '../core/problem';
import { exit, type Cli, type CommonOptions, type Paint } from './cli';
import { kubernetesMinor, repositoryPaths, startFolder } from './paths';
import { chooseEnvironment } from './sources';

interface UpgradeCommandOptions extends CommonOptions {
  environment?: string;
  to?: string;
  kubernetesVersion?: string;
  cache: boolean;
}

const formats: Record<string, (report: UpgradeReport, options: { paint: Paint; quiet: boolean }) => string> = {
  text: asText,
  json: asJson,
  markdown: (report) => reportText(report).text,
};

export function registerUpgrade(program: Command, cli: Cli): void {
  const command = program
    .command('upgrade')
    .description('what breaks on another Kubernetes version, for each environment')
    .argument('[path...]', 'only findings in these files and folders')
    .option('--to <version>', 'the version to upgrade to (default: the newest one known)', kubernetesMinor)
    .option('-e, --environment <name>', 'only this environment')
    .option('--kubernetes-version <version>', 'version of today where an environment names none', kubernetesMinor)
    .option('--no-cache', 'judge everything anew, also what did not change since an earlier run')
    .addHelpText(
      'after',
      `
Exit status: 0 nothing breaks, 1 something does, 2 it could not be decided.

Examples:
  $ plumbline upgrade
  $ plumbline upgrade --to 1.36 --environment production
  $ plumbline upgrade --to 1.37 --format markdown`,
    );
  cli
    .withCommonOptions(command, Object.keys(formats))
    .action((paths: string[], options: UpgradeCommandOptions) => cli.run(() => runUpgrade(cli, paths, options)));
}

async function runUpgrade(cli: Cli, paths: readonly string[], options: UpgradeCommandOptions): Promise<number> {
  const services = await cli.services(startFolder(cli.io.cwd, paths), { remember: options.cache });
  const inside = repositoryPaths(services, cli.io.cwd, paths);
  const progress = cli.progress(options);
  progress.show('Looking at the repository …');
  services.prepareCheck();
  const workspace = await services.discover(cli.io.signal);
  const environment = chooseEnvironment(workspace, options.environment);
  const to = options.to ?? services.schemas().minorFor(undefined);
  const report = await upgradeReport(workspace, services.tree, services.checkPorts(), to, {
    ...(environment === undefined ? {} : { environment }),
    ...(options.kubernetesVersion === undefined ? {} : { kubernetesVersion: options.kubernetesVersion }),
    paths: inside,
    abort: cli.io.signal,
    progress: (text) => progress.show(text),
  }).finally(() => progress.done());
  cli.io.out(formats[options.format]?.(report, { paint: cli.paint(options), quiet: options.quiet === true }) ?? '');
  if (report.undecided.length > 0) {
    cli.io.err(report.undecided.map((reason) => `plumbline: ${reason}\n`).join(''));
    return exit.undecided;
  }
  return report.environments.some(({ breaks }) => breaks.length > 0) ? exit.findings : exit.clean;
}

function asText(report: UpgradeReport, { paint, quiet }: { paint: Paint; quiet: boolean }): string {
  const line = (problem: Problem, style: 'error' | 'warning'): string => {
    const { path, range, message, rule, fixes } = problem;
    const place = `${path}:${range.start.line + 1}:${range.start.character + 1}`;
    const fix = fixes?.[0] === undefined ? '' : ` ${paint('good', `[${fixes[0].title}]`)}`;
    const word = style === 'error' ? 'breaks' : 'deprecated';
    return `  ${paint('bold', place)} ${paint(style, word)} ${message} ${paint('dim', rule)}${fix}\n`;
  };
  const parts = report.environments.map((environment) => {
    const { breaks, deprecated } = environment;
    const summary = quiet ? '' : `  ${summaryOf(environment, report.to)}\n`;
    const found = [...breaks.map((one) => line(one, 'error')), ...deprecated.map((one) => line(one, 'warning'))];
    return `${paint('bold', titleOf(environment))}\n${found.join('')}${summary}`;
  });
  const note = report.note === undefined || quiet ? '' : `\n${report.note}\n`;
  return parts.length === 0 ? `Nothing breaks on Kubernetes ${report.to}.\n${note}` : parts.join('\n') + note;
}

function asJson(report: UpgradeReport): string {
  const finding = ({ path, range, rule, severity, message, resource, field, removedIn, fixes }: Problem): object => ({
    path,
    range,
    rule,
    severity,
    message,
    ...(resource === undefined ? {} : { resource }),
    ...(field === undefined ? {} : { field }),
    ...(removedIn === undefined ? {} : { removedIn }),
    ...(fixes === undefined ? {} : { fixes: fixes.map(({ title, edits }) => ({ title, edits })) }),
  });
  const output = {
    schemaVersion: 1,
    to: report.to,
    ...(report.note === undefined ? {} : { note: report.note }),
    undecided: report.undecided,
    environments: report.environments.map(({ name, from, breaks, deprecated, already }) => ({
      ...(name === undefined ? {} : { name }),
      ...(from === undefined ? {} : { from }),
      breaks: breaks.map(finding),
      deprecated: deprecated.map(finding),
      already,
    })),
  };
  return `${JSON.stringify(output, undefined, 2)}\n`;
}
