import { ChangeWalletStatus } from '@florin/contracts';
import type { UnitOfWork } from '@florin/messaging';
import { v7 as uuidv7 } from 'uuid';
import { askWalletsToClose } from '../db/ask-wallets-to-close.js';
import { insertPendingStatusChanges } from '../db/insert-pending-status-changes.js';

/** Asks wallets of a customer who leaves to close, each once; to be called under the lock of the erasure. */
export async function closeWallets(
  unit: UnitOfWork,
  customerId: string,
  walletIds: readonly string[],
  now: number,
): Promise<void> {
  if (walletIds.length === 0) return;
  const changes = walletIds.map((subjectId) => ({ id: uuidv7(), subjectId, createdAt: new Date(now) }));
  const closings = changes.map(({ id, subjectId }) => ({ walletId: subjectId, changeId: id }));
  const asked = await askWalletsToClose(unit.tx, customerId, closings);
  const fresh = changes.filter(({ subjectId }) => asked.has(subjectId));
  await insertPendingStatusChanges(unit, fresh);
  for (const { id: changeId, subjectId: walletId } of fresh) {
    unit.send(
      ChangeWalletStatus,
      walletId,
      { changeId, walletId, status: 'closed', reason: 'customer-left' },
      { actor: `customer:${customerId}` },
    );
  }
}
