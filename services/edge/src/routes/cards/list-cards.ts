import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { cardResource } from '../../read-models/card.js';
import { defineRoute } from '../../route.js';
import { ownedBy, pageResponse } from '../replies.js';
import { cardSchema } from '../resources.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid', sortable: true },
    walletId: { type: 'uuid', sortable: true },
    ownerId: { type: 'uuid' },
    token: { type: 'text' },
    last4: { type: 'text' },
    expiryMonth: { type: 'integer' },
    expiryYear: { type: 'integer' },
    branch: { type: 'text' },
    accountNumber: { type: 'text' },
    status: { type: 'text' },
    createdAt: { type: 'time', sortable: true },
  },
  tie: 'id',
  defaultSort: '-createdAt',
};

export const listCards = defineRoute({
  method: 'get',
  path: '/v1/cards',
  operationId: 'listCards',
  summary: 'List cards',
  tags: ['Cards'],
  access: { customerOrScope: 'cards:read' },
  query: listSchema(spec),
  responses: pageResponse(cardSchema),
  handler: async ({ prisma }, { query, caller }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: ownedBy(caller, (ownerId) => ({ ownerId })),
      find: (args) => prisma.card.findMany(args),
      present: cardResource,
    }),
  }),
});
