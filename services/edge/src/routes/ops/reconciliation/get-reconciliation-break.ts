import { notFound } from '@florin/http';
import { reconciliationBreakResource } from '../../../read-models/reconciliation-break.js';
import { defineRoute } from '../../../route.js';
import { idParams } from '../../fields.js';
import { oneResponse } from '../../replies.js';
import { reconciliationBreakSchema } from './schemas.js';

export const getReconciliationBreak = defineRoute({
  method: 'get',
  path: '/ops/v1/reconciliation-breaks/{id}',
  operationId: 'getReconciliationBreak',
  summary: 'Get a difference with the payment provider',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  params: idParams,
  responses: oneResponse(reconciliationBreakSchema),
  handler: async ({ prisma }, { params }) => {
    const row = await prisma.reconciliationBreak.findUnique({ where: { id: params.id } });
    if (!row) throw notFound('reconciliation break');
    return { status: 200, body: reconciliationBreakResource(row) };
  },
});
