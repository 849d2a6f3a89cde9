import { PhoneVerificationRequested } from '@florin/contracts';
import { notFound } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { type SendAllowance, sendRefused } from '../../auth/send-allowance.js';
import { findCredential } from '../../db/find-credential.js';
import { lockCustomerVersion } from '../../db/lock-customer-version.js';
import { writePhoneChange } from '../../db/write-phone-change.js';
import { otpTtlMs } from '../../domain/otp.js';
import { passwordMaxLength } from '../../domain/password-policy.js';
import { defineRoute } from '../../route.js';
import { eventOf, ownEvent } from '../../security/event-of.js';
import { customerExists } from './customer-exists.js';
import { phoneField } from './customer-fields.js';
import { requireCurrentPassword } from './require-current-password.js';

export const changePhone = defineRoute({
  method: 'post',
  path: '/v1/customers/me/phone',
  operationId: 'changePhone',
  summary: 'Change the own phone number; a one-time code follows by SMS to the new one',
  description:
    'Nothing changes until the code is answered. A newer request, and a change of the password, void the one before.',
  tags: ['Identity'],
  access: 'customer',
  body: z.strictObject({ phone: phoneField, currentPassword: z.string().max(2 * passwordMaxLength) }),
  responses: {
    201: {
      description: 'A code is on its way to the new number; answer the challenge with it',
      schema: z.object({ challengeId: z.uuid(), channel: z.literal('sms'), expiresAt: z.iso.datetime() }),
    },
    403: { description: '`current-password-wrong`' },
    404: { description: '`not-found`: deleted at the same time' },
    409: { description: '`customer-exists`: the number is taken' },
    429: {
      description:
        '`login-locked`: too many wrong passwords; `otp-cooldown`, `otp-daily-limit`: too many codes to this number, or for this customer',
    },
  },
  async handler(context, request) {
    const { database, prisma, messaging, secrets, securityLog, phoneChallenges } = context;
    const { customerId } = request.caller;
    const { phone, currentPassword } = request.body;
    const credential = await findCredential(database.pool, customerId);
    if (!credential) throw notFound('customer');
    await requireCurrentPassword(context, request, {
      ...{ customerId, credential, password: currentPassword, event: 'phone-change.failed' },
    });
    if (await prisma.customer.findUnique({ where: { phone }, select: { id: true } })) throw customerExists();
    await takeCode(context.otpAllowance, customerId, phone);
    const challengeId = uuidv7();
    const { code, expiresAt } = await phoneChallenges.create(challengeId, customerId);
    const secretRef = await secrets.seal(code, otpTtlMs / 1_000);
    await messaging.transaction(async (unit) => {
      const version = await lockCustomerVersion(unit.tx, customerId);
      if (version === undefined) throw notFound('customer');
      await writePhoneChange(unit.tx, { customerId, challengeId, phone, expiresAt });
      const requested = ownEvent(customerId, { event: 'phone-change.requested', subject: challengeId });
      await securityLog.record(unit.tx, eventOf(request, context, requested));
      const sms = { customerId, challengeId, phone, secretRef, expiresAt };
      const { traceparent } = request;
      const options = { actor: `customer:${customerId}`, aggregateVersion: version, traceparent };
      unit.send(PhoneVerificationRequested, customerId, sms, options);
    });
    return {
      status: 201,
      body: { challengeId, channel: 'sms', expiresAt: new Date(expiresAt).toISOString() },
    };
  },
});

/** One customer could otherwise have codes sent to any number of phones. */
async function takeCode(otpAllowance: SendAllowance, customerId: string, phone: string): Promise<void> {
  for (const one of [`customer ${customerId}`, phone]) {
    const allowance = await otpAllowance.take(one);
    if (allowance.kind !== 'granted') throw sendRefused('otp', allowance);
  }
}
