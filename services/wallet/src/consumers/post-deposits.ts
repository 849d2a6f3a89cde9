import type { PostDeposit } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { WalletContext } from '../context.js';
import { postBatch } from '../db/post-batch.js';
import type { PostingCommand } from '../domain/posting.js';
import { shardOf, systemAccountId } from '../domain/system-account.js';
import { sendPostingOutcomes } from './send-posting-outcomes.js';

/** Credits wallets with collected money; the other side is the cash-in account of the currency. */
export async function postDeposits(
  context: WalletContext,
  unit: UnitOfWork,
  messages: readonly Received<PostDeposit>[],
): Promise<void> {
  const now = context.clock.now();
  const shard = shardOf(messages[0]!.value.transactionId);
  const commands = messages.map(
    ({ value }): PostingCommand => ({
      transactionId: value.transactionId,
      sourceWalletId: systemAccountId('cash-in', value.currency, shard),
      sourceKind: 'system',
      destinationWalletId: value.walletId,
      amount: value.amount,
      fee: 0,
      feeWalletId: systemAccountId('fees', value.currency, shard),
      currency: value.currency,
      description: value.description,
      deadlineAt: value.meta.deadlineAt,
    }),
  );
  sendPostingOutcomes(unit, messages, await postBatch(unit.tx, commands, now), now);
}
