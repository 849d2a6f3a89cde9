import { type Clock, createLookUpGauges, type Registry } from '@florin/observability';
import type { PrismaClient } from '../db/generated/client.js';

const states = ['charge-due', 'charged', 'refund-due'];

/** Deposits whose money is on its way, and how long the oldest has been: an alert on the age finds stuck ones. */
export function observeDeposits(metrics: Registry, prisma: PrismaClient, clock: Clock): void {
  const labelNames = ['state'];
  createLookUpGauges(
    metrics,
    {
      deposits_unresolved: {
        help: 'Deposits whose money is neither posted nor given back, by state',
        labelNames,
      },
      deposits_oldest_unresolved_seconds: {
        help: 'Age of the oldest deposit whose money is neither posted nor given back, by state',
        labelNames,
      },
    },
    async () => (await Promise.all(states.map((state) => readingsOf(prisma, clock, state)))).flat(),
  );
}

async function readingsOf(prisma: PrismaClient, clock: Clock, state: string) {
  const [count, oldest] = await Promise.all([
    prisma.deposit.count({ where: { state } }),
    prisma.transaction.aggregate({
      where: { status: 'pending', deposit: { state } },
      _min: { createdAt: true },
    }),
  ]);
  const since = oldest._min.createdAt?.getTime();
  const age = since === undefined ? 0 : (clock.now() - since) / 1_000;
  return [
    { name: 'deposits_unresolved', labels: { state }, value: count } as const,
    { name: 'deposits_oldest_unresolved_seconds', labels: { state }, value: age } as const,
  ];
}
