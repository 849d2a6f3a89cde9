import { formatMoney } from '@florin/contracts';
import { type Command, Option } from 'commander';
import type { OpsClient } from '../client.js';
import type { DeadLetter, DeadLetterGroup } from '../ops-api.js';
import { printJson, printTable } from '../output.js';
import { uuid } from '../uuid.js';
import { wholeNumber } from '../whole-number.js';
import { addDiscardCommand } from './dlq-discard.js';
import { addEditCommands } from './dlq-edit.js';
import { addExportCommand } from './dlq-export.js';
import { type DeadLetterFilter, groups, queryOf, statuses, withFilter } from './dlq-filter.js';
import { addReplayCommand } from './dlq-replay.js';

/** `florin dlq …`: look at dead letters and send them back to the group that failed. */
export function addDlqCommands(program: Command, client: () => OpsClient): void {
  const dlq = program.command('dlq').description('dead letters: look, edit, replay, discard, export');

  withFilter(dlq.command('list'))
    .description('list dead letters, newest first')
    .option('--limit <n>', 'at most so many', wholeNumber, 50)
    .option('--json', 'print JSON')
    .action(async (options: DeadLetterFilter & { limit: number; json?: boolean }) => {
      const letters = await client().all<DeadLetter>('/ops/v1/dead-letters', queryOf(options), options.limit);
      if (options.json) return printJson(letters);
      if (letters.length === 0) return console.log(`No ${options.status} dead letters.`);
      printTable(
        ['ID', 'GROUP', 'MESSAGE', 'ERROR', 'ATTEMPTS', 'LAST FAILED', 'STATUS', 'FINGERPRINT'],
        letters.map((d) => [
          d.id,
          d.group,
          d.messageName,
          d.errorCode,
          d.attempts,
          d.lastFailedAt,
          statusOf(d),
          d.fingerprint,
        ]),
      );
    });

  dlq
    .command('show')
    .argument('<id>', 'a dead letter', uuid)
    .description('show one dead letter with its decoded payload, as JSON')
    .option('--json', 'print JSON, as without it')
    .action(async (id: string) =>
      printJson(await client().get(`/ops/v1/dead-letters/${encodeURIComponent(id)}`)),
    );

  dlq
    .command('groups')
    .description('count dead letters by cause of failure')
    .option('--topic <topic>', 'dead-letter topic')
    .addOption(new Option('--group <group>', 'consumer group that failed').choices(groups))
    .addOption(
      new Option('--status <status>', 'what has become of them').choices(statuses).default('pending'),
    )
    .option('--json', 'print JSON')
    .action(async ({ topic, group, status, json }: DeadLetterFilter & { json?: boolean }) => {
      const { data } = await client().get<{ data: DeadLetterGroup[] }>('/ops/v1/dead-letter-groups', {
        topic,
        group,
        status,
      });
      if (json) return printJson(data);
      if (data.length === 0) return console.log(`No ${status} dead letters.`);
      printTable(
        [
          'FINGERPRINT',
          'COUNT',
          'GROUP',
          'MESSAGE',
          'ERROR',
          'FIRST FAILED',
          'LAST FAILED',
          'AMOUNTS IN THEM',
        ],
        data.map((g) => [
          g.fingerprint,
          g.count,
          g.group,
          g.messageName,
          g.errorCode,
          g.firstFailedAt,
          g.lastFailedAt,
          g.moneyAtRest.map(({ currency, amount }) => formatMoney(amount, currency)).join(', ') || null,
        ]),
      );
    });

  addReplayCommand(dlq, client);
  addEditCommands(dlq, client);
  addDiscardCommand(dlq, client);
  addExportCommand(dlq, client);
}

/** A letter whose replay failed is settled as well, because its message has come back as another one. */
function statusOf({ status, resolution, parked }: DeadLetter): string {
  if (resolution !== null) return `${status}: ${resolution === 'superseded' ? 'failed again' : resolution}`;
  return parked ? `${status}, parked` : status;
}
