import { z } from 'zod';
import { measureOutbox } from '../../db/measure-outbox.js';
import { defineRoute } from '../../route.js';
import { oneResponse } from '../replies.js';

export const listOutboxes = defineRoute({
  method: 'get',
  path: '/ops/v1/outboxes',
  operationId: 'listOutboxes',
  summary: 'What waits to be published',
  description: 'The outbox of the edge. Those of the other services are in their `/metrics`.',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  responses: oneResponse(
    z.object({
      data: z.array(z.object({ service: z.string(), unpublished: z.int(), oldestUnpublishedAgeMs: z.int() })),
    }),
  ),
  handler: async ({ database }) => ({
    status: 200,
    body: { data: [{ service: 'edge', ...(await measureOutbox(database)) }] },
  }),
});
