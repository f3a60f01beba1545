// `plumbline lsp`: the language server over standard input and output, for any editor.
import type { Command } from 'commander';
import type { Cli } from './cli';

export function registerLsp(program: Command, cli: Cli): void {
  program
    .command('lsp')
    .description('the language server over standard input and output, for any editor')
    .option('--stdio', 'accepted because editors pass it; it is the only way')
    .addHelpText(
      'after',
      `
Example, for an editor that starts servers by command:
  command = ["plumbline", "lsp"], file types = ["yaml", "helm"]`,
    )
    .action(() =>
      cli.run(async () => {
        const { createConnection, ProposedFeatures, StreamMessageReader, StreamMessageWriter } =
          await import('vscode-languageserver/node');
        const { startServer } = await import('../server.js');
        startServer(
          createConnection(
            ProposedFeatures.all,
            new StreamMessageReader(process.stdin),
            new StreamMessageWriter(process.stdout),
          ),
        );
        await new Promise(() => undefined);
        return 0;
      }),
    );
}
