import { Problem, type RouteReply, type RouteRequest } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { createOneTimeToken } from '../../auth/one-time-token.js';
import { representSessionTokens, sessionTokensSchema } from '../../auth/session-tokens.js';
import type { EdgeContext } from '../../context.js';
import type { Customer } from '../../db/generated/client.js';
import { insertSession } from '../../db/insert-session.js';
import { refreshTokenExpiry } from '../../domain/refresh-rotation.js';
import { defineRoute } from '../../route.js';
import { eventOf, ownEvent } from '../../security/event-of.js';
import { originOf } from '../../security/origin.js';
import { customerSchema, representCustomer } from '../customers/customer-representation.js';
import { uuid } from '../fields.js';
import { otpRefusal } from './otp-refusal.js';

export const confirmLogin = defineRoute({
  method: 'post',
  path: '/v1/sessions/{challengeId}/otp',
  operationId: 'confirmLogin',
  summary: 'Answer the challenge of a login with the code of the SMS',
  tags: ['Identity'],
  access: 'public',
  params: z.strictObject({ challengeId: uuid }),
  body: z.strictObject({ code: z.string().regex(/^\d{6}$/, 'Must be six digits.') }),
  responses: {
    200: { description: 'Signed in', schema: sessionTokensSchema.extend({ customer: customerSchema }) },
    401: { description: '`otp-invalid`' },
    410: { description: '`otp-expired` or `otp-attempts-exceeded`: log in again' },
  },
  async handler(context, request) {
    const { params, body, ip } = request;
    const { loginChallenges, loginGuard, otpAllowance, prisma } = context;
    const answer = await loginChallenges.answer(params.challengeId, body.code);
    if (answer.verdict !== 'accepted') {
      const problem = otpRefusal(answer.verdict);
      const { customerId } = answer;
      context.securityLog.note(
        eventOf(request, context, {
          event: answer.verdict === 'wrong' ? 'otp.failed' : 'otp.refused',
          ...{ outcome: 'refused', reason: problem.code, actor: 'anonymous', subject: params.challengeId },
          ...(customerId !== undefined && { customerId }),
        }),
      );
      throw problem;
    }
    const customer = await prisma.customer.findUnique({ where: { id: answer.customerId } });
    if (!customer) throw customerGone();
    await Promise.all([
      loginGuard.trust({ email: customer.email, ip }),
      otpAllowance.answered(customer.phone),
    ]);
    return openSession(context, request, customer);
  },
});

async function openSession(
  context: EdgeContext,
  request: Pick<RouteRequest, 'ip' | 'headers' | 'requestId' | 'traceId'>,
  customer: Customer,
): Promise<RouteReply> {
  const { database, accessTokens, clock, config, securityLog, keepAnswer } = context;
  const now = clock.now();
  const sessionId = uuidv7();
  const { token: refreshToken, tokenHash } = createOneTimeToken();
  const refreshTokenExpiresAt = refreshTokenExpiry(now, now, config.SESSION_MAX_AGE);
  const tokens = await representSessionTokens(accessTokens, {
    ...{ sessionId, customerId: customer.id, refreshToken, refreshTokenExpiresAt },
  });
  const reply = { status: 200, body: { ...tokens, customer: representCustomer(customer) } };
  const opened = await database.transaction(async (tx) => {
    const isOpen = await insertSession(tx, {
      id: sessionId,
      customerId: customer.id,
      refreshTokenHash: tokenHash,
      createdAt: now,
      expiresAt: refreshTokenExpiresAt,
      origin: originOf(request),
    });
    if (!isOpen) return false;
    const succeeded = ownEvent(customer.id, { event: 'login.succeeded', subject: sessionId });
    await securityLog.record(tx, eventOf(request, context, succeeded));
    keepAnswer(tx, reply, customer.id);
    return true;
  });
  if (!opened) throw customerGone();
  return reply;
}

function customerGone(): Problem {
  return new Problem(410, 'otp-expired', 'The customer does not exist any more.');
}
