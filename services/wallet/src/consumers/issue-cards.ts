import { CardRefused, type IssueCard } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { WalletContext } from '../context.js';
import { insertRequestedCards, type RequestedCard } from '../db/insert-requested-cards.js';
import { lockCardWallets } from '../db/lock-card-wallets.js';
import { formatAccountNumber } from '../domain/account-number.js';

/**
 * Puts cards into the queue of the job that orders them from the issuer. A card id that exists already, or comes twice
 * in the batch, changes nothing and says nothing.
 */
export async function issueCards(
  context: WalletContext,
  unit: UnitOfWork,
  messages: readonly Received<IssueCard>[],
): Promise<void> {
  const wallets = await lockCardWallets(unit.tx, [...new Set(messages.map((m) => m.value.walletId))]);
  const requested = new Map<string, RequestedCard>();
  for (const message of messages) {
    const { meta, cardId, walletId, ownerId } = message.value;
    const wallet = wallets.get(walletId);
    // Another owner's wallet is answered like one that does not exist: its existence is nobody's business.
    if (wallet?.ownerId !== ownerId) {
      refuse(unit, message, 'wallet-not-found');
    } else if (wallet.status !== 'active') {
      refuse(unit, message, 'wallet-not-active');
    } else if (!requested.has(cardId)) {
      requested.set(cardId, {
        cardId,
        walletId,
        ownerId,
        branch: context.config.WALLET_BRANCH,
        accountNumber: formatAccountNumber(wallet.accountNumber),
        correlationId: meta.correlationId,
        actor: meta.actor,
        traceparent: message.traceparent ?? null,
      });
    }
  }
  if (requested.size === 0) return;
  await insertRequestedCards(unit.tx, [...requested.values()], new Date(context.clock.now()));
  unit.afterCommit(() => context.wakeCardOrders());
}

function refuse(unit: UnitOfWork, cause: Received<IssueCard>, reason: string): void {
  const { cardId, walletId, ownerId } = cause.value;
  unit.send(CardRefused, cardId, { cardId, walletId, ownerId, reason }, { cause });
}
