import { type Clock, createLookUpGauges, type Registry } from '@florin/observability';
import type { PrismaClient } from '../db/generated/client.js';

/** Cards that the issuer has not made yet, and how long the oldest has been waiting. */
export function observeCardOrders(metrics: Registry, prisma: PrismaClient, clock: Clock): void {
  createLookUpGauges(
    metrics,
    {
      card_orders_open: { help: 'Requests for cards that the issuer has not made' },
      card_orders_oldest_seconds: {
        help: 'Age of the oldest request for a card that the issuer has not made',
      },
    },
    async () => {
      const [count, oldest] = await Promise.all([
        prisma.cardOrder.count(),
        prisma.card.aggregate({ where: { status: 'requested' }, _min: { requestedAt: true } }),
      ]);
      const since = oldest._min.requestedAt?.getTime();
      const age = since === undefined ? 0 : (clock.now() - since) / 1_000;
      return [
        { name: 'card_orders_open', value: count },
        { name: 'card_orders_oldest_seconds', value: age },
      ];
    },
  );
}
