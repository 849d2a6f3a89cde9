import { notFound } from '@florin/http';
import { z } from 'zod';
import { limitSchema } from '../../queries/list-schema.js';
import { occurrenceResource } from '../../read-models/scheduled-transfer.js';
import { defineRoute } from '../../route.js';
import { idParams, instant } from '../fields.js';
import { maySee, pageResponse } from '../replies.js';
import { occurrenceSchema } from './schemas.js';

export const listOccurrences = defineRoute({
  method: 'get',
  path: '/v1/scheduled-transfers/{id}/occurrences',
  operationId: 'listOccurrences',
  summary: 'List what became of the occurrences of a scheduled transfer',
  description: 'The latest first. The cursor is the time of the last one that was seen.',
  tags: ['Transactions'],
  access: { customerOrScope: 'scheduled-transfers:read' },
  params: idParams,
  query: z.strictObject({ limit: limitSchema, cursor: instant.optional() }),
  responses: pageResponse(occurrenceSchema),
  handler: async ({ reads }, { params, query, caller }) => {
    const prisma = await reads.for(caller);
    const schedule = await prisma.scheduledTransfer.findUnique({ where: { id: params.id } });
    if (!schedule || !maySee(caller, [schedule.ownerId])) throw notFound('scheduled transfer');
    const rows = await prisma.scheduledOccurrence.findMany({
      where: {
        scheduledTransferId: params.id,
        ...(query.cursor === undefined ? {} : { occursAt: { lt: new Date(query.cursor) } }),
      },
      orderBy: { occursAt: 'desc' },
      take: query.limit + 1,
    });
    const page = rows.slice(0, query.limit);
    const ids = page.flatMap(({ transactionId }) => transactionId ?? []);
    const transactions = await prisma.transaction.findMany({ where: { id: { in: ids } } });
    const byId = new Map(transactions.map((transaction) => [transaction.id, transaction]));
    const nextCursor = rows.length > page.length ? page.at(-1)!.occursAt.toISOString() : null;
    const data = page.map((row) =>
      occurrenceResource({ ...row, transaction: byId.get(row.transactionId ?? '') }),
    );
    return { status: 200, body: { data, nextCursor } };
  },
});
