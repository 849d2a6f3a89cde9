import type { Database } from '@florin/database';
import { Problem } from '@florin/http';
import type { Clock } from '@florin/observability';
import { appendOperatorActions } from '../db/append-operator-actions.js';
import { lockDeadLetter } from '../db/lock-dead-letter.js';
import { markDeadLetterDiscarded } from '../db/mark-dead-letter-discarded.js';

/**
 * Puts a dead letter aside for good: it is never replayed. The group that failed is told afterwards (`sendDiscards`). The same operator may say so twice.
 * @throws Problem 404 for an unknown letter, 409 for one that is being replayed or done
 */
export function discardDeadLetter(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  discard: { readonly id: string; readonly actor: string; readonly reason: string },
): Promise<void> {
  const { id, actor, reason } = discard;
  return database.transaction(async (tx) => {
    const letter = await lockDeadLetter(tx, id);
    if (letter.discardedBy === actor && letter.discardReason === reason) return;
    if (letter.status !== 'pending') {
      throw new Problem(409, 'dead-letter-not-pending', `Dead letter ${id} is ${letter.status}.`);
    }
    const occurredAt = new Date(clock.now());
    await markDeadLetterDiscarded(tx, { id, discardedBy: actor, discardedAt: occurredAt, reason });
    const { topic, partition, offset, messageName, revision } = letter;
    const detail = { topic, partition, offset, messageName, revision };
    await appendOperatorActions(tx, [
      { actor, action: 'dead-letter.discard', subject: id, reason, detail, occurredAt },
    ]);
  });
}
