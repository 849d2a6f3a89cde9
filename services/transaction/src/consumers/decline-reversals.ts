import type { ReversalDeclined } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { endRefused } from './end-refused.js';
import { firstOfEach } from './first-of-each.js';
import { hopsOf } from './hops-of.js';

/** The ledger has refused to move money back, or was asked too late; the original stays as it is. */
export async function declineReversals(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<ReversalDeclined>[],
): Promise<void> {
  const refused = firstOfEach(messages);
  const causes = new Map(refused.map((message) => [message.value.transactionId, message]));
  const now = new Date(context.clock.now());
  await endRefused(
    unit,
    refused.map(({ value }) => value),
    { causes, hopsOf: ({ id }) => hopsOf(causes.get(id)!, 'ReverseTransfer') },
    now,
  );
}
