import { ApproveBreakResolution } from '@florin/contracts';
import { actorOf, notFound, Problem } from '@florin/http';
import { z } from 'zod';
import { command } from '../../../ingress/submission.js';
import { requireSecondApprover } from '../../../ops/require-second-approver.js';
import { reconciliationBreakResource } from '../../../read-models/reconciliation-break.js';
import { defineRoute } from '../../../route.js';
import { idParams } from '../../fields.js';
import { secondApproverRequired } from '../schemas.js';
import { reconciliationBreakSchema } from './schemas.js';

export const approveBreakResolution = defineRoute({
  method: 'post',
  path: '/ops/v1/reconciliation-breaks/{id}/approve',
  operationId: 'approveBreakResolution',
  summary: 'Approve what another operator has proposed',
  description:
    'A correction is posted then; a difference without one is accepted as it is. `version` is that of the difference as the operator has seen it.',
  tags: ['Operations'],
  access: { scope: 'ops:reconcile' },
  params: idParams,
  body: z.strictObject({ version: z.int().min(1) }),
  claimsKey: true,
  responses: {
    202: { description: 'Accepted: see `Location`.', schema: reconciliationBreakSchema },
    403: { description: secondApproverRequired },
    409: { description: '`break-not-proposed`, or `stale-version`: there is a later proposal' },
  },
  handler: (context, request) => {
    const { params, body, caller } = request;
    const route = 'POST /ops/v1/reconciliation-breaks/{id}/approve';
    return context.ingress.accept(request, { route, keyRequired: false, waits: false }, async () => {
      const row = await context.prisma.reconciliationBreak.findUnique({ where: { id: params.id } });
      if (!row) throw notFound('reconciliation break');
      if (row.status !== 'proposed') {
        throw new Problem(409, 'break-not-proposed', `The difference is ${row.status}.`);
      }
      if (Number(row.version) !== body.version) {
        throw new Problem(409, 'stale-version', `Version ${row.version} is newer than ${body.version}.`);
      }
      const actor = actorOf(caller);
      const author = row.proposedBy ?? actor;
      await context.database.transaction((tx) => requireSecondApprover(tx, author, actor));
      return {
        resource: { kind: 'reconciliation-break', id: row.id },
        send: command(ApproveBreakResolution, row.id, { breakId: row.id, version: body.version }),
        representation: reconciliationBreakResource(row),
      };
    });
  },
});
