import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { walletTypeResource } from '../../read-models/wallet-type.js';
import { defineRoute } from '../../route.js';
import { inForce, pageResponse } from '../replies.js';
import { walletTypeSchema } from '../resources.js';

const spec: ListSpec = {
  fields: {
    code: { type: 'text' },
    name: { type: 'text' },
    currency: { type: 'text' },
    overdraftLimit: { type: 'money' },
    maxBalance: { type: 'money', nullable: true },
    status: { type: 'text' },
    createdAt: { type: 'time' },
  },
  tie: 'code',
  defaultSort: '-createdAt',
};

export const listWalletTypes = defineRoute({
  method: 'get',
  path: '/v1/wallet-types',
  operationId: 'listWalletTypes',
  summary: 'List wallet types',
  tags: ['Wallets'],
  access: 'signed-in',
  query: listSchema(spec, walletTypeSchema),
  responses: pageResponse(walletTypeSchema),
  handler: async ({ reads }, { query, caller }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: inForce(query, ['code'], { status: 'active' }),
      prisma: await reads.listsFor(caller),
      find: (db, args) => db.walletType.findMany(args),
      present: walletTypeResource,
    }),
  }),
});
