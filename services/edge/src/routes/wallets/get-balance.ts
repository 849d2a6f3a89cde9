import { validationFailed } from '@florin/http';
import { z } from 'zod';
import { findBalanceAt } from '../../db/find-balance-at.js';
import { defineRoute } from '../../route.js';
import { idParams, instant } from '../fields.js';
import { oneResponse } from '../replies.js';
import { balancesSchema } from '../resources.js';
import { readWallet } from './read-wallet.js';

/** So much the clock of a caller may be ahead of ours, before what he asks for is the future. */
const clockSkewMs = 60_000;

export const getBalance = defineRoute({
  method: 'get',
  path: '/v1/wallets/{id}/balance',
  operationId: 'getBalance',
  summary: 'Get the balance of a wallet, now or at a past time',
  tags: ['Wallets'],
  access: { customerOrScope: 'wallets:read' },
  params: idParams,
  query: z.strictObject({
    at: instant
      .optional()
      .describe(
        'A past instant; now without it. Up to a minute ahead of the clock of the service is now as well.',
      ),
  }),
  responses: oneResponse(
    balancesSchema.extend({ walletId: z.uuid(), currency: z.string(), at: instant }).meta({ id: 'Balance' }),
  ),
  handler: async (context, { params, query, caller }) => {
    const wallet = await readWallet(context, caller, params.id);
    const now = context.clock.now();
    const asked = query.at === undefined ? now : Date.parse(query.at);
    if (asked > now + clockSkewMs) {
      throw validationFailed([{ pointer: '/query/at', detail: 'Is in the future.' }]);
    }
    const at = new Date(Math.min(asked, now));
    const { posted, held, available } = wallet.balances;
    const balances =
      asked >= now
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
