import { LoginChallengeIssued } from '@florin/contracts';
import { Problem } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { otpTtlMs } from '../../domain/otp.js';
import { passwordMaxLength } from '../../domain/password-policy.js';
import { defineRoute } from '../../route.js';

export const logIn = defineRoute({
  method: 'post',
  path: '/v1/sessions',
  operationId: 'logIn',
  summary: 'Log in with the password; a one-time code follows by SMS',
  tags: ['Identity'],
  access: 'public',
  body: z.strictObject({
    // Not checked for form: a malformed address is just an unknown one.
    email: z.string().max(254).toLowerCase(),
    // A character takes up to two UTF-16 units.
    password: z.string().max(2 * passwordMaxLength),
  }),
  responses: {
    201: {
      description: 'The password is right; answer the challenge with the code',
      schema: z.object({ challengeId: z.uuid(), channel: z.literal('sms'), expiresAt: z.iso.datetime() }),
    },
    401: { description: '`invalid-credentials`: the same for an unknown email and a wrong password' },
    403: { description: '`email-not-verified`' },
  },
  async handler(context, { body, traceparent }) {
    const { prisma, passwords, loginChallenges, secrets, messaging } = context;
    const customer = await prisma.customer.findUnique({
      where: { email: body.email },
      include: { credential: true },
    });
    const matches = await passwords.matches(customer?.credential?.passwordHash, body.password);
    if (!customer || !matches) {
      throw new Problem(401, 'invalid-credentials', 'The email or the password is wrong.');
    }
    // Only who knows the password learns this, so it does not tell strangers who is registered.
    if (customer.status !== 'active') {
      throw new Problem(403, 'email-not-verified', 'Verify the email address first.');
    }
    const challengeId = uuidv7();
    const { code, expiresAt } = await loginChallenges.create(challengeId, customer.id);
    const secretRef = await secrets.seal(code, otpTtlMs / 1_000);
    await messaging.transaction(async (unit) => {
      unit.send(
        LoginChallengeIssued,
        customer.id,
        { customerId: customer.id, challengeId, phone: customer.phone, secretRef, expiresAt },
        { actor: `customer:${customer.id}`, traceparent },
      );
    });
    return {
      status: 201,
      body: { challengeId, channel: 'sms', expiresAt: new Date(expiresAt).toISOString() },
    };
  },
});
