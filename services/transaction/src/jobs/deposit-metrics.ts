import type { Clock } from '@florin/observability';
import { Gauge, type Registry } from '@florin/observability';
import type { PrismaClient } from '../db/generated/client.js';

/** Deposits whose money is on its way, and how long the oldest has been: an alert on the age finds stuck ones. */
export function observeDeposits(metrics: Registry, prisma: PrismaClient, clock: Clock): void {
  const age = new Gauge({
    name: 'deposits_oldest_unresolved_seconds',
    help: 'Age of the oldest deposit whose money is neither posted nor given back, by state',
    labelNames: ['state'],
    registers: [metrics],
  });
  new Gauge({
    name: 'deposits_unresolved',
    help: 'Deposits whose money is neither posted nor given back, by state',
    labelNames: ['state'],
    registers: [metrics],
    async collect() {
      this.reset();
      age.reset();
      for (const state of ['charge-due', 'charged', 'refund-due']) {
        const where = { state };
        const [count, oldest] = await Promise.all([
          prisma.deposit.count({ where }),
          prisma.transaction.aggregate({
            where: { status: 'pending', deposit: { state } },
            _min: { createdAt: true },
          }),
        ]);
        const since = oldest._min.createdAt?.getTime();
        this.set({ state }, count);
        age.set({ state }, since === undefined ? 0 : (clock.now() - since) / 1_000);
      }
    },
  });
}
