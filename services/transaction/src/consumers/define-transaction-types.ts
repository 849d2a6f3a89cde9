import { type DefineTransactionType, TransactionTypeDefined } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { upsertTransactionType } from '../db/upsert-transaction-type.js';

/** One at a time, unlike the hot path: types are few, and a batch may define the same one twice. */
export async function defineTransactionTypes(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<DefineTransactionType>[],
): Promise<void> {
  for (const message of messages) {
    const { meta, ...type } = message.value;
    const definedAt = new Date(context.clock.now());
    const version = await upsertTransactionType(unit.tx, type, { definedAt, definedBy: meta.actor });
    unit.send(TransactionTypeDefined, type.code, type, { cause: message, aggregateVersion: version });
  }
}
