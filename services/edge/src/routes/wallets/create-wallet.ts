import { OpenWallet } from '@florin/contracts';
import { validationFailed } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { insertPendingWallets } from '../../db/insert-pending-wallets.js';
import { command, pendingRow } from '../../ingress/submission.js';
import { type WalletRow, walletResource } from '../../read-models/wallet.js';
import { defineRoute } from '../../route.js';
import { code, name } from '../fields.js';
import { outcomeResponses } from '../replies.js';
import { walletSchema } from '../resources.js';

export const createWallet = defineRoute({
  method: 'post',
  path: '/v1/wallets',
  operationId: 'createWallet',
  summary: 'Open a wallet',
  tags: ['Wallets'],
  access: 'customer',
  body: z.strictObject({ walletType: code, name: name.optional() }),
  claimsKey: true,
  responses: outcomeResponses(walletSchema),
  handler: (context, request) =>
    context.ingress.accept(request, { route: 'POST /v1/wallets', keyRequired: false }, async () => {
      const { body, caller } = request;
      const type = await context.prisma.walletType.findFirst({
        where: { code: body.walletType, status: 'active' },
      });
      if (!type)
        throw validationFailed([{ pointer: '/walletType', detail: 'There is no such wallet type.' }]);
      const id = uuidv7();
      const row: WalletRow = {
        id,
        ownerId: caller.customerId,
        walletType: type.code,
        currency: type.currency,
        name: body.name ?? type.name,
        status: 'pending',
        refusalReason: null,
        posted: 0,
        held: 0,
        available: 0,
        createdAt: new Date(context.clock.now()),
      };
      return {
        resource: { kind: 'wallet', id },
        pending: pendingRow(insertPendingWallets, row),
        send: command(OpenWallet, id, {
          walletId: id,
          ownerId: caller.customerId,
          walletType: type.code,
          name: row.name,
        }),
        representation: walletResource(row),
      };
    }),
});
