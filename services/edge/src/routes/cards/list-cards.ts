import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { cardResource } from '../../read-models/card.js';
import { defineRoute } from '../../route.js';
import { ownedBy, pageResponse } from '../replies.js';
import { cardSchema } from '../resources.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    walletId: { type: 'uuid' },
    ownerId: { type: 'uuid' },
    token: { type: 'text', nullable: true },
    last4: { type: 'text', nullable: true },
    expiryMonth: { type: 'integer', nullable: true },
    expiryYear: { type: 'integer', nullable: true },
    branch: { type: 'text', nullable: true },
    accountNumber: { type: 'text', nullable: true },
    status: { type: 'text' },
    refusalReason: { type: 'text', nullable: true },
    createdAt: { type: 'time' },
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
  query: listSchema(spec, cardSchema),
  responses: pageResponse(cardSchema),
  handler: async ({ reads }, { query, caller }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: ownedBy(caller, (ownerId) => ({ ownerId })),
      prisma: await reads.listsFor(caller),
      find: (db, args) => db.card.findMany(args),
      present: cardResource,
    }),
  }),
});
