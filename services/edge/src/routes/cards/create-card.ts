import { IssueCard } from '@florin/contracts';
import { notFound } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { insertPendingCards } from '../../db/insert-pending-cards.js';
import { command, pendingRow } from '../../ingress/submission.js';
import { type CardRow, cardResource } from '../../read-models/card.js';
import { defineRoute } from '../../route.js';
import { uuid } from '../fields.js';
import { outcomeResponses } from '../replies.js';
import { cardSchema } from '../resources.js';

export const createCard = defineRoute({
  method: 'post',
  path: '/v1/cards',
  operationId: 'createCard',
  summary: 'Issue a card on a wallet',
  tags: ['Cards'],
  access: 'customer',
  requiresKey: 'always',
  body: z.strictObject({ walletId: uuid }),
  claimsKey: true,
  responses: {
    ...outcomeResponses(cardSchema),
    404: { description: '`not-found`: there is no such wallet of yours' },
  },
  handler: (context, request) =>
    context.ingress.accept(request, { route: 'POST /v1/cards', keyRequired: true }, async () => {
      const wallet = await context.walletFacts.find(request.body.walletId);
      if (wallet?.ownerId !== request.caller.customerId) throw notFound('wallet');
      const id = uuidv7();
      const row: CardRow = {
        id,
        walletId: wallet.id,
        ownerId: wallet.ownerId,
        token: null,
        last4: null,
        expiryMonth: null,
        expiryYear: null,
        branch: null,
        accountNumber: null,
        status: 'pending',
        refusalReason: null,
        createdAt: new Date(context.clock.now()),
      };
      return {
        resource: { kind: 'card', id },
        pending: pendingRow(insertPendingCards, row),
        // Keyed by the wallet: a card is never issued before the wallet it belongs to is opened.
        send: command(IssueCard, wallet.id, { cardId: id, walletId: wallet.id, ownerId: wallet.ownerId }),
        representation: cardResource(row),
      };
    }),
});
