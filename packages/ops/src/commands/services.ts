import { formatMoney } from '@florin/contracts';
import type { Command } from 'commander';
import type { OpsClient } from '../client.js';
import { exitCodes } from '../exit-codes.js';
import type { Breakers, Outboxes, Services, StalledTransactions } from '../ops-api.js';
import { ago, printJson, printTable } from '../output.js';

/** `florin services`, `breakers` and `outbox`: how all services are, as they report themselves. */
export function addServiceCommands(program: Command, client: () => OpsClient): void {
  program
    .command('services')
    .description('list the instances of every service; exit status 1 when one is not ready')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const services = await client().get<Services>('/ops/v1/services');
      if (options.json) printJson(services.data);
      else {
        printTable(
          ['SERVICE', 'STATE', 'VERSION', 'STARTED', 'REPORTED', 'INSTANCE'],
          services.data.flatMap(({ service, instances }) =>
            instances.length === 0
              ? [[service, 'missing', null, null, null, null]]
              : instances.map((i) => [
                  service,
                  i.stale ? 'silent' : i.ready ? 'ready' : 'not ready',
                  i.version,
                  ago(i.startedAt),
                  ago(i.reportedAt),
                  i.instanceId,
                ]),
          ),
        );
      }
      const well = services.data.every(({ instances }) => instances.some((i) => i.ready && !i.stale));
      if (!well) process.exitCode = exitCodes.found;
    });

  program
    .command('stalled')
    .description('list transactions whose outcome is overdue; exit status 1 when there are any')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const stalled = await client().get<StalledTransactions>('/ops/v1/stalled-transactions?limit=200');
      if (options.json) printJson(stalled.data);
      else if (stalled.data.length === 0) console.log('No transaction is overdue.');
      else {
        printTable(
          ['TRANSACTION', 'TYPE', 'AMOUNT', 'WAITING FOR', 'ASKED AGAIN', 'SINCE'],
          stalled.data.map((one) => [
            one.id,
            one.type,
            formatMoney(one.amount, one.currency),
            one.waitingFor,
            one.attempts,
            ago(one.stalledSince),
          ]),
        );
        if (stalled.nextCursor !== null) console.log('There are more.');
      }
      if (stalled.data.length > 0) process.exitCode = exitCodes.found;
    });

  program
    .command('breakers')
    .description('show the circuit breakers of all services; exit status 1 when one is open')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const breakers = await client().get<Breakers>('/ops/v1/breakers');
      if (options.json) printJson(breakers.data);
      else if (breakers.data.length === 0) console.log('No service has reported a breaker.');
      else {
        printTable(
          [
            'PROVIDER',
            'STATE',
            'SINCE',
            'FAILURES',
            'LAST OPENED',
            'NEXT TRY',
            'SERVICE',
            'REPORTED',
            'INSTANCE',
          ],
          breakers.data.map((b) => [
            b.name,
            b.state,
            ago(b.changedAt),
            b.failures,
            ago(b.openedAt),
            b.nextTryAt,
            b.service,
            b.stale ? `${ago(b.reportedAt)} (stale)` : ago(b.reportedAt),
            b.instanceId,
          ]),
        );
      }
      if (breakers.data.some(({ state, stale }) => state === 'open' && !stale)) {
        process.exitCode = exitCodes.found;
      }
    });

  program
    .command('outbox')
    .description('show what the services have committed and Kafka does not hold yet')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const outboxes = await client().get<Outboxes>('/ops/v1/outboxes');
      if (options.json) return printJson(outboxes.data);
      if (outboxes.data.length === 0) return console.log('No service has reported its outbox.');
      printTable(
        ['SERVICE', 'UNPUBLISHED', 'OLDEST MS', 'LEASES', 'REPORTED'],
        outboxes.data.map((o) => [
          o.service,
          o.unpublished,
          o.oldestUnpublishedAgeMs,
          o.leases,
          o.stale ? `${ago(o.reportedAt)} (stale)` : ago(o.reportedAt),
        ]),
      );
    });
}
