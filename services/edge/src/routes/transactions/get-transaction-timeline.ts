import { setTimeout as delay } from 'node:timers/promises';
import type { Hop } from '@florin/contracts';
import { notFound } from '@florin/http';
import { isCompletedAhead } from '../../db/completed-ahead.js';
import { timelineOf } from '../../read-models/hop.js';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';
import { oneResponse } from '../replies.js';
import { timelineSchema } from '../resources.js';
import { maySeeTransaction } from './visible-transactions.js';

const pausesMs = [10, 20, 40, 80, 150, 200];
/** Nobody waits for the rest of older ones, which may have none. */
const recentMs = 5_000;

export const getTransactionTimeline = defineRoute({
  method: 'get',
  path: '/v1/transactions/{id}/timeline',
  operationId: 'getTransactionTimeline',
  summary: 'Get the way of a transaction through the services',
  description:
    'Every message, with the service that sent it, in the order of time, from the command of the call to the outcome. While ' +
    'the transaction is pending: that command, and what was sent again. The rest of the way of a transfer comes some milliseconds ' +
    'after it is shown as completed, or later when the transaction service is down: the call waits for it for half a second at most.',
  tags: ['Transactions'],
  access: { customerOrScope: 'transactions:read' },
  params: idParams,
  responses: oneResponse(timelineSchema),
  handler: async ({ reads, clock }, { params, caller }) => {
    const prisma = await reads.for(caller);
    const find = () => prisma.transaction.findUnique({ where: { id: params.id } });
    let transaction = await find();
    if (!transaction || !maySeeTransaction(caller, transaction)) throw notFound('transaction');
    for (const pauseMs of pausesMs) {
      if (!isToBeFinished(transaction, clock.now())) break;
      await delay(pauseMs);
      transaction = (await find()) ?? transaction;
    }
    const { id, status } = transaction;
    return { status: 200, body: { id, status, hops: timelineOf(hopsOf(transaction)) } };
  },
});

interface Ended {
  readonly status: string;
  readonly completedAt: Date | null;
  readonly hops: unknown;
}

function hopsOf({ hops }: Pick<Ended, 'hops'>): readonly Hop[] {
  return hops as readonly Hop[];
}

/** The end of a transfer is known from the ledger; the transaction service tells the rest some milliseconds later. */
function isToBeFinished(transaction: Ended, now: number): boolean {
  const { status, completedAt } = transaction;
  if (completedAt === null || now - completedAt.getTime() > recentMs) return false;
  return isCompletedAhead({ status, hops: hopsOf(transaction) });
}
