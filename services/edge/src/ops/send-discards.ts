import { markDiscardsSent } from '../db/mark-discards-sent.js';
import { takeUnsentDiscards } from '../db/take-unsent-discards.js';
import type { ReplayTools } from './advance-replay.js';

/**
 * Tells the groups that failed which dead letters will never come back, so that messages that wait behind them go on.
 * They are marked only after Kafka has acknowledged them: a crash in between tells it twice, which does no harm.
 */
export async function sendDiscards({ database, messaging, clock }: ReplayTools): Promise<void> {
  let sent: number;
  do {
    sent = await database.transaction(async (tx) => {
      const discards = await takeUnsentDiscards(tx);
      if (discards.length === 0) return 0;
      await messaging.discard(discards);
      const ids = discards.map(({ deadLetterId }) => deadLetterId);
      await markDiscardsSent(tx, { ids, sentAt: new Date(clock.now()) });
      return discards.length;
    });
  } while (sent > 0);
}
