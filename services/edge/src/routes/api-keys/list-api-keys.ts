import { z } from 'zod';
import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { defineRoute } from '../../route.js';
import { pageResponse } from '../replies.js';
import {
  type ApiKeyStatus,
  apiKeySchema,
  apiKeyStatuses,
  hasStatus,
  representApiKey,
} from './representation.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    name: { type: 'text' },
    prefix: { type: 'text' },
    createdBy: { type: 'text' },
    createdAt: { type: 'time' },
    lastUsedAt: { type: 'time', nullable: true },
    expiresAt: { type: 'time', nullable: true },
    revokedAt: { type: 'time', nullable: true },
  },
  tie: 'id',
  defaultSort: '-createdAt',
};

export const listApiKeys = defineRoute({
  method: 'get',
  path: '/v1/api-keys',
  operationId: 'listApiKeys',
  summary: 'List API keys, without the keys themselves',
  tags: ['Security'],
  access: { scope: 'api-keys:write' },
  query: listSchema(spec, apiKeySchema).extend({
    status: z.enum(apiKeyStatuses).optional(),
    scope: z.string().max(100).optional().meta({ description: 'Keys that hold this scope by name.' }),
  }),
  responses: pageResponse(apiKeySchema),
  async handler({ reads, clock }, { query }) {
    const now = clock.now();
    const status = query.status as ApiKeyStatus | undefined;
    const scope = query.scope as string | undefined;
    const page = await listPage({
      spec,
      query,
      scope: [
        ...(status === undefined ? [] : [hasStatus(status, new Date(now))]),
        ...(scope === undefined ? [] : [{ scopes: { has: scope } }]),
      ],
      prisma: reads.primaryLists,
      find: (db, args) => db.apiKey.findMany(args),
      present: (row) => representApiKey(row, now),
    });
    return { status: 200, body: page };
  },
});
