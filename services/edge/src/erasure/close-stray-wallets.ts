import type { EdgeContext } from '../context.js';
import type { StrayWallet } from '../db/find-stray-wallets.js';
import { lockErasure } from '../db/lock-erasure.js';
import { closeWallets } from './close-wallets.js';

/** Closes wallets that were opened for customers who had left already. */
export async function closeStrayWallets(
  { messaging, clock, logger }: Pick<EdgeContext, 'messaging' | 'clock' | 'logger'>,
  stray: readonly StrayWallet[],
): Promise<void> {
  // Ascending, like all locks that are taken together.
  const customers = [...new Set(stray.map(({ customerId }) => customerId))].sort();
  await messaging.transaction(async (unit) => {
    for (const customerId of customers) {
      await lockErasure(unit.tx, customerId);
      const wallets = stray.filter((wallet) => wallet.customerId === customerId);
      const walletIds = wallets.map(({ walletId }) => walletId);
      logger.warn({ customerId, walletIds }, 'closing wallets that were opened for a customer who has left');
      await closeWallets(unit, customerId, walletIds, clock.now());
    }
  });
}
