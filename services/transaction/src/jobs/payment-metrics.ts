import { type Clock, createLookUpGauges, type Registry } from '@florin/observability';
import type { PrismaClient } from '../db/generated/client.js';

const depositStates = ['charge-due', 'charged', 'refund-due'];
const withdrawalStates = ['hold-requested', 'payout-due', 'paid', 'void-requested', 'uncovered'];
const labelNames = ['state'];

/** Payments that are on their way, and how long the oldest has been: an alert on the age finds stuck ones. */
export function observePayments(metrics: Registry, prisma: PrismaClient, clock: Clock): void {
  const ageOf = (createdAt: Date | null): number =>
    createdAt === null ? 0 : (clock.now() - createdAt.getTime()) / 1_000;
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
    async () => {
      const readings = depositStates.map(async (state) => {
        const [value, oldest] = await Promise.all([
          prisma.deposit.count({ where: { state } }),
          prisma.transaction.aggregate({
            where: { status: 'pending', deposit: { state } },
            _min: { createdAt: true },
          }),
        ]);
        const age = ageOf(oldest._min.createdAt);
        return [
          { name: 'deposits_unresolved', labels: { state }, value } as const,
          { name: 'deposits_oldest_unresolved_seconds', labels: { state }, value: age } as const,
        ];
      });
      return (await Promise.all(readings)).flat();
    },
  );
  createLookUpGauges(
    metrics,
    {
      withdrawals_unresolved: {
        help: 'Withdrawals whose money has neither left for good nor been given back, by state',
        labelNames,
      },
      withdrawals_oldest_unresolved_seconds: {
        help: 'Age of the oldest withdrawal whose money has neither left for good nor been given back, by state',
        labelNames,
      },
    },
    async () => {
      const readings = withdrawalStates.map(async (state) => {
        const [value, oldest] = await Promise.all([
          prisma.withdrawal.count({ where: { state } }),
          prisma.transaction.aggregate({
            where: { status: 'pending', withdrawal: { state } },
            _min: { createdAt: true },
          }),
        ]);
        const age = ageOf(oldest._min.createdAt);
        return [
          { name: 'withdrawals_unresolved', labels: { state }, value } as const,
          { name: 'withdrawals_oldest_unresolved_seconds', labels: { state }, value: age } as const,
        ];
      });
      return (await Promise.all(readings)).flat();
    },
  );
}
