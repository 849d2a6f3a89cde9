import { Command } from 'commander';
import { OpsClient } from './client.js';
import { addClusterCommands } from './commands/cluster.js';
import { addDlqCommands } from './commands/dlq.js';

/** The `florin` command line. It talks to the ops REST API of an edge, and needs nothing else. */
export function createProgram(env: Record<string, string | undefined>): Command {
  const program = new Command('florin')
    .description('Operate a Florin installation: topics, consumer lag, dead letters')
    .option('--url <url>', 'base URL of the edge (FLORIN_URL)', env.FLORIN_URL ?? 'http://127.0.0.1:8080')
    .showHelpAfterError()
    .addHelpText(
      'after',
      '\nThe API key is read from FLORIN_API_KEY; the local back-office key is used without it.',
    );
  const client = (): OpsClient =>
    new OpsClient({
      url: program.opts<{ url: string }>().url,
      apiKey: env.FLORIN_API_KEY ?? 'flk_local_admin',
      timeoutMs: 30_000,
    });
  addDlqCommands(program, client);
  addClusterCommands(program, client);
  return program;
}
