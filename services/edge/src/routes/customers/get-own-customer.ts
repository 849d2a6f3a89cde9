import { notFound, versionTag } from '@florin/http';
import { defineRoute } from '../../route.js';
import { customerSchema, representCustomer } from './customer-representation.js';

export const getOwnCustomer = defineRoute({
  method: 'get',
  path: '/v1/customers/me',
  operationId: 'getOwnCustomer',
  summary: 'The customer who calls',
  tags: ['Identity'],
  access: 'customer',
  responses: {
    200: { description: 'The caller', schema: customerSchema },
    404: { description: '`not-found`' },
  },
  async handler({ prisma }, { caller }) {
    const customer = await prisma.customer.findUnique({ where: { id: caller.customerId } });
    if (!customer) throw notFound('customer');
    return {
      status: 200,
      body: representCustomer(customer),
      headers: { ETag: versionTag(customer.version) },
    };
  },
});
