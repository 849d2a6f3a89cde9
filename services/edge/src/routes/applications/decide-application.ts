import { DecideApplication } from '@florin/contracts';
import { actorOf, notFound, Problem } from '@florin/http';
import { z } from 'zod';
import { claimDecisions } from '../../db/claim-decisions.js';
import { command, pendingRow } from '../../ingress/submission.js';
import { applicationResource } from '../../read-models/application.js';
import { defineRoute } from '../../route.js';
import { idParams, reason } from '../fields.js';
import { outcomeResponses } from '../replies.js';
import { applicationSchema } from '../resources.js';

export const decideApplication = defineRoute({
  method: 'post',
  path: '/v1/applications/{id}/decisions',
  operationId: 'decideApplication',
  summary: 'Decide an application that waits for a person',
  tags: ['Applications'],
  access: { scope: 'applications:decide' },
  params: idParams,
  body: z.strictObject({
    outcome: z.enum(['approved', 'declined']),
    reason,
  }),
  claimsKey: true,
  responses: { ...outcomeResponses(applicationSchema), 409: { description: '`not-awaiting-decision`' } },
  handler: (context, request) => {
    const call = { route: 'POST /v1/applications/{id}/decisions', keyRequired: false };
    return context.ingress.accept(request, call, async () => {
      const { id } = request.params;
      const application = await context.prisma.application.findUnique({ where: { id } });
      if (!application) throw notFound('application');
      if (application.status !== 'waiting_for_decision') {
        throw new Problem(409, 'not-awaiting-decision', 'The application does not wait for a decision.');
      }
      const claim = {
        applicationId: id,
        eventVersion: Number(application.eventVersion),
        requestedAt: new Date(context.clock.now()),
      };
      return {
        resource: { kind: 'application-decision', id },
        pending: pendingRow(claimDecisions, claim),
        send: command(DecideApplication, id, {
          applicationId: id,
          ...request.body,
          decidedBy: actorOf(request.caller),
        }),
        representation: applicationResource(application),
        conflict: new Problem(409, 'not-awaiting-decision', 'A decision has been sent already.'),
      };
    });
  },
});
