import { CustomerActivated } from '@florin/contracts';
import { Problem } from '@florin/http';
import { z } from 'zod';
import { hashToken } from '../../auth/one-time-token.js';
import { activateCustomer } from '../../db/activate-customer.js';
import { defineRoute } from '../../route.js';
import { eventOf, ownEvent } from '../../security/event-of.js';

export const verifyEmail = defineRoute({
  method: 'post',
  path: '/v1/customers/verify-email',
  operationId: 'verifyEmail',
  summary: 'Verify the email address with the token of the mail; repeating it changes nothing',
  tags: ['Identity'],
  access: 'public',
  body: z.strictObject({ token: z.string().min(1).max(200) }),
  responses: {
    200: { description: 'Verified', schema: z.object({ status: z.literal('active') }) },
    404: { description: '`verification-token-unknown`' },
    410: { description: '`verification-token-expired`' },
  },
  async handler(context, request) {
    const { messaging, clock, securityLog } = context;
    const { body, traceparent } = request;
    const activation = await messaging.transaction(async (unit) => {
      const activated = await activateCustomer(unit.tx, hashToken(body.token), clock.now());
      if (activated.kind === 'activated') {
        const { customerId, version } = activated;
        const options = { actor: `customer:${customerId}`, aggregateVersion: version, traceparent };
        unit.send(CustomerActivated, customerId, { customerId }, options);
        const verified = ownEvent(customerId, { event: 'email.verified', subject: customerId });
        await securityLog.record(unit.tx, eventOf(request, context, verified));
      }
      return activated;
    });
    if (activation.kind === 'unknown' || activation.kind === 'expired') {
      const failed = { event: 'email-verification.failed', outcome: 'refused', actor: 'anonymous' } as const;
      securityLog.note(eventOf(request, context, { ...failed, reason: activation.kind }));
    }
    switch (activation.kind) {
      case 'unknown':
        throw new Problem(404, 'verification-token-unknown', 'This verification link is not valid.');
      case 'expired':
        throw new Problem(410, 'verification-token-expired', 'This verification link has expired.');
      case 'activated':
      case 'already-active':
        return { status: 200, body: { status: 'active' } };
    }
  },
});
