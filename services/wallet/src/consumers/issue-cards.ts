import { randomBytes, randomInt } from 'node:crypto';
import { CardIssued, CardRefused, type IssueCard } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { WalletContext } from '../context.js';
import { insertCards, type NewCard } from '../db/insert-cards.js';
import { type CardWallet, lockCardWallets } from '../db/lock-card-wallets.js';
import { cardFace, cardNumber, cardNumberRandomDigits, formatAccountNumber } from '../domain/card.js';

/** Issues cards. A card id that exists already, or comes twice in the batch, changes nothing and says nothing. */
export async function issueCards(
  context: WalletContext,
  unit: UnitOfWork,
  messages: readonly Received<IssueCard>[],
): Promise<void> {
  const now = context.clock.now();
  const wallets = await lockCardWallets(unit.tx, [...new Set(messages.map((m) => m.value.walletId))]);
  const wanted = new Map<string, { cause: Received<IssueCard>; card: NewCard }>();
  for (const message of messages) {
    const { cardId, walletId, ownerId } = message.value;
    const wallet = wallets.get(walletId);
    // Another owner's wallet is answered like one that does not exist: its existence is nobody's business.
    if (wallet?.ownerId !== ownerId) {
      refuse(unit, message, 'wallet-not-found');
    } else if (wallet.status !== 'active') {
      refuse(unit, message, 'wallet-not-active');
    } else if (!wanted.has(cardId)) {
      wanted.set(cardId, { cause: message, card: newCard(context, message, wallet, now) });
    }
  }
  const candidates = [...wanted.values()];
  const cards = candidates.map((candidate) => candidate.card);
  const issued = await insertCards(unit.tx, cards, new Date(now));
  for (const { cause, card } of candidates) {
    if (issued.has(card.cardId)) unit.send(CardIssued, card.cardId, card, { cause, aggregateVersion: 1 });
  }
}

function refuse(unit: UnitOfWork, cause: Received<IssueCard>, reason: string): void {
  const { cardId, walletId, ownerId } = cause.value;
  unit.send(CardRefused, cardId, { cardId, walletId, ownerId, reason }, { cause });
}

/** The full number lives in this call only; the token is random and tells nothing about it. */
function newCard(
  context: WalletContext,
  { value }: Received<IssueCard>,
  wallet: CardWallet,
  now: number,
): NewCard {
  const random = String(randomInt(10 ** cardNumberRandomDigits)).padStart(cardNumberRandomDigits, '0');
  return {
    cardId: value.cardId,
    walletId: value.walletId,
    ownerId: value.ownerId,
    cardToken: `crd_${randomBytes(24).toString('base64url')}`,
    ...cardFace(cardNumber(random), now),
    branch: context.config.WALLET_BRANCH,
    accountNumber: formatAccountNumber(wallet.accountNumber),
  };
}
