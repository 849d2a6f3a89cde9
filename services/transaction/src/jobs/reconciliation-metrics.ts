import { type Clock, createLookUpGauges, type Registry } from '@florin/observability';
import type { TransactionContext } from '../context.js';
import type { PrismaClient } from '../db/generated/client.js';
import { findMissingDays } from '../reconciliation/find-missing-days.js';

/** Differences with the payment provider that wait for somebody, how old its newest file is, and how many it owes. */
export function observeReconciliation(
  metrics: Registry,
  prisma: PrismaClient,
  context: Pick<TransactionContext, 'clock' | 'config' | 'database'>,
): void {
  const { clock } = context;
  createLookUpGauges(
    metrics,
    {
      reconciliation_breaks_unresolved: {
        help: 'Differences with the payment provider that are not settled, by kind',
        labelNames: ['kind'],
      },
      reconciliation_oldest_unresolved_seconds: {
        help: 'Age of the oldest difference with the payment provider that is not settled',
        labelNames: [],
      },
      reconciliation_last_settlement_age_seconds: {
        help: 'Time since the end of the last day whose settlement file was imported',
        labelNames: [],
      },
      reconciliation_missing_settlement_days: {
        help: 'Days of the last month without a settlement file, which are asked for again and again',
        labelNames: [],
      },
    },
    async () => {
      const where = { status: { not: 'resolved' } };
      const [kinds, oldest, newest, missing] = await Promise.all([
        prisma.reconciliationBreak.groupBy({ by: ['kind'], where, _count: true }),
        prisma.reconciliationBreak.aggregate({ where, _min: { foundAt: true } }),
        prisma.settlementFile.aggregate({ where: { status: 'imported' }, _max: { settlementDate: true } }),
        findMissingDays(context),
      ]);
      return [
        ...kinds.map(({ kind, _count }) => ({
          name: 'reconciliation_breaks_unresolved' as const,
          labels: { kind },
          value: _count,
        })),
        {
          name: 'reconciliation_oldest_unresolved_seconds' as const,
          labels: {},
          value: secondsSince(clock, oldest._min.foundAt),
        },
        {
          name: 'reconciliation_last_settlement_age_seconds' as const,
          labels: {},
          value: secondsSince(clock, endOf(newest._max.settlementDate)),
        },
        { name: 'reconciliation_missing_settlement_days' as const, labels: {}, value: missing.length },
      ];
    },
  );
}

function endOf(day: Date | null): Date | null {
  return day && new Date(day.getTime() + 24 * 60 * 60 * 1_000);
}

function secondsSince(clock: Clock, at: Date | null): number {
  return at === null ? 0 : Math.max(0, (clock.now() - at.getTime()) / 1_000);
}
