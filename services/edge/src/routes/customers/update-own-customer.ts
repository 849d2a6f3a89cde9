import { CustomerUpdated } from '@florin/contracts';
import { notFound } from '@florin/http';
import { z } from 'zod';
import { updateCustomerName } from '../../db/update-customer-name.js';
import { defineRoute } from '../../route.js';
import { fullNameField } from './customer-fields.js';
import { customerSchema, representCustomer } from './customer-representation.js';

export const updateOwnCustomer = defineRoute({
  method: 'patch',
  path: '/v1/customers/me',
  operationId: 'updateOwnCustomer',
  summary: 'Change the data of the customer who calls',
  description: 'Email and phone are means of authentication and cannot be changed here.',
  tags: ['Identity'],
  access: 'customer',
  body: z.strictObject({ fullName: fullNameField.optional() }),
  responses: { 200: { description: 'The caller as changed', schema: customerSchema } },
  async handler({ messaging, prisma, clock }, { caller, body, traceparent }) {
    const id = caller.customerId;
    const { fullName } = body;
    if (fullName !== undefined) {
      await messaging.transaction(async (unit) => {
        const changed = await updateCustomerName(unit.tx, { id, fullName, now: clock.now() });
        if (!changed) return;
        const { email, phone, version } = changed;
        const options = { actor: `customer:${id}`, aggregateVersion: version, traceparent };
        unit.send(CustomerUpdated, id, { customerId: id, fullName, email, phone }, options);
      });
    }
    const customer = await prisma.customer.findUnique({ where: { id } });
    if (!customer) throw notFound('customer');
    return { status: 200, body: representCustomer(customer) };
  },
});
