import type { TransactionStalled } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectStalls } from '../db/project-stalls.js';
import { hopOf } from '../read-models/hop.js';
import { newestBy } from './newest-by.js';

/** Operators see what is overdue, and the timeline what was sent again. Customers hear of the outcome only. */
export const onTransactionStalled: ApplyBatch<TransactionStalled> = async (unit, messages) => {
  const stalls = newestBy(
    messages.map((message) => ({ event: message.value, hop: hopOf(message, 'transaction') })),
    ({ event }) => event.transactionId,
    ({ event }) => event.meta.occurredAt,
  );
  await projectStalls(unit.tx, stalls);
};
