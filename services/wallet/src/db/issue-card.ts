import type { Transaction } from '@florin/database';
import type { CardFace } from '../providers/card-issuer.js';

export interface IssuedCard extends CardFace {
  readonly branch: string;
  readonly accountNumber: string;
}

/** Puts the face on a requested card and takes it out of the queue; undefined when it is no longer requested. */
export async function issueCard(
  tx: Transaction,
  cardId: string,
  face: CardFace,
): Promise<IssuedCard | undefined> {
  const { rows } = await tx.query<Pick<IssuedCard, 'branch' | 'accountNumber'>>({
    name: 'issue-card',
    text: `WITH done AS (DELETE FROM card_orders WHERE card_id = $1)
           UPDATE cards SET status = 'active', token = $2, last4 = $3, expiry_month = $4, expiry_year = $5
            WHERE id = $1 AND status = 'requested'
        RETURNING branch, account_number AS "accountNumber"`,
    values: [cardId, face.cardToken, face.last4, face.expiryMonth, face.expiryYear],
  });
  const card = rows[0];
  return card && { ...face, ...card };
}
