import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';
import { oneResponse } from '../replies.js';
import { walletSchema } from '../resources.js';
import { readWallet } from './read-wallet.js';

export const getWallet = defineRoute({
  method: 'get',
  path: '/v1/wallets/{id}',
  operationId: 'getWallet',
  summary: 'Get a wallet',
  tags: ['Wallets'],
  access: { customerOrScope: 'wallets:read' },
  params: idParams,
  responses: oneResponse(walletSchema),
  handler: async (context, { params, caller }) => ({
    status: 200,
    body: await readWallet(context, caller, params.id),
  }),
});
