import type { Database } from '@florin/database';
import { type Clock, Gauge, type Logger, type Registry } from '@florin/observability';
import { every, type Job } from '@florin/runtime';
import { findingOf } from '../consumers/balances-audited.js';
import { takeAwaitedBalances } from '../db/awaited-balances.js';
import { compareBalances } from '../db/compare-balances.js';
import { insertLedgerFindings } from '../db/insert-ledger-findings.js';

const intervalMs = 10_000;
const batchSize = 1_000;

/** Compares balances again whose entries were on their way. What is still missing now is a finding. */
export function compareAwaitedBalancesJob(options: {
  database: Database;
  clock: Clock;
  logger: Logger;
}): Job {
  return every(intervalMs, () => compareAwaitedBalances(options), {
    name: 'compare-balances',
    logger: options.logger,
  });
}

export async function compareAwaitedBalances({
  database,
  clock,
  logger,
}: {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
}): Promise<void> {
  for (;;) {
    const now = new Date(clock.now());
    const taken = await database.transaction(async (tx) => {
      const awaited = await takeAwaitedBalances(tx, now, batchSize);
      const wrong = (await compareBalances(tx, awaited)).filter(({ verdict }) => verdict !== 'same');
      await insertLedgerFindings(tx, 'edge', wrong.map(findingOf), now);
      for (const { walletId, sequence } of wrong)
        logger.error({ walletId, sequence }, 'read model differs from the ledger');
      return awaited.length;
    });
    if (taken < batchSize) return;
  }
}

/** What has been found since yesterday, by whoever found it: an alert rings as long as it is not 0. */
export function observeFindings(metrics: Registry, database: Database, clock: Clock): void {
  new Gauge({
    name: 'ledger_findings_day',
    help: 'What audits have found in the last 24 hours, in the ledger and in the read models: must be 0',
    labelNames: ['source'],
    registers: [metrics],
    async collect() {
      const { rows } = await database.pool.query<{ source: string; count: number }>(
        `SELECT s.source, count(f.id) AS count FROM (VALUES ('ledger'), ('edge')) AS s (source)
           LEFT JOIN ledger_findings AS f ON f.source = s.source AND f.found_at > $1 GROUP BY s.source`,
        [new Date(clock.now() - 24 * 60 * 60 * 1_000)],
      );
      for (const { source, count } of rows) this.set({ source }, count);
    },
  });
}
