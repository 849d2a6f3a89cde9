import { CustomerActivated, CustomerUpdated, EmailChanged } from '@florin/contracts';
import { isUniqueViolation } from '@florin/database';
import { Problem, type RouteRequest } from '@florin/http';
import type { UnitOfWork } from '@florin/messaging';
import { z } from 'zod';
import { hashToken } from '../../auth/one-time-token.js';
import type { EdgeContext } from '../../context.js';
import { type Activation, activateCustomer } from '../../db/activate-customer.js';
import { voidPasswordResets } from '../../db/void-password-resets.js';
import { defineRoute } from '../../route.js';
import { eventOf, ownEvent } from '../../security/event-of.js';
import { customerExists } from './customer-exists.js';

export const verifyEmail = defineRoute({
  method: 'post',
  path: '/v1/customers/verify-email',
  operationId: 'verifyEmail',
  summary: 'Verify the email address with the token of the mail; repeating it changes nothing',
  description: 'The address of a registration, or the one that an active customer wants to change to.',
  tags: ['Identity'],
  access: 'public',
  body: z.strictObject({ token: z.string().min(1).max(200) }),
  responses: {
    200: { description: 'Verified', schema: z.object({ status: z.literal('active') }) },
    404: { description: '`verification-token-unknown`' },
    409: { description: '`customer-exists`: somebody else has registered with the new address meanwhile' },
    410: { description: '`verification-token-expired`' },
  },
  async handler(context, request) {
    const { messaging, clock, securityLog, loginGuard } = context;
    const activation = await messaging
      .transaction(async (unit) => {
        const activated = await activateCustomer(unit.tx, hashToken(request.body.token), clock.now());
        await tell(context, request, unit, activated);
        return activated;
      })
      .catch((error: unknown) => {
        throw isUniqueViolation(error) ? customerExists() : error;
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
      case 'email-changed':
        await loginGuard.forget(activation.previousEmail);
        return { status: 200, body: { status: 'active' } };
      case 'activated':
      case 'already-active':
        return { status: 200, body: { status: 'active' } };
    }
  },
});

/** Sends and records what has changed, in the transaction that changed it. */
async function tell(
  context: EdgeContext,
  request: Pick<RouteRequest, 'ip' | 'headers' | 'requestId' | 'traceId' | 'traceparent'>,
  unit: UnitOfWork,
  activation: Activation,
): Promise<void> {
  if (activation.kind !== 'activated' && activation.kind !== 'email-changed') return;
  const { customerId, version } = activation;
  const { traceparent } = request;
  const options = { actor: `customer:${customerId}`, aggregateVersion: version, traceparent };
  if (activation.kind === 'activated') {
    unit.send(CustomerActivated, customerId, { customerId }, options);
  } else {
    const { email, phone, fullName, previousEmail } = activation;
    unit.send(CustomerUpdated, customerId, { customerId, fullName, email, phone }, options);
    const now = context.clock.now();
    unit.send(EmailChanged, customerId, { customerId, fullName, previousEmail, changedAt: now }, options);
    // They were mailed to an address that is not the customer's any more.
    await voidPasswordResets(unit.tx, customerId, now);
  }
  const event = activation.kind === 'activated' ? 'email.verified' : 'email.changed';
  const happened = ownEvent(customerId, { event, subject: customerId });
  await context.securityLog.record(unit.tx, eventOf(request, context, happened));
}
