import { setTimeout as sleep } from 'node:timers/promises';
import { EmailVerificationRequested } from '@florin/contracts';
import { z } from 'zod';
import { createOneTimeToken } from '../../auth/one-time-token.js';
import { sendRefused } from '../../auth/send-allowance.js';
import type { EdgeContext } from '../../context.js';
import { findUnverifiedCustomer } from '../../db/find-unverified-customer.js';
import { insertEmailVerification } from '../../db/insert-email-verification.js';
import { verificationTtlMs } from '../../domain/email-verification.js';
import { defineRoute } from '../../route.js';
import { emailField } from './customer-fields.js';

/** Longer than the work for a known address takes, so that time does not tell who is registered. */
const answerMs = 250;

export const resendVerification = defineRoute({
  method: 'post',
  path: '/v1/customers/verify-email/resend',
  operationId: 'resendVerification',
  summary: 'Send the verification mail once more',
  description:
    'The answer is the same whether the address is known, verified already or nobody’s. Links that were sent before go on working.',
  tags: ['Identity'],
  access: 'public',
  body: z.strictObject({ email: emailField }),
  responses: {
    202: { description: 'Accepted: if the address waits for its verification, a mail follows' },
    429: { description: '`mail-cooldown`, `mail-daily-limit`: known addresses and others alike' },
  },
  async handler(context, { body, traceparent }) {
    const allowance = await context.mailAllowance.take(body.email);
    if (allowance.kind !== 'granted') throw sendRefused('mail', allowance);
    await Promise.all([send(context, body.email, traceparent), sleep(answerMs)]);
    return { status: 202 };
  },
});

async function send(
  { messaging, secrets, clock }: EdgeContext,
  email: string,
  traceparent: string,
): Promise<void> {
  const { token, tokenHash } = createOneTimeToken();
  const secretRef = await secrets.seal(token, verificationTtlMs / 1_000);
  const expiresAt = clock.now() + verificationTtlMs;
  const sent = await messaging.transaction(async (unit) => {
    const customer = await findUnverifiedCustomer(unit.tx, email);
    if (!customer) return false;
    const { id, fullName, version } = customer;
    await insertEmailVerification(unit.tx, { customerId: id, tokenHash, expiresAt });
    const request = { customerId: id, email, fullName, secretRef, expiresAt };
    const options = { actor: `customer:${id}`, aggregateVersion: version, traceparent };
    unit.send(EmailVerificationRequested, id, request, options);
    return true;
  });
  if (!sent) await secrets.discard(secretRef);
}
