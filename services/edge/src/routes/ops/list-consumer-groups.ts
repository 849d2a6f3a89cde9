import { z } from 'zod';
import { defineRoute } from '../../route.js';
import { oneResponse } from '../replies.js';

export const listConsumerGroups = defineRoute({
  method: 'get',
  path: '/ops/v1/consumer-groups',
  operationId: 'listConsumerGroups',
  summary: 'State and lag of every consumer group',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  responses: oneResponse(
    z.object({
      data: z.array(
        z.object({
          group: z.string(),
          service: z.string(),
          state: z.string(),
          members: z.int(),
          lag: z.array(z.object({ topic: z.string(), partition: z.int(), lag: z.int() })),
        }),
      ),
    }),
  ),
  handler: async ({ messaging }) => ({ status: 200, body: { data: await messaging.admin.groups() } }),
});
