import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { walletResource } from '../../read-models/wallet.js';
import { defineRoute } from '../../route.js';
import { ownedBy, pageResponse } from '../replies.js';
import { walletSchema } from '../resources.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid', sortable: true },
    ownerId: { type: 'uuid' },
    walletType: { type: 'text' },
    currency: { type: 'text' },
    name: { type: 'text', sortable: true },
    status: { type: 'text' },
    posted: { type: 'money', sortable: true },
    held: { type: 'money', sortable: true },
    available: { type: 'money', sortable: true },
    createdAt: { type: 'time', sortable: true },
  },
  tie: 'id',
  defaultSort: '-createdAt',
};

export const listWallets = defineRoute({
  method: 'get',
  path: '/v1/wallets',
  operationId: 'listWallets',
  summary: 'List wallets',
  tags: ['Wallets'],
  access: { customerOrScope: 'wallets:read' },
  query: listSchema(spec),
  responses: pageResponse(walletSchema),
  handler: async ({ prisma }, { query, caller }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: ownedBy(caller, (ownerId) => ({ ownerId })),
      find: (args) => prisma.wallet.findMany(args),
      present: walletResource,
    }),
  }),
});
