import type { Transaction } from '@florin/database';
import type { UnsentReplay } from './take-unsent-replays.js';

/** Remembers that Kafka holds the items of one wave, and when the next may follow. */
export async function markReplaysSent(
  tx: Transaction,
  wave: {
    readonly replayId: string;
    readonly items: readonly UnsentReplay[];
    readonly now: number;
    readonly nextWaveAt: number | null;
  },
): Promise<void> {
  const { replayId, items, now, nextWaveAt } = wave;
  await tx.query({
    name: 'mark-replays-sent',
    text: `WITH wave AS (UPDATE replays SET waves = waves + 1, next_wave_at = $4 WHERE id = $1)
           UPDATE replay_items SET sent_at = $3 WHERE replay_id = $1 AND dead_letter_id = ANY($2::uuid[])`,
    values: [
      replayId,
      items.map((item) => item.deadLetterId),
      new Date(now),
      nextWaveAt === null ? null : new Date(nextWaveAt),
    ],
  });
}
