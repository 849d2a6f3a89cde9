import { type PostDeposit, type PostTransfer, TransferDeclined, TransferPosted } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { PostingOutcome } from '../db/post-batch.js';

type PostingMessage = Received<PostTransfer> | Received<PostDeposit>;

/** Tells the world what the ledger decided, keyed by transaction: results of a hot wallet spread over partitions. */
export function sendPostingOutcomes(
  unit: UnitOfWork,
  messages: readonly PostingMessage[],
  outcomes: readonly PostingOutcome[],
  now: number,
): void {
  const causes = new Map<string, PostingMessage>();
  for (const message of messages) {
    const { transactionId } = message.value;
    if (!causes.has(transactionId)) causes.set(transactionId, message);
  }
  for (const outcome of outcomes) {
    const { transactionId } = outcome;
    const cause = causes.get(transactionId)! as Received;
    if (outcome.status === 'declined') {
      const { reason } = outcome;
      unit.send(TransferDeclined, transactionId, { transactionId, reason }, { cause });
    } else {
      const { currency } = causes.get(transactionId)!.value;
      const entries = outcome.entries.map(({ transactionId: _, ...entry }) => entry);
      unit.send(
        TransferPosted,
        transactionId,
        { transactionId, currency, postedAt: now, entries },
        { cause },
      );
    }
  }
}
