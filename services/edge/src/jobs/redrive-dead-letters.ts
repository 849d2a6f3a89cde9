import type { Database } from '@florin/database';
import type { Clock, Logger } from '@florin/observability';
import { every, type Job } from '@florin/runtime';
import type { PrismaClient } from '../db/generated/client.js';
import { redriveDeadLetters } from '../ops/redrive-dead-letters.js';

const intervalMs = 5_000;

/** Lets the rules for auto-redrive act. Every edge runs it; one of them finds the lock free. */
export function redriveDeadLettersJob(options: {
  readonly database: Database;
  readonly prisma: PrismaClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly replaySender: Pick<Job, 'wake'>;
}): Job {
  const { database, prisma, clock, logger, replaySender } = options;
  return every(
    intervalMs,
    async () => {
      const rules = await prisma.redriveRule.findMany({ where: { enabled: true }, orderBy: { name: 'asc' } });
      for (const rule of rules) {
        const letters = await redriveDeadLetters(database, rule, clock.now());
        if (letters === 0) continue;
        logger.info({ rule: rule.name, letters }, 'dead letters are replayed by a rule');
        replaySender.wake();
      }
    },
    { name: 'redrive-dead-letters', logger },
  );
}
