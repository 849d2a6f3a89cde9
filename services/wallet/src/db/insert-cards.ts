import type { Transaction } from '@florin/database';

export interface NewCard {
  readonly cardId: string;
  readonly walletId: string;
  readonly ownerId: string;
  readonly cardToken: string;
  readonly last4: string;
  readonly expiryMonth: number;
  readonly expiryYear: number;
  readonly branch: string;
  readonly accountNumber: string;
}

/** Stores cards. Returns the ids that are new; a card that exists is left as it is. */
export async function insertCards(
  tx: Transaction,
  cards: readonly NewCard[],
  issuedAt: Date,
): Promise<ReadonlySet<string>> {
  if (cards.length === 0) return new Set();
  const { rows } = await tx.query<{ id: string }>({
    name: 'insert-cards',
    text: `INSERT INTO cards (id, wallet_id, owner_id, token, last4, expiry_month, expiry_year, branch, account_number,
                              status, issued_at)
           SELECT u.*, 'active', $1::timestamptz
             FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::smallint[], $8::smallint[],
                         $9::text[], $10::text[]) AS u
           ON CONFLICT (id) DO NOTHING
           RETURNING id`,
    values: [
      issuedAt,
      cards.map((c) => c.cardId),
      cards.map((c) => c.walletId),
      cards.map((c) => c.ownerId),
      cards.map((c) => c.cardToken),
      cards.map((c) => c.last4),
      cards.map((c) => c.expiryMonth),
      cards.map((c) => c.expiryYear),
      cards.map((c) => c.branch),
      cards.map((c) => c.accountNumber),
    ],
  });
  return new Set(rows.map((row) => row.id));
}
