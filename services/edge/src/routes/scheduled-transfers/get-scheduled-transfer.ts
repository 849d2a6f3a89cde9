import { notFound } from '@florin/http';
import { scheduledTransferResource } from '../../read-models/scheduled-transfer.js';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';
import { maySee, oneResponse } from '../replies.js';
import { scheduledTransferSchema } from './schemas.js';

export const getScheduledTransfer = defineRoute({
  method: 'get',
  path: '/v1/scheduled-transfers/{id}',
  operationId: 'getScheduledTransfer',
  summary: 'Get a scheduled transfer',
  tags: ['Transactions'],
  access: { customerOrScope: 'scheduled-transfers:read' },
  params: idParams,
  responses: oneResponse(scheduledTransferSchema),
  handler: async ({ reads }, { params, caller }) => {
    const prisma = await reads.for(caller);
    const schedule = await prisma.scheduledTransfer.findUnique({ where: { id: params.id } });
    if (!schedule || !maySee(caller, [schedule.ownerId])) throw notFound('scheduled transfer');
    return { status: 200, body: scheduledTransferResource(schedule) };
  },
});
