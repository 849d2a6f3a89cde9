import { CustomerRegistered, EmailVerificationRequested } from '@florin/contracts';
import { isUniqueViolation } from '@florin/database';
import type { RouteReply } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { isCommonPassword } from '../../auth/common-passwords.js';
import { createOneTimeToken } from '../../auth/one-time-token.js';
import { insertCustomer } from '../../db/insert-customer.js';
import { verificationTtlMs } from '../../domain/email-verification.js';
import { findPasswordWeakness, passwordMaxLength, passwordMinLength } from '../../domain/password-policy.js';
import { defineRoute } from '../../route.js';
import { eventOf, ownEvent } from '../../security/event-of.js';
import { customerExists } from './customer-exists.js';
import { emailField, fullNameField, phoneField, timeZoneField } from './customer-fields.js';
import { customerSchema } from './customer-representation.js';
import { weaknessTexts } from './password-weakness.js';

const body = z
  .strictObject({
    fullName: fullNameField,
    email: emailField,
    phone: phoneField,
    timeZone: timeZoneField.optional(),
    password: z.string().meta({ minLength: passwordMinLength, maxLength: passwordMaxLength }),
  })
  .superRefine((registration, refinement) => {
    const weakness = findPasswordWeakness(registration.password, registration, isCommonPassword);
    if (weakness) {
      refinement.addIssue({ code: 'custom', path: ['password'], message: weaknessTexts[weakness] });
    }
  });

export const registerCustomer = defineRoute({
  method: 'post',
  path: '/v1/customers',
  operationId: 'registerCustomer',
  summary: 'Register a customer; a mail with a verification link follows',
  tags: ['Identity'],
  access: 'public',
  body,
  responses: {
    201: {
      description: 'Registered, email not verified yet',
      schema: customerSchema,
      headers: ['Location'],
    },
    409: { description: '`customer-exists`: the email or the phone is taken' },
  },
  async handler(context, request) {
    const { messaging, passwords, secrets, clock, prisma, securityLog } = context;
    const { body, traceparent } = request;
    const { fullName, email, phone, timeZone = context.config.CUSTOMER_TIME_ZONE } = body;
    // Asked before the costly hash; the unique constraints decide when two registrations race.
    if (await prisma.customer.findFirst({ where: { OR: [{ email }, { phone }] }, select: { id: true } })) {
      throw customerExists();
    }
    const passwordHash = await passwords.hash(body.password, request.ip);
    const { token, tokenHash } = createOneTimeToken();
    const secretRef = await secrets.seal(token, verificationTtlMs / 1_000);
    const id = uuidv7();
    const now = clock.now();
    const expiresAt = now + verificationTtlMs;
    const options = { actor: `customer:${id}`, aggregateVersion: 1, traceparent };
    const customer = { id, fullName, email, phone, status: 'pending_verification', timeZone };
    const reply: RouteReply = {
      status: 201,
      headers: { Location: '/v1/customers/me' },
      body: { ...customer, createdAt: new Date(now).toISOString() },
    };
    try {
      await messaging.transaction(async (unit) => {
        await insertCustomer(unit.tx, {
          ...{ id, fullName, email, phone, timeZone, passwordHash, createdAt: now },
          verificationTokenHash: tokenHash,
          verificationExpiresAt: expiresAt,
        });
        const registered = ownEvent(id, { event: 'customer.registered', subject: id });
        await securityLog.record(unit.tx, eventOf(request, context, registered));
        unit.send(CustomerRegistered, id, { customerId: id, fullName, email, phone }, options);
        const mail = { customerId: id, email, fullName, secretRef, expiresAt };
        unit.send(EmailVerificationRequested, id, mail, options);
        context.keepAnswer(unit.tx, reply, id);
      });
    } catch (error) {
      await secrets.discard(secretRef);
      throw isUniqueViolation(error) ? customerExists() : error;
    }
    return reply;
  },
});
