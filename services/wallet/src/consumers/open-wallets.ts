import { type OpenWallet, WalletOpened, WalletRefused } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { WalletContext } from '../context.js';
import { findWalletTypes } from '../db/find-wallet-types.js';
import { insertWallets, type NewWallet } from '../db/insert-wallets.js';

/** Opens wallets. A wallet id that exists already, or comes twice in the batch, changes nothing and says nothing. */
export async function openWallets(
  context: WalletContext,
  unit: UnitOfWork,
  messages: readonly Received<OpenWallet>[],
): Promise<void> {
  const types = await findWalletTypes(unit.tx, [...new Set(messages.map((m) => m.value.walletType))]);
  const wanted = new Map<string, { cause: Received<OpenWallet>; wallet: NewWallet }>();
  for (const message of messages) {
    const { walletId, ownerId, walletType, name } = message.value;
    const type = types.get(walletType);
    if (!type) {
      const body = { walletId, ownerId, reason: 'wallet-type-unknown' };
      unit.send(WalletRefused, walletId, body, { cause: message });
    } else if (!wanted.has(walletId)) {
      const wallet = { id: walletId, ownerId, name: name ?? type.name, type };
      wanted.set(walletId, { cause: message, wallet });
    }
  }
  const candidates = [...wanted.values()];
  const wallets = candidates.map((candidate) => candidate.wallet);
  const opened = await insertWallets(unit.tx, wallets, new Date(context.clock.now()));
  for (const { cause, wallet } of candidates) {
    if (opened.has(wallet.id)) sendOpened(unit, cause, wallet);
  }
}

function sendOpened(unit: UnitOfWork, cause: Received<OpenWallet>, wallet: NewWallet): void {
  const { id: walletId, ownerId, name, type } = wallet;
  unit.send(
    WalletOpened,
    walletId,
    {
      walletId,
      ownerId,
      walletType: type.code,
      currency: type.currency,
      name,
      posted: 0,
      held: 0,
      available: type.overdraftLimit,
    },
    { cause, aggregateVersion: 1 },
  );
}
