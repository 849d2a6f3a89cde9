import type { Command } from 'commander';
import type { OpsClient } from '../client.js';
import { exitCodes } from '../exit-codes.js';
import type { AuditVerification, OperatorAction } from '../ops-api.js';
import { counted, printJson, printTable } from '../output.js';
import { wholeNumber } from '../whole-number.js';

interface AuditOptions {
  readonly actor?: string;
  readonly action?: string;
  readonly subject?: string;
  readonly limit: number;
  readonly verify?: boolean;
  readonly json?: boolean;
}

/** `florin audits`: who did what, when and why; exit status 1 when the trail was tampered with. */
export function addAuditCommands(program: Command, client: () => OpsClient): void {
  program
    .command('audits')
    .description('list what operators did, newest first, or check that the list is intact')
    .option('--actor <actor>', 'only this actor, e.g. key:<id>')
    .option('--action <action>', 'only this action, e.g. dead-letter.discard')
    .option('--subject <id>', 'only what was done to this')
    .option('--limit <n>', 'at most so many', wholeNumber, 50)
    .option('--verify', 'check the hash chain instead')
    .option('--json', 'print JSON')
    .action(async (options: AuditOptions) => {
      if (options.verify) return verify(client(), options.json === true);
      const { actor, action, subject } = options;
      const query = { actor, action, subject };
      const actions = await client().all<OperatorAction>('/ops/v1/audits', query, options.limit);
      if (options.json) return printJson(actions);
      if (actions.length === 0) return console.log('No actions.');
      printTable(
        ['NO', 'WHEN', 'WHO', 'WHAT', 'SUBJECT', 'WHY'],
        actions.map((a) => [a.sequence, a.occurredAt, a.actor, a.action, a.subject, a.reason]),
      );
    });
}

async function verify(client: OpsClient, json: boolean): Promise<void> {
  const found = await client.get<AuditVerification>('/ops/v1/audits/verification');
  if (json) printJson(found);
  else if (found.intact) console.log(`${counted(found.actions, 'action')}, intact; head ${found.headHash}`);
  else
    console.log(
      `The audit trail is broken at ${found.brokenAt}; intact before it: ${counted(found.actions, 'action')}.`,
    );
  if (!found.intact) process.exitCode = exitCodes.found;
}
