// The command line: its commands, and how a run of it starts and ends.
import { Command, CommanderError } from 'commander';
import { registerCheck } from './check';
import { createCli, exit, type Cli, type CliIo } from './cli';
import { registerDrift } from './drift';
import { registerHistory } from './history';
import { registerLsp } from './lsp';
import { registerDeployers, registerReferences } from './navigate';
import { registerRender } from './render';
import { registerRollback } from './rollback';
import { registerSchemas } from './schemas';
import { registerSnapshot } from './snapshot';
import { registerPrune, registerSync } from './sync';
import { registerUpgrade } from './upgrade';

/** The commands, in the order of the help. Each file registers one and knows nothing of the others. */
const commands: ((program: Command, cli: Cli) => void)[] = [
  registerCheck,
  registerUpgrade,
  registerRender,
  registerDrift,
  registerSync,
  registerPrune,
  registerRollback,
  registerHistory,
  registerSnapshot,
  registerDeployers,
  registerReferences,
  registerSchemas,
  registerLsp,
];

/** Runs the command line and gives its exit status. */
export async function main(args: readonly string[], io: CliIo, version: string): Promise<number> {
  let status: number = exit.clean;
  const cli = createCli(io, (ended) => (status = ended));
  const program = new Command('plumbline')
    .description(
      'Checks, renders and compares GitOps repositories: what is valid, what it becomes, where the cluster differs.',
    )
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) })
    .showSuggestionAfterError(true)
    .showHelpAfterError('(run with --help for the options)')
    .addHelpText(
      'after',
      `
Exit status: 0 nothing to report, 1 findings or drift, 2 it could not be decided, 130 interrupted.

Examples:
  $ plumbline check                         everything in this repository
  $ plumbline render apps/staging           what an overlay becomes
  $ plumbline check --format sarif > check.sarif`,
    );
  commands.forEach((register) => register(program, cli));
  for (const command of program.commands) {
    command.exitOverride().configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) });
  }
  try {
    if (args.length === 0) {
      program.outputHelp({ error: true });
      return exit.undecided;
    }
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      throw error;
    }
    status = error.exitCode === 0 ? exit.clean : exit.undecided;
  } finally {
    await cli.dispose();
  }
  return status;
}
