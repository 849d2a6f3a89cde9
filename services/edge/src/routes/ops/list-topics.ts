import { z } from 'zod';
import { defineRoute } from '../../route.js';
import { oneResponse } from '../replies.js';

export const listTopics = defineRoute({
  method: 'get',
  path: '/ops/v1/topics',
  operationId: 'listTopics',
  summary: 'Brokers, and topics with the records they hold',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  responses: oneResponse(
    z.object({
      brokers: z.array(z.object({ id: z.int(), address: z.string() })),
      data: z.array(z.object({ name: z.string(), partitions: z.int(), records: z.int() })),
    }),
  ),
  handler: async ({ messaging }) => {
    const [brokers, data] = await Promise.all([messaging.admin.brokers(), messaging.admin.topics()]);
    return { status: 200, body: { brokers, data } };
  },
});
