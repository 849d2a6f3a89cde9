import { CustomerUpdated } from '@florin/contracts';
import { notFound, requireVersion, versionTag } from '@florin/http';
import { z } from 'zod';
import { lockCustomerVersion } from '../../db/lock-customer-version.js';
import { updateCustomer } from '../../db/update-customer.js';
import { defineRoute } from '../../route.js';
import { fullNameField, timeZoneField } from './customer-fields.js';
import { customerSchema, representCustomer } from './customer-representation.js';

export const updateOwnCustomer = defineRoute({
  method: 'patch',
  path: '/v1/customers/me',
  operationId: 'updateOwnCustomer',
  summary: 'Change the data of the customer who calls',
  description:
    'Email and phone are means of authentication: `POST /v1/customers/me/email` and `/phone` change them. With the `ETag` of a GET in `If-Match`, nothing is ' +
    'changed when somebody else was faster.',
  tags: ['Identity'],
  access: 'customer',
  headers: z.object({ 'If-Match': z.string().max(1_000).optional() }),
  body: z.strictObject({ fullName: fullNameField.optional(), timeZone: timeZoneField.optional() }),
  responses: {
    200: { description: 'The caller as changed', schema: customerSchema, headers: ['ETag'] },
    412: { description: '`precondition-failed`: somebody has changed it since' },
  },
  async handler({ messaging, prisma, clock }, { caller, body, traceparent, headers }) {
    const id = caller.customerId;
    const { fullName = null, timeZone = null } = body;
    const isEmpty = fullName === null && timeZone === null;
    if (!isEmpty || headers['if-match'] !== undefined) {
      await messaging.transaction(async (unit) => {
        const current = await lockCustomerVersion(unit.tx, id);
        if (current !== undefined) requireVersion(headers['if-match'], current);
        if (isEmpty) return;
        const changed = await updateCustomer(unit.tx, { id, fullName, timeZone, now: clock.now() });
        if (!changed) return;
        const { version, ...contact } = changed;
        const options = { actor: `customer:${id}`, aggregateVersion: version, traceparent };
        unit.send(CustomerUpdated, id, { customerId: id, ...contact }, options);
      });
    }
    const customer = await prisma.customer.findUnique({ where: { id } });
    if (!customer) throw notFound('customer');
    return {
      status: 200,
      body: representCustomer(customer),
      headers: { ETag: versionTag(customer.version) },
    };
  },
});
