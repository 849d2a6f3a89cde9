import { notFound } from '@florin/http';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';
import { oneResponse } from '../replies.js';
import { apiKeySchema, representApiKey } from './representation.js';

export const getApiKey = defineRoute({
  method: 'get',
  path: '/v1/api-keys/{id}',
  operationId: 'getApiKey',
  summary: 'An API key, without the key itself',
  tags: ['Security'],
  access: { scope: 'api-keys:write' },
  params: idParams,
  responses: { ...oneResponse(apiKeySchema), 404: { description: '`not-found`' } },
  async handler({ prisma, clock }, { params }) {
    const row = await prisma.apiKey.findUnique({ where: { id: params.id } });
    if (!row) throw notFound('API key');
    return { status: 200, body: representApiKey(row, clock.now()) };
  },
});
