import { z } from 'zod';
import { groupDeadLetters } from '../../db/group-dead-letters.js';
import { defineRoute } from '../../route.js';
import { instant } from '../fields.js';
import { oneResponse } from '../replies.js';
import { deadLetterStatuses } from './schemas.js';

export const listDeadLetterGroups = defineRoute({
  method: 'get',
  path: '/ops/v1/dead-letter-groups',
  operationId: 'listDeadLetterGroups',
  summary: 'Dead letters by cause of failure, with the amounts in their messages',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  query: z.strictObject({
    status: z.enum(deadLetterStatuses).default('pending'),
    topic: z.string().max(300).optional(),
    group: z.string().max(100).optional(),
    fingerprint: z.string().max(100).optional(),
  }),
  responses: oneResponse(
    z.object({
      data: z.array(
        z.object({
          fingerprint: z.string(),
          group: z.string(),
          topic: z.string(),
          messageName: z.string().nullable(),
          errorCode: z.string(),
          count: z.int(),
          firstFailedAt: instant,
          lastFailedAt: instant,
          moneyAtRest: z
            .array(z.object({ currency: z.string(), amount: z.int() }))
            .describe(
              'Sums of the amounts in the messages. A transaction that has ended since in another way, because an overdue outcome was asked for again, is counted until its letter is replayed or discarded.',
            ),
        }),
      ),
    }),
  ),
  handler: async ({ database }, { query }) => ({
    status: 200,
    body: { data: await groupDeadLetters(database, query) },
  }),
});
