import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { defineRoute } from '../../route.js';
import { pageResponse } from '../replies.js';
import { emailField } from './customer-fields.js';
import { customerSchema, representCustomer } from './customer-representation.js';
import { customerSearch, searchConditions } from './customer-search.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    fullName: { type: 'text' },
    email: { type: 'text' },
    phone: { type: 'text' },
    status: { type: 'text' },
    timeZone: { type: 'text' },
    createdAt: { type: 'time' },
  },
  tie: 'id',
  defaultSort: '-createdAt',
};

export const listCustomers = defineRoute({
  method: 'get',
  path: '/v1/customers',
  operationId: 'listCustomers',
  summary: 'List customers',
  tags: ['Identity'],
  access: { scope: 'customers:read' },
  query: listSchema(spec, customerSchema).extend({ email: emailField.optional(), ...customerSearch }),
  responses: pageResponse(customerSchema),
  handler: async ({ reads }, { query }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: searchConditions(query),
      prisma: reads.primaryLists,
      find: (db, args) => db.customer.findMany(args),
      present: representCustomer,
    }),
  }),
});
