import { CancelScheduledTransfer } from '@florin/contracts';
import { notFound, Problem } from '@florin/http';
import { command } from '../../ingress/submission.js';
import { scheduledTransferResource, scheduleEnded } from '../../read-models/scheduled-transfer.js';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';
import { maySee } from '../replies.js';
import { scheduledTransferSchema } from './schemas.js';

const path = '/v1/scheduled-transfers/{id}';

export const cancelScheduledTransfer = defineRoute({
  method: 'delete',
  path,
  operationId: 'cancelScheduledTransfer',
  summary: 'Cancel a scheduled transfer',
  description: 'What was submitted before stays; the schedule and its history can still be read.',
  tags: ['Transactions'],
  access: { customerOrScope: 'scheduled-transfers:write' },
  params: idParams,
  claimsKey: true,
  responses: {
    202: { description: 'Accepted, not done yet.', schema: scheduledTransferSchema },
    204: { description: 'There will be no more transfers.' },
    404: { description: '`not-found`' },
    409: {
      description: '`scheduled-transfer-ended`, also when its last transfer was made at the same moment',
    },
  },
  handler: async (context, request) => {
    const { id } = request.params;
    const call = { route: `DELETE ${path}`, keyRequired: false };
    const reply = await context.ingress.accept(request, call, async () => {
      const schedule = await context.prisma.scheduledTransfer.findUnique({ where: { id } });
      if (!schedule || !maySee(request.caller, [schedule.ownerId])) throw notFound('scheduled transfer');
      if (schedule.status === 'cancelled' || schedule.status === 'completed') {
        const { status, code, detail } = scheduleEnded(schedule.status);
        throw new Problem(status, code, detail);
      }
      return {
        resource: { kind: 'scheduled-transfer-cancellation', id },
        send: command(CancelScheduledTransfer, id, { scheduledTransferId: id }),
        representation: scheduledTransferResource(schedule),
      };
    });
    return reply.status === 201 ? { status: 204 } : reply;
  },
});
