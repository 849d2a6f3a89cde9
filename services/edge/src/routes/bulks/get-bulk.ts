import { notFound } from '@florin/http';
import { readBulk } from '../../read-models/bulk.js';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';
import { maySee, oneResponse } from '../replies.js';
import { bulkSchema } from './schemas.js';

export const getBulk = defineRoute({
  method: 'get',
  path: '/v1/bulks/{id}',
  operationId: 'getBulk',
  summary: 'Get a bulk with the result of each item',
  tags: ['Transactions'],
  access: { customerOrScope: 'transactions:read' },
  params: idParams,
  responses: oneResponse(bulkSchema),
  handler: async ({ reads }, { params, caller }) => {
    const prisma = await reads.for(caller);
    const bulk = await prisma.bulk.findUnique({ where: { id: params.id }, select: { ownerId: true } });
    const body = bulk && maySee(caller, [bulk.ownerId]) ? await readBulk(prisma, params.id) : undefined;
    if (!body) throw notFound('bulk');
    return { status: 200, body };
  },
});
