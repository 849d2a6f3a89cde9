import { notFound, validationFailed } from '@florin/http';
import { z } from 'zod';
import { pageSchema } from '../../queries/list-schema.js';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';

const dayMs = 24 * 60 * 60 * 1_000;
const defaultDays = 30;
const maxDays = 400;

const usageSchema = z
  .object({
    date: z.iso.date(),
    requests: z.int(),
    refused: z.int().meta({ description: 'Those of them that were answered with 403.' }),
  })
  .meta({ id: 'ApiKeyUsage' });

export const getApiKeyUsage = defineRoute({
  method: 'get',
  path: '/v1/api-keys/{id}/usage',
  operationId: 'getApiKeyUsage',
  summary: 'How many calls an API key has made, by day (UTC)',
  description:
    'Newest first, days without calls left out; the last 30 days unless told otherwise, 400 at most.',
  tags: ['Security'],
  access: { scope: 'api-keys:write' },
  params: idParams,
  query: z.strictObject({ from: z.iso.date().optional(), to: z.iso.date().optional() }),
  responses: {
    200: { description: 'One page with all of it.', schema: pageSchema(usageSchema) },
    404: { description: '`not-found`' },
  },
  async handler({ prisma, clock }, { params, query }) {
    const today = Math.floor(clock.now() / dayMs) * dayMs;
    const to = query.to ? Date.parse(query.to) : today;
    const from = query.from ? Date.parse(query.from) : to - (defaultDays - 1) * dayMs;
    if (from > to || to - from >= maxDays * dayMs) {
      const detail = `Must be a range of 1 to ${maxDays} days.`;
      throw validationFailed([{ pointer: '/query/from', detail }]);
    }
    if (!(await prisma.apiKey.findUnique({ where: { id: params.id }, select: { id: true } }))) {
      throw notFound('API key');
    }
    const rows = await prisma.apiKeyUsage.findMany({
      where: { apiKeyId: params.id, day: { gte: new Date(from), lte: new Date(to) } },
      orderBy: { day: 'desc' },
    });
    const data = rows.map(({ day, requests, refused }) => ({
      date: day.toISOString().slice(0, 10),
      requests: Number(requests),
      refused: Number(refused),
    }));
    return { status: 200, body: { data, nextCursor: null } };
  },
});
