import { setTimeout as sleep } from 'node:timers/promises';
import { PasswordResetRequested } from '@florin/contracts';
import type { RouteRequest } from '@florin/http';
import { z } from 'zod';
import { createOneTimeToken } from '../../auth/one-time-token.js';
import { sendRefused } from '../../auth/send-allowance.js';
import type { EdgeContext } from '../../context.js';
import { insertPasswordReset } from '../../db/insert-password-reset.js';
import { passwordResetTtlMs } from '../../domain/password-reset.js';
import { defineRoute } from '../../route.js';
import { eventOf } from '../../security/event-of.js';
import { emailField } from './customer-fields.js';

/** Longer than the work for a known address takes, so that time does not tell who is registered. */
const answerMs = 250;

export const requestPasswordReset = defineRoute({
  method: 'post',
  path: '/v1/customers/password-reset',
  operationId: 'requestPasswordReset',
  summary: 'Ask for a mail with a link that sets a new password',
  description:
    'The answer is the same, and takes the same time, whether the address is known or nobody’s. A link works for an hour and once; links that were sent before go on working until then.',
  tags: ['Identity'],
  access: 'public',
  body: z.strictObject({ email: emailField }),
  responses: {
    202: { description: 'Accepted: if an active customer has this address, a mail follows' },
    429: { description: '`mail-cooldown`, `mail-daily-limit`: known addresses and others alike' },
  },
  async handler(context, request) {
    const allowance = await context.resetAllowance.take({ email: request.body.email, ip: request.ip });
    if (allowance.kind !== 'granted') throw sendRefused('mail', allowance);
    await Promise.all([send(context, request, request.body.email), sleep(answerMs)]);
    return { status: 202 };
  },
});

async function send(
  context: EdgeContext,
  request: Pick<RouteRequest, 'ip' | 'headers' | 'requestId' | 'traceId' | 'traceparent'>,
  email: string,
): Promise<void> {
  const { messaging, secrets, clock, securityLog } = context;
  const { token, tokenHash } = createOneTimeToken();
  const secretRef = await secrets.seal(token, passwordResetTtlMs / 1_000);
  const expiresAt = clock.now() + passwordResetTtlMs;
  const sent = await messaging.transaction(async (unit) => {
    const customer = await insertPasswordReset(unit.tx, { email, tokenHash, expiresAt });
    if (!customer) return false;
    const { id, fullName, version } = customer;
    // Whoever asks has proved nothing yet.
    const requested = {
      event: 'password-reset.requested',
      outcome: 'succeeded',
      actor: 'anonymous',
    } as const;
    await securityLog.record(
      unit.tx,
      eventOf(request, context, { ...requested, subject: id, customerId: id }),
    );
    const { traceparent } = request;
    const mail = { customerId: id, email, fullName, secretRef, expiresAt };
    unit.send(PasswordResetRequested, id, mail, { aggregateVersion: version, traceparent });
    return true;
  });
  if (!sent) await secrets.discard(secretRef);
}
