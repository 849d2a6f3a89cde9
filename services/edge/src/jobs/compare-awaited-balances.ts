import type { Database } from '@florin/database';
import type { Messaging } from '@florin/messaging';
import { type Clock, createLookUpGauges, type Logger, type Registry } from '@florin/observability';
import { every, inBatches, type Job } from '@florin/runtime';
import { findingOf } from '../consumers/balances-audited.js';
import { reportFindings } from '../consumers/report-findings.js';
import { takeAwaitedBalances } from '../db/awaited-balances.js';
import { compareBalances } from '../db/compare-balances.js';

const intervalMs = 10_000;
const batchSize = 1_000;

/** Compares balances again whose entries were on their way. What is still missing now is a finding. */
interface ComparisonOptions {
  readonly messaging: Pick<Messaging, 'transaction'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function compareAwaitedBalancesJob(options: ComparisonOptions): Job {
  return every(intervalMs, (signal) => compareAwaitedBalances(options, signal), {
    name: 'compare-balances',
    logger: options.logger,
  });
}

export async function compareAwaitedBalances(
  { messaging, clock, logger }: ComparisonOptions,
  signal?: AbortSignal,
): Promise<void> {
  const compare = (size: number) =>
    messaging.transaction(async (unit) => {
      const { tx } = unit;
      const now = new Date(clock.now());
      const awaited = await takeAwaitedBalances(tx, now, size);
      const wrong = (await compareBalances(tx, awaited)).filter(({ verdict }) => verdict !== 'same');
      await reportFindings(unit, wrong.map(findingOf), now);
      for (const { walletId, sequence } of wrong)
        logger.error({ walletId, sequence }, 'read model differs from the ledger');
      return awaited.length;
    });
  await inBatches(batchSize, compare, signal);
}

/** What has been found since yesterday, by whoever found it: an alert rings as long as it is not 0. */
export function observeFindings(metrics: Registry, database: Database, clock: Clock): void {
  createLookUpGauges(
    metrics,
    {
      ledger_findings_day: {
        help: 'What audits have found in the last 24 hours, in the ledger and in the read models: must be 0',
        labelNames: ['source'],
      },
    },
    async () => {
      const { rows } = await database.pool.query<{ source: string; count: number }>(
        `SELECT s.source, count(f.id) AS count FROM (VALUES ('ledger'), ('edge')) AS s (source)
           LEFT JOIN ledger_findings AS f ON f.source = s.source AND f.found_at > $1 GROUP BY s.source`,
        [new Date(clock.now() - 24 * 60 * 60 * 1_000)],
      );
      return rows.map(({ source, count }) => ({
        name: 'ledger_findings_day',
        labels: { source },
        value: count,
      }));
    },
  );
}
