import { ChangeCardStatus } from '@florin/contracts';
import { notFound, Problem } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { insertPendingStatusChanges } from '../../db/insert-pending-status-changes.js';
import { command, pendingRow } from '../../ingress/submission.js';
import { cardResource } from '../../read-models/card.js';
import { statusChangeResourceId } from '../../read-models/status-change.js';
import { defineRoute } from '../../route.js';
import { idParams, reasonBody } from '../fields.js';
import { maySee, outcomeResponses } from '../replies.js';
import { cardSchema } from '../resources.js';

function cardStatusRoute(change: {
  readonly verb: 'freeze' | 'unfreeze' | 'cancel';
  readonly status: 'active' | 'frozen' | 'cancelled';
  readonly summary: string;
  readonly description: string;
}) {
  const path = `/v1/cards/{id}/${change.verb}`;
  return defineRoute({
    method: 'post',
    path,
    operationId: `${change.verb}Card`,
    summary: change.summary,
    description: change.description,
    tags: ['Cards'],
    access: { customerOrScope: 'cards:write' },
    params: idParams,
    body: reasonBody,
    claimsKey: true,
    responses: {
      ...outcomeResponses(cardSchema),
      409: { description: '`card-cancelled`, `card-frozen-by-issuer` or `card-not-issued`' },
    },
    handler: (context, request) =>
      context.ingress.accept(request, { route: `POST ${path}`, keyRequired: false }, async () => {
        const { caller, params } = request;
        const card = await context.prisma.card.findUnique({ where: { id: params.id } });
        if (!card || !maySee(caller, [card.ownerId])) throw notFound('card');
        if (card.status === 'pending' || card.status === 'refused') {
          throw new Problem(409, 'card-not-issued', 'The card has not been issued.');
        }
        const row = { id: uuidv7(), subjectId: card.id, createdAt: new Date(context.clock.now()) };
        return {
          resource: { kind: 'card-status', id: statusChangeResourceId(row) },
          pending: pendingRow(insertPendingStatusChanges, row),
          send: command(ChangeCardStatus, card.walletId, {
            changeId: row.id,
            cardId: card.id,
            walletId: card.walletId,
            status: change.status,
            requestedBy: caller.kind === 'customer' ? 'holder' : 'issuer',
            reason: request.body?.reason ?? null,
          }),
          representation: cardResource(card),
        };
      }),
  });
}

export const freezeCard = cardStatusRoute({
  verb: 'freeze',
  status: 'frozen',
  summary: 'Freeze a card',
  description: 'It is declined until it is unfrozen. The back office (an API key) freezes for the issuer.',
});
export const unfreezeCard = cardStatusRoute({
  verb: 'unfreeze',
  status: 'active',
  summary: 'Unfreeze a card',
  description: 'What the issuer has frozen only the issuer can unfreeze.',
});
export const cancelCard = cardStatusRoute({
  verb: 'cancel',
  status: 'cancelled',
  summary: 'Cancel a card for ever',
  description: 'A lost card is cancelled and a new one issued on the same wallet.',
});
