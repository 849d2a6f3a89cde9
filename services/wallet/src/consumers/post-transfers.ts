import type { PostTransfer } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { WalletContext } from '../context.js';
import { postBatch } from '../db/post-batch.js';
import type { PostingCommand } from '../domain/posting.js';
import { shardOf, systemAccountId } from '../domain/system-account.js';
import { sendPostingOutcomes } from './send-posting-outcomes.js';

/** Moves money between customers' wallets, the whole batch at once. */
export async function postTransfers(
  context: WalletContext,
  unit: UnitOfWork,
  messages: readonly Received<PostTransfer>[],
): Promise<void> {
  const now = context.clock.now();
  const shard = shardOf(messages[0]!.value.transactionId);
  const commands = messages.map(
    ({ value }): PostingCommand => ({
      transactionId: value.transactionId,
      sourceWalletId: value.sourceWalletId,
      sourceKind: 'customer',
      destinationWalletId: value.destinationWalletId,
      amount: value.amount,
      fee: value.feeAmount,
      feeWalletId: systemAccountId('fees', value.currency, shard),
      currency: value.currency,
      description: value.description,
      deadlineAt: value.meta.deadlineAt,
    }),
  );
  sendPostingOutcomes(unit, messages, await postBatch(unit.tx, commands, now), now);
}
