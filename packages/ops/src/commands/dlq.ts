import type { Command } from 'commander';
import type { OpsClient } from '../client.js';
import type { DeadLetter, DeadLetterGroup } from '../ops-api.js';
import { printJson, printTable } from '../output.js';
import { addReplayCommand } from './dlq-replay.js';

interface Filter {
  readonly topic?: string;
  readonly group?: string;
  readonly fingerprint?: string;
  readonly status?: string;
}

/** `florin dlq …`: look at dead letters and send them back to the group that failed. */
export function addDlqCommands(program: Command, client: () => OpsClient): void {
  const dlq = program.command('dlq').description('dead letters: list, show, group and replay');

  dlq
    .command('list')
    .description('list dead letters, newest first')
    .option('--topic <topic>', 'dead-letter topic')
    .option('--group <group>', 'consumer group that failed')
    .option('--fingerprint <fingerprint>', 'one cause of failure')
    .option('--status <status>', 'pending, replaying, resolved or discarded', 'pending')
    .option('--limit <n>', 'at most so many', '50')
    .option('--json', 'print JSON')
    .action(async (options: Filter & { limit: string; json?: boolean }) => {
      const { topic, group, fingerprint, status } = options;
      const letters = await client().all<DeadLetter>(
        '/ops/v1/dead-letters',
        { topic, group, fingerprint, status },
        Number(options.limit),
      );
      if (options.json) return printJson(letters);
      if (letters.length === 0) return console.log(`No ${status} dead letters.`);
      printTable(
        ['ID', 'GROUP', 'MESSAGE', 'ERROR', 'ATTEMPTS', 'LAST FAILED', 'STATUS', 'FINGERPRINT'],
        letters.map((d) => [
          d.id,
          d.group,
          d.messageName,
          d.errorCode,
          d.attempts,
          d.lastFailedAt,
          d.status,
          d.fingerprint,
        ]),
      );
    });

  dlq
    .command('show <id>')
    .description('show one dead letter with its decoded payload')
    .action(async (id: string) => printJson(await client().get(`/ops/v1/dead-letters/${id}`)));

  dlq
    .command('groups')
    .description('count dead letters by cause of failure')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const { data } = await client().get<{ data: DeadLetterGroup[] }>('/ops/v1/dead-letter-groups');
      if (options.json) return printJson(data);
      if (data.length === 0) return console.log('No dead letters.');
      printTable(
        ['FINGERPRINT', 'COUNT', 'GROUP', 'MESSAGE', 'ERROR', 'FIRST FAILED', 'LAST FAILED'],
        data.map((g) => [
          g.fingerprint,
          g.count,
          g.group,
          g.messageName,
          g.errorCode,
          g.firstFailedAt,
          g.lastFailedAt,
        ]),
      );
    });

  addReplayCommand(dlq, client);
}
