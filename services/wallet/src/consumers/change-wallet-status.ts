import {
  CardRefused,
  CardStatusChanged,
  type ChangeWalletStatus,
  WalletStatusChanged,
  WalletStatusChangeRefused,
} from '@florin/contracts';
import { PermanentError, type Received, type UnitOfWork } from '@florin/messaging';
import { cancelCardsOfWallet } from '../db/cancel-cards-of-wallet.js';
import { type LockedWallet, lockWalletStandings } from '../db/lock-wallet-standings.js';
import { updateWalletStatus } from '../db/update-wallet-status.js';
import { decideWalletStatus, type WalletStatus } from '../domain/wallet-status.js';

const statuses: ReadonlySet<string> = new Set<WalletStatus>(['active', 'frozen', 'closed']);

/** Freezes, unfreezes and closes wallets, one after the other: they are few, and a batch may name a wallet twice. */
export async function changeWalletStatus(
  unit: UnitOfWork,
  messages: readonly Received<ChangeWalletStatus>[],
): Promise<void> {
  const locked = new Map(
    await lockWalletStandings(unit.tx, [...new Set(messages.map((m) => m.value.walletId))]),
  );
  for (const message of messages) {
    const { changeId, walletId, status: wanted, reason } = message.value;
    if (!isWalletStatus(wanted)) throw new PermanentError('status-unknown', `a wallet is never ${wanted}`);
    const wallet = locked.get(walletId);
    const decision = decideWalletStatus(wallet, wanted);
    if (decision.kind === 'refused' || !wallet) {
      const refusal = decision.kind === 'refused' ? decision.reason : 'wallet-not-found';
      const body = { changeId, walletId, status: wanted, reason: refusal };
      unit.send(WalletStatusChangeRefused, walletId, body, { cause: message });
      continue;
    }
    let { version } = wallet;
    if (decision.kind === 'changed') {
      version = await updateWalletStatus(unit.tx, walletId, decision.status);
      locked.set(walletId, { ...wallet, status: decision.status, version });
    }
    const body = { changeId, walletId, ownerId: wallet.ownerId, status: wanted, reason };
    unit.send(WalletStatusChanged, walletId, body, { cause: message, aggregateVersion: version });
    if (decision.kind === 'changed' && wanted === 'closed') await endCards(unit, message, wallet);
  }
}

/** A card without a wallet would only collect declines. */
async function endCards(
  unit: UnitOfWork,
  cause: Received<ChangeWalletStatus>,
  { walletId }: LockedWallet,
): Promise<void> {
  const { cancelled, refused } = await cancelCardsOfWallet(unit.tx, walletId);
  for (const { version, ...card } of cancelled) {
    const change = { changeId: null, status: 'cancelled', changedBy: 'issuer', reason: 'wallet-closed' };
    unit.send(CardStatusChanged, card.cardId, { ...card, ...change }, { cause, aggregateVersion: version });
  }
  for (const card of refused) {
    unit.send(CardRefused, card.cardId, { ...card, reason: 'wallet-closed' }, { cause });
  }
}

function isWalletStatus(status: string): status is WalletStatus {
  return statuses.has(status);
}
