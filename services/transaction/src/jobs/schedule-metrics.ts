import { type Clock, Counter, createLookUpGauges, type Registry } from '@florin/observability';
import type { PrismaClient } from '../db/generated/client.js';

export interface ScheduleCounters {
  /** Times that a schedule could not be run. */
  readonly failedRuns: Counter;
}

/** Whether transfers that were scheduled are late. */
export function observeSchedules(metrics: Registry, prisma: PrismaClient, clock: Clock): ScheduleCounters {
  createLookUpGauges(
    metrics,
    {
      scheduled_transfers_oldest_due_seconds: {
        help: 'How long the scheduled transfer that has been due longest has waited to be submitted',
      },
    },
    async () => {
      const oldest = await prisma.scheduledTransfer.findFirst({
        where: { status: 'active', nextRunAt: { lte: new Date(clock.now()) } },
        orderBy: { nextRunAt: 'asc' },
        select: { nextRunAt: true },
      });
      const since = oldest?.nextRunAt?.getTime();
      const value = since === undefined ? 0 : (clock.now() - since) / 1_000;
      return [{ name: 'scheduled_transfers_oldest_due_seconds', value }];
    },
  );
  return {
    failedRuns: new Counter({
      name: 'scheduled_transfers_failed_runs_total',
      help: 'Times that a scheduled transfer could not be submitted and was held back for a minute',
      registers: [metrics],
    }),
  };
}
