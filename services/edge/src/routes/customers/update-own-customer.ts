import { z } from 'zod';
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
  async handler({ prisma, clock }, { caller, body }) {
    const change = body.fullName === undefined ? {} : { fullName: body.fullName, version: { increment: 1 } };
    const customer = await prisma.customer.update({
      where: { id: caller.customerId },
      data: { ...change, updatedAt: new Date(clock.now()) },
    });
    return { status: 200, body: representCustomer(customer) };
  },
});
