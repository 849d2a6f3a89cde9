import { createRequire } from 'node:module';
import { Command } from 'commander';
import { OpsClient } from './client.js';
import { addApiKeyCommands } from './commands/api-keys.js';
import { addAuditCommands } from './commands/audits.js';
import { addClusterCommands } from './commands/cluster.js';
import { addCompletionCommand } from './commands/completion.js';
import { addDlqCommands } from './commands/dlq.js';
import { addLedgerCommands } from './commands/ledger.js';
import { addProjectionCommands } from './commands/projections.js';
import { addReconciliationCommands } from './commands/reconciliation.js';
import { addRedriveCommands } from './commands/redrive.js';
import { addSchemaCommands } from './commands/schemas.js';
import { addServiceCommands } from './commands/services.js';
import { exitCodesHelp } from './exit-codes.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

const examples = `
Examples:
  florin services                                     is everything there?
  florin dlq groups                                   what failed, by cause
  florin dlq replay --fingerprint <f> --dry-run       what would a replay come to?
  florin dlq replay --fingerprint <f> --canary        replay, with care
  florin redrive show sms-is-back                     why does it not heal by itself?
`;

/** The `florin` command line: a client of the ops REST API of an edge, and of the schema registry. */
export function createProgram(env: Record<string, string | undefined>): Command {
  const program = new Command('florin')
    .description(
      'Operate a Florin installation: services, providers, topics, dead letters and what heals them',
    )
    .version(version, '-V, --version', 'print the version')
    .option('--url <url>', 'base URL of the edge (FLORIN_URL)', defaultUrl(env))
    .exitOverride()
    .showHelpAfterError()
    .addHelpText(
      'after',
      `${examples}\nThe API key is read from FLORIN_API_KEY; the local back-office key is used without it.\n${exitCodesHelp}`,
    );
  const client = (): OpsClient =>
    new OpsClient({
      url: program.opts<{ url: string }>().url,
      apiKey: env.FLORIN_API_KEY ?? 'flk_local_admin',
      timeoutMs: 30_000,
    });
  addDlqCommands(program, client);
  addRedriveCommands(program, client);
  addServiceCommands(program, client);
  addClusterCommands(program, client);
  addAuditCommands(program, client);
  addApiKeyCommands(program, client);
  addLedgerCommands(program, client);
  addReconciliationCommands(program, client);
  addProjectionCommands(program, client);
  addSchemaCommands(program, defaultRegistryUrl(env));
  addCompletionCommand(program);
  return program;
}

/** The edge that `npm start` runs here, with the same variables. An empty variable counts as none. */
function defaultUrl(env: Record<string, string | undefined>): string {
  return env.FLORIN_URL || `http://127.0.0.1:${env.EDGE_PORT || 8080}`;
}

function defaultRegistryUrl(env: Record<string, string | undefined>): string {
  const local = `http://127.0.0.1:${env.FLORIN_REGISTRY_PORT || 18081}/apis/ccompat/v7`;
  return env.SCHEMA_REGISTRY_URL || local;
}
