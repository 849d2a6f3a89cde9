import { DefineWalletType } from '@florin/contracts';
import { Problem } from '@florin/http';
import { z } from 'zod';
import { insertPendingWalletTypes } from '../../db/insert-pending-wallet-types.js';
import { command, pendingRow } from '../../ingress/submission.js';
import { type WalletTypeRow, walletTypeResource } from '../../read-models/wallet-type.js';
import { defineRoute } from '../../route.js';
import { amount, amountOrZero, code, currency, name } from '../fields.js';
import { outcomeResponses } from '../replies.js';
import { walletTypeSchema } from '../resources.js';

export const createWalletType = defineRoute({
  method: 'post',
  path: '/v1/wallet-types',
  operationId: 'createWalletType',
  summary: 'Define a wallet type',
  tags: ['Wallets'],
  access: { scope: 'wallet-types:write' },
  body: z.strictObject({
    code,
    name,
    currency,
    overdraftLimit: amountOrZero.default(0),
    maxBalance: amount.nullish(),
  }),
  claimsKey: true,
  responses: { ...outcomeResponses(walletTypeSchema), 409: { description: '`wallet-type-exists`' } },
  handler: (context, request) =>
    context.ingress.accept(request, { route: 'POST /v1/wallet-types', keyRequired: false }, async () => {
      const row: WalletTypeRow = {
        ...request.body,
        maxBalance: request.body.maxBalance ?? null,
        status: 'pending',
        createdAt: new Date(context.clock.now()),
      };
      const { code, name, currency, overdraftLimit } = request.body;
      return {
        resource: { kind: 'wallet-type', id: code },
        pending: pendingRow(insertPendingWalletTypes, row),
        send: command(DefineWalletType, code, {
          code,
          name,
          currency,
          overdraftLimit,
          maxBalance: request.body.maxBalance ?? null,
        }),
        representation: walletTypeResource(row),
        conflict: new Problem(409, 'wallet-type-exists', 'There is a wallet type with this code.'),
      };
    }),
});
