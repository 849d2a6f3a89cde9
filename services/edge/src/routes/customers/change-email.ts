import { EmailVerificationRequested } from '@florin/contracts';
import { notFound } from '@florin/http';
import { z } from 'zod';
import { createOneTimeToken } from '../../auth/one-time-token.js';
import { sendRefused } from '../../auth/send-allowance.js';
import { findCredential } from '../../db/find-credential.js';
import { insertEmailChange } from '../../db/insert-email-change.js';
import { lockCustomerVersion } from '../../db/lock-customer-version.js';
import { verificationTtlMs } from '../../domain/email-verification.js';
import { passwordMaxLength } from '../../domain/password-policy.js';
import { defineRoute } from '../../route.js';
import { eventOf, ownEvent } from '../../security/event-of.js';
import { customerExists } from './customer-exists.js';
import { emailField } from './customer-fields.js';
import { requireCurrentPassword } from './require-current-password.js';

export const changeEmail = defineRoute({
  method: 'post',
  path: '/v1/customers/me/email',
  operationId: 'changeEmail',
  summary: 'Change the own email address; a mail with a verification link follows',
  description:
    'Nothing changes until the link that is mailed to the new address is opened (`POST /v1/customers/verify-email`); the old address is told then. Another request, and a change of the password, void the link.',
  tags: ['Identity'],
  access: 'customer',
  body: z.strictObject({ email: emailField, currentPassword: z.string().max(2 * passwordMaxLength) }),
  responses: {
    202: {
      description: 'A mail is on its way to the new address',
      schema: z.object({ email: z.string(), expiresAt: z.iso.datetime() }),
    },
    403: { description: '`current-password-wrong`' },
    404: { description: '`not-found`: deleted at the same time' },
    409: { description: '`customer-exists`: the address is taken' },
    429: {
      description:
        '`login-locked`: too many wrong passwords; `mail-cooldown`, `mail-daily-limit`: too many mails to this address',
    },
  },
  async handler(context, request) {
    const { database, prisma, messaging, secrets, clock, securityLog, mailAllowance } = context;
    const { customerId } = request.caller;
    const { email, currentPassword } = request.body;
    const credential = await findCredential(database.pool, customerId);
    if (!credential) throw notFound('customer');
    await requireCurrentPassword(context, request, {
      ...{ customerId, credential, password: currentPassword, event: 'email-change.failed' },
    });
    if (await prisma.customer.findUnique({ where: { email }, select: { id: true } })) throw customerExists();
    const allowance = await mailAllowance.take(email);
    if (allowance.kind !== 'granted') throw sendRefused('mail', allowance);
    const { token, tokenHash } = createOneTimeToken();
    const secretRef = await secrets.seal(token, verificationTtlMs / 1_000);
    const expiresAt = clock.now() + verificationTtlMs;
    await messaging.transaction(async (unit) => {
      const version = await lockCustomerVersion(unit.tx, customerId);
      if (version === undefined) throw notFound('customer');
      await insertEmailChange(unit.tx, { customerId, email, tokenHash, expiresAt });
      const requested = ownEvent(customerId, { event: 'email-change.requested', subject: customerId });
      await securityLog.record(unit.tx, eventOf(request, context, requested));
      const mail = { customerId, email, fullName: credential.fullName, secretRef, expiresAt };
      const { traceparent } = request;
      const options = { actor: `customer:${customerId}`, aggregateVersion: version, traceparent };
      unit.send(EmailVerificationRequested, customerId, mail, options);
    });
    return { status: 202, body: { email, expiresAt: new Date(expiresAt).toISOString() } };
  },
});
