import type { Database } from '@florin/database';
import type { Messaging, ReplayItem } from '@florin/messaging';
import type { Clock, Logger } from '@florin/observability';
import { markReplaysSent } from '../db/mark-replays-sent.js';
import { takeUnsentReplays } from '../db/take-unsent-replays.js';
import { every, type Job } from './every.js';

const batchSize = 100;
/** The safety net for replays whose edge died; a new replay wakes the job at once. */
const intervalMs = 5_000;

/**
 * Hands replays to Kafka. They are marked only after Kafka has acknowledged them, so a crash in between sends some
 * again; the inbox of the group that failed absorbs that.
 */
export function sendReplaysJob(options: {
  database: Database;
  messaging: Messaging;
  clock: Clock;
  logger: Logger;
}): Job {
  const { database, messaging, clock, logger } = options;

  async function sendBatch(): Promise<number> {
    return database.transaction(async (tx) => {
      const items = await takeUnsentReplays(tx, batchSize);
      if (items.length === 0) return 0;
      await messaging.replay(
        items.map(({ replayId, deadLetterId, key, ...letter }): ReplayItem => {
          return { letter: { ...letter, key: key ?? undefined }, replay: { replayId, deadLetterId } };
        }),
      );
      await markReplaysSent(tx, items, clock.now());
      return items.length;
    });
  }

  return every(
    intervalMs,
    async () => {
      while ((await sendBatch()) === batchSize);
    },
    { name: 'send-replays', logger },
  );
}
