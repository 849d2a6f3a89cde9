import { z } from 'zod';
import { findBalanceAt } from '../../db/find-balance-at.js';
import { defineRoute } from '../../route.js';
import { idParams, instant } from '../fields.js';
import { oneResponse } from '../replies.js';
import { balancesSchema } from '../resources.js';
import { readWallet } from './read-wallet.js';

export const getBalance = defineRoute({
  method: 'get',
  path: '/v1/wallets/{id}/balance',
  operationId: 'getBalance',
  summary: 'Get the balance of a wallet, now or at a past time',
  tags: ['Wallets'],
  access: { customerOrScope: 'wallets:read' },
  params: idParams,
  query: z.strictObject({ at: instant.optional() }),
  responses: oneResponse(
    balancesSchema.extend({ walletId: z.uuid(), currency: z.string(), at: instant }).meta({ id: 'Balance' }),
  ),
  handler: async (context, { params, query, caller }) => {
    const wallet = await readWallet(context, caller, params.id);
    const at = new Date(query.at ?? context.clock.now());
    const { posted, held, available } = wallet.balances;
    const balances =
      query.at === undefined
        ? wallet.balances
        : ((await findBalanceAt(context.database, wallet.id, at)) ?? {
            posted: 0,
            held: 0,
            // What can be spent without any money is the overdraft.
            available: available - posted + held,
          });
    return {
      status: 200,
      body: { walletId: wallet.id, currency: wallet.currency, at: at.toISOString(), ...balances },
    };
  },
});
