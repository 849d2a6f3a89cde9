import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { walletResource } from '../../read-models/wallet.js';
import { defineRoute } from '../../route.js';
import { ownedBy, pageResponse } from '../replies.js';
import { walletSchema } from '../resources.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    ownerId: { type: 'uuid' },
    walletType: { type: 'text' },
    currency: { type: 'text' },
    name: { type: 'text' },
    status: { type: 'text' },
    refusalReason: { type: 'text', nullable: true },
    posted: { type: 'money', path: 'balances.posted' },
    held: { type: 'money', path: 'balances.held' },
    available: { type: 'money', path: 'balances.available' },
    createdAt: { type: 'time' },
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
  query: listSchema(spec, walletSchema),
  responses: pageResponse(walletSchema),
  handler: async ({ reads }, { query, caller }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: ownedBy(caller, (ownerId) => ({ ownerId })),
      prisma: await reads.listsFor(caller),
      find: (db, args) => db.wallet.findMany(args),
      present: walletResource,
    }),
  }),
});
