export type CardStatus = 'active' | 'frozen' | 'cancelled';
/** Who asks: the holder of the card, or the issuer (the back office). */
export type CardParty = 'holder' | 'issuer';

export type CardStatusRefusal = 'card-not-found' | 'card-cancelled' | 'card-frozen-by-issuer';

export interface CardStanding {
  readonly status: CardStatus;
  /** Set while the card is frozen. */
  readonly frozenBy: CardParty | null;
}

export type CardStatusDecision =
  | { readonly kind: 'changed' | 'unchanged'; readonly card: CardStanding }
  | { readonly kind: 'refused'; readonly reason: CardStatusRefusal };

/**
 * A holder cannot lift what the issuer has frozen, and the issuer takes a freeze over from the holder, so that the
 * holder cannot lift it afterwards either. Cancelling is for ever.
 */
export function decideCardStatus(
  card: CardStanding | undefined,
  wanted: CardStatus,
  by: CardParty,
): CardStatusDecision {
  if (!card) return { kind: 'refused', reason: 'card-not-found' };
  const after: CardStanding = { status: wanted, frozenBy: wanted === 'frozen' ? by : null };
  if (card.status === wanted) {
    const takesOver = wanted === 'frozen' && by === 'issuer' && card.frozenBy === 'holder';
    return takesOver ? { kind: 'changed', card: after } : { kind: 'unchanged', card };
  }
  if (card.status === 'cancelled') return { kind: 'refused', reason: 'card-cancelled' };
  if (wanted === 'active' && by === 'holder' && card.frozenBy === 'issuer') {
    return { kind: 'refused', reason: 'card-frozen-by-issuer' };
  }
  return { kind: 'changed', card: after };
}
