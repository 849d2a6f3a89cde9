import { CardStatusChanged, CardStatusChangeRefused, type ChangeCardStatus } from '@florin/contracts';
import { PermanentError, type Received, type UnitOfWork } from '@florin/messaging';
import { lockCards } from '../db/lock-cards.js';
import { updateCardStatus } from '../db/update-card-status.js';
import { type CardParty, type CardStatus, decideCardStatus } from '../domain/card-status.js';

const statuses: ReadonlySet<string> = new Set<CardStatus>(['active', 'frozen', 'cancelled']);
const parties: ReadonlySet<string> = new Set<CardParty>(['holder', 'issuer']);

/** Freezes, unfreezes and cancels cards, one after the other: they are few, and a batch may name a card twice. */
export async function changeCardStatus(
  unit: UnitOfWork,
  messages: readonly Received<ChangeCardStatus>[],
): Promise<void> {
  const locked = new Map(await lockCards(unit.tx, [...new Set(messages.map((m) => m.value.cardId))]));
  for (const message of messages) {
    const { changeId, cardId, status: wanted, requestedBy, reason } = message.value;
    if (!isCardStatus(wanted) || !isParty(requestedBy)) {
      throw new PermanentError('status-unknown', `a card is never ${wanted} by ${requestedBy}`);
    }
    const card = locked.get(cardId);
    const decision = decideCardStatus(card, wanted, requestedBy);
    if (decision.kind === 'refused' || !card) {
      const refusal = decision.kind === 'refused' ? decision.reason : 'card-not-found';
      const body = { changeId, cardId, status: wanted, reason: refusal };
      unit.send(CardStatusChangeRefused, cardId, body, { cause: message });
      continue;
    }
    let { version } = card;
    if (decision.kind === 'changed') {
      version = await updateCardStatus(unit.tx, cardId, decision.card);
      locked.set(cardId, { ...card, ...decision.card, version });
    }
    const { walletId, ownerId } = card;
    const body = { changeId, cardId, walletId, ownerId, status: wanted, changedBy: requestedBy, reason };
    unit.send(CardStatusChanged, cardId, body, { cause: message, aggregateVersion: version });
  }
}

function isCardStatus(status: string): status is CardStatus {
  return statuses.has(status);
}

function isParty(party: string): party is CardParty {
  return parties.has(party);
}
