import { walletResource } from '../../read-models/wallet.js';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';
import { oneResponse } from '../replies.js';
import { walletSchema } from '../resources.js';
import { findVisibleWallet } from './find-visible-wallet.js';

export const getWallet = defineRoute({
  method: 'get',
  path: '/v1/wallets/{id}',
  operationId: 'getWallet',
  summary: 'Get a wallet',
  tags: ['Wallets'],
  access: { customerOrScope: 'wallets:read' },
  params: idParams,
  responses: oneResponse(walletSchema),
  handler: async ({ reads }, { params, caller }) => {
    const prisma = await reads.for(caller);
    return { status: 200, body: walletResource(await findVisibleWallet({ prisma }, caller, params.id)) };
  },
});
