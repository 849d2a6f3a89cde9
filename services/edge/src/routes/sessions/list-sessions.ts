import { z } from 'zod';
import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { defineRoute } from '../../route.js';
import { pageResponse } from '../replies.js';

const sessionSchema = z
  .object({
    id: z.uuid(),
    current: z.boolean().meta({ description: 'Whether it is the session of this access token' }),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    address: z
      .string()
      .nullable()
      .meta({ description: 'From where the customer signed in', example: '203.0.113.7' }),
    userAgent: z.string().nullable().meta({ description: 'What he signed in with' }),
  })
  .meta({ id: 'Session' });

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    createdAt: { type: 'time' },
    lastUsedAt: { type: 'time' },
    expiresAt: { type: 'time' },
    address: { type: 'text', nullable: true },
    userAgent: { type: 'text', nullable: true },
  },
  tie: 'id',
  defaultSort: '-createdAt',
};

export const listSessions = defineRoute({
  method: 'get',
  path: '/v1/sessions',
  operationId: 'listSessions',
  summary: 'List the open sessions of the caller',
  tags: ['Identity'],
  access: 'customer',
  query: listSchema(spec, sessionSchema),
  responses: pageResponse(sessionSchema),
  handler: async ({ reads, clock }, { caller, query }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: [{ customerId: caller.customerId, revokedAt: null, expiresAt: { gt: new Date(clock.now()) } }],
      // Who has just signed out somewhere wants to see it gone: not from a replica.
      prisma: reads.primaryLists,
      find: (db, args) => db.session.findMany(args),
      present: (session) => ({
        id: session.id,
        current: session.id === caller.sessionId,
        createdAt: session.createdAt.toISOString(),
        lastUsedAt: session.lastUsedAt.toISOString(),
        expiresAt: session.expiresAt.toISOString(),
        address: session.address,
        userAgent: session.userAgent,
      }),
    }),
  }),
});
