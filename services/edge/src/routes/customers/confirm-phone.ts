import { CustomerUpdated, PhoneChanged } from '@florin/contracts';
import { isUniqueViolation } from '@florin/database';
import { notFound, type RouteRequest, versionTag } from '@florin/http';
import { z } from 'zod';
import type { EdgeContext } from '../../context.js';
import { changePhone } from '../../db/change-phone.js';
import { hasPhoneChange } from '../../db/has-phone-change.js';
import { lockCustomerVersion } from '../../db/lock-customer-version.js';
import { defineRoute } from '../../route.js';
import { eventOf, ownEvent } from '../../security/event-of.js';
import { uuid } from '../fields.js';
import { otpRefusal } from '../sessions/otp-refusal.js';
import { customerExists } from './customer-exists.js';
import { customerSchema, representCustomer } from './customer-representation.js';

export const confirmPhone = defineRoute({
  method: 'post',
  path: '/v1/customers/me/phone/{challengeId}/otp',
  operationId: 'confirmPhone',
  summary: 'Confirm the new phone number with the code of the SMS',
  tags: ['Identity'],
  access: 'customer',
  params: z.strictObject({ challengeId: uuid }),
  body: z.strictObject({ code: z.string().regex(/^\d{6}$/, 'Must be six digits.') }),
  responses: {
    200: { description: 'Changed; a mail says so', schema: customerSchema, headers: ['ETag'] },
    401: { description: '`otp-invalid`' },
    404: { description: '`not-found`: no such challenge of the caller, or one that is done or void' },
    409: { description: '`customer-exists`: somebody else has taken the number meanwhile' },
    410: { description: '`otp-expired` or `otp-attempts-exceeded`: ask for another code' },
  },
  async handler(context, request) {
    const { database, phoneChallenges, otpAllowance, prisma } = context;
    const { customerId } = request.caller;
    const { challengeId } = request.params;
    // Nobody but who asked may use up the attempts.
    if (!(await hasPhoneChange(database.pool, customerId, challengeId))) throw notFound('challenge');
    const answer = await phoneChallenges.answer(challengeId, request.body.code);
    if (answer.verdict !== 'accepted') throw refused(context, request, answer.verdict);
    const phone = await change(context, request, challengeId).catch((error: unknown) => {
      throw isUniqueViolation(error) ? customerExists() : error;
    });
    if (phone === undefined) throw refused(context, request, 'expired');
    await Promise.all([phone, `customer ${customerId}`].map((one) => otpAllowance.answered(one)));
    const customer = await prisma.customer.findUnique({ where: { id: customerId } });
    if (!customer) throw notFound('customer');
    return {
      status: 200,
      body: representCustomer(customer),
      headers: { ETag: versionTag(customer.version) },
    };
  },
});

type ConfirmRequest = Pick<RouteRequest, 'ip' | 'headers' | 'requestId' | 'traceId' | 'traceparent'> & {
  readonly caller: { readonly customerId: string };
};

/** Returns the new number; undefined when the change was voided meanwhile. */
async function change(
  context: EdgeContext,
  request: ConfirmRequest,
  challengeId: string,
): Promise<string | undefined> {
  const { messaging, clock, loginChallenges, securityLog } = context;
  const { customerId } = request.caller;
  return messaging.transaction(async (unit) => {
    const now = clock.now();
    if ((await lockCustomerVersion(unit.tx, customerId)) === undefined) throw notFound('customer');
    const changed = await changePhone(unit.tx, { customerId, challengeId, now });
    if (!changed) return undefined;
    // The code of a login that has begun is on the old phone.
    await loginChallenges.discard(customerId);
    const happened = ownEvent(customerId, { event: 'phone.changed', subject: customerId });
    await securityLog.record(unit.tx, eventOf(request, context, happened));
    const { fullName, email, phone, version } = changed;
    const { traceparent } = request;
    const options = { actor: `customer:${customerId}`, aggregateVersion: version, traceparent };
    unit.send(CustomerUpdated, customerId, { customerId, fullName, email, phone }, options);
    unit.send(PhoneChanged, customerId, { customerId, changedAt: now }, options);
    return phone;
  });
}

function refused(
  context: EdgeContext,
  request: ConfirmRequest,
  verdict: Parameters<typeof otpRefusal>[0],
): Error {
  const problem = otpRefusal(verdict);
  const failed = ownEvent(request.caller.customerId, { event: 'phone-change.failed', reason: problem.code });
  context.securityLog.note(eventOf(request, context, { ...failed, outcome: 'refused' }));
  return problem;
}
