import { CardIssued, CardRefused } from '@florin/contracts';
import type { SendOptions } from '@florin/messaging';
import type { WalletContext } from '../context.js';
import type { CardOrder } from '../db/claim-card-orders.js';
import { issueCard } from '../db/issue-card.js';
import { refuseCards } from '../db/refuse-cards.js';
import type { CardFace } from '../providers/card-issuer.js';

/** The issuer has made the card: say so in the transaction that remembers it. */
export async function recordIssued(context: WalletContext, order: CardOrder, face: CardFace): Promise<void> {
  const { cardId, walletId, ownerId } = order;
  await context.messaging.transaction(async (unit) => {
    const card = await issueCard(unit.tx, cardId, face);
    if (!card) return;
    const event = { cardId, walletId, ownerId, ...card };
    unit.send(CardIssued, cardId, event, { ...originOf(order), aggregateVersion: 1 });
  });
}

export async function recordRefused(context: WalletContext, order: CardOrder, reason: string): Promise<void> {
  await context.messaging.transaction(async (unit) => {
    for (const card of await refuseCards(unit.tx, [order.cardId])) {
      unit.send(CardRefused, card.cardId, { ...card, reason }, originOf(order));
    }
  });
}

/** The request that the card comes from, which has long been consumed. */
function originOf(order: CardOrder): SendOptions {
  return {
    correlationId: order.correlationId,
    actor: order.actor ?? undefined,
    traceparent: order.traceparent ?? undefined,
  };
}
