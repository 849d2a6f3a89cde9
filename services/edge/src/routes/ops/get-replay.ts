import { notFound } from '@florin/http';
import { z } from 'zod';
import { readReplay } from '../../read-models/replay.js';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';
import { oneResponse } from '../replies.js';
import { replaySchema } from './schemas.js';

export const getReplay = defineRoute({
  method: 'get',
  path: '/ops/v1/replays/{id}',
  operationId: 'getReplay',
  summary: 'Get a replay with the outcome of each message',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  params: idParams,
  query: z.strictObject({
    items: z.enum(['true', 'false']).default('true').describe('`false` leaves the items out.'),
  }),
  responses: oneResponse(replaySchema),
  handler: async ({ prisma }, { params, query }) => {
    const replay = await readReplay(prisma, params.id, query.items === 'true');
    if (!replay) throw notFound('replay');
    return { status: 200, body: replay };
  },
});
