import { z } from 'zod';
import { defineRoute } from '../../route.js';

const sessionSchema = z
  .object({
    id: z.uuid(),
    current: z.boolean().meta({ description: 'Whether it is the session of this access token' }),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Session' });

/** More open sessions than this are not shown; nobody has them without a program logging in. */
const maxSessions = 200;

export const listSessions = defineRoute({
  method: 'get',
  path: '/v1/sessions',
  operationId: 'listSessions',
  summary: 'List the open sessions of the caller, newest first',
  tags: ['Identity'],
  access: 'customer',
  responses: {
    200: {
      description: 'Open sessions',
      schema: z.object({ data: z.array(sessionSchema), nextCursor: z.null() }),
    },
  },
  async handler({ prisma, clock }, { caller }) {
    const sessions = await prisma.session.findMany({
      where: { customerId: caller.customerId, revokedAt: null, expiresAt: { gt: new Date(clock.now()) } },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: maxSessions,
    });
    const data = sessions.map((session) => ({
      id: session.id,
      current: session.id === caller.sessionId,
      createdAt: session.createdAt.toISOString(),
      lastUsedAt: session.lastUsedAt.toISOString(),
      expiresAt: session.expiresAt.toISOString(),
    }));
    return { status: 200, body: { data, nextCursor: null } };
  },
});
