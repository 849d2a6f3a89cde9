import { every, type Job } from '@florin/runtime';
import type { TransactionContext } from '../context.js';
import { runSchedules } from './run-schedules.js';
import type { ScheduleCounters } from './schedule-metrics.js';

const intervalMs = 1_000;

/** Looks for schedules that are due, once a second and when one was made. */
export function schedulerJob(context: TransactionContext, counters: ScheduleCounters): Job {
  return every(
    intervalMs,
    async (signal) => {
      while (!signal.aborted && (await runSchedules(context, counters)) > 0);
    },
    { name: 'run-schedules', logger: context.logger },
  );
}
