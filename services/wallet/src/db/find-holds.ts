import type { Transaction } from '@florin/database';
import type { HoldState } from '../domain/decision.js';

/** Holds by id. A hold changes under the lock of its wallet only, so it needs none of its own. */
export async function findHolds(tx: Transaction, ids: readonly string[]): Promise<HoldState[]> {
  if (ids.length === 0) return [];
  const { rows } = await tx.query<HoldState>({
    name: 'find-holds',
    text: `SELECT id, wallet_id AS "walletId", currency, amount, captured, remaining, status, description,
                  date_part('epoch', placed_at) * 1000 AS "placedAt",
                  date_part('epoch', expires_at) * 1000 AS "expiresAt",
                  date_part('epoch', resolved_at) * 1000 AS "resolvedAt"
             FROM holds WHERE id = ANY($1::uuid[])`,
    values: [ids],
  });
  // A floating-point number of milliseconds since 1970 is exact to a quarter of a microsecond only.
  return rows.map((row) => ({
    ...row,
    placedAt: Math.round(row.placedAt),
    expiresAt: Math.round(row.expiresAt),
    resolvedAt: row.resolvedAt === null ? null : Math.round(row.resolvedAt),
  }));
}
