import { notFound } from '@florin/http';
import { settlementFileResource } from '../../../read-models/settlement-file.js';
import { defineRoute } from '../../../route.js';
import { idParams } from '../../fields.js';
import { oneResponse } from '../../replies.js';
import { settlementFileSchema } from './schemas.js';

export const getSettlementFile = defineRoute({
  method: 'get',
  path: '/ops/v1/settlement-files/{id}',
  operationId: 'getSettlementFile',
  summary: 'Get a settlement file',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  params: idParams,
  responses: oneResponse(settlementFileSchema),
  handler: async ({ prisma }, { params }) => {
    const row = await prisma.settlementFile.findUnique({ where: { id: params.id } });
    if (!row) throw notFound('settlement file');
    return { status: 200, body: settlementFileResource(row) };
  },
});
