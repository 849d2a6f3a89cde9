import { notFound } from '@florin/http';
import { z } from 'zod';
import { defineRoute } from '../../route.js';
import { emailField, phoneField } from './customer-fields.js';
import { customerSchema, representCustomer } from './customer-representation.js';

export const findCustomer = defineRoute({
  method: 'get',
  path: '/v1/customers/find',
  operationId: 'findCustomer',
  summary: 'Find a customer by one unique field',
  tags: ['Identity'],
  access: { scope: 'customers:read' },
  query: z
    .strictObject({ id: z.uuid().optional(), email: emailField.optional(), phone: phoneField.optional() })
    .refine((query) => Object.values(query).filter((value) => value !== undefined).length === 1, {
      message: 'Give exactly one of id, email and phone.',
    }),
  responses: {
    200: { description: 'The customer', schema: customerSchema },
    404: { description: '`not-found`' },
  },
  async handler({ prisma }, { query }) {
    const customer = await prisma.customer.findFirst({ where: query });
    if (!customer) throw notFound('customer');
    return { status: 200, body: representCustomer(customer) };
  },
});
