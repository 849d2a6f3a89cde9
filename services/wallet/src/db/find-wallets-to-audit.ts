import type { Database } from '@florin/database';
import type { AuditedWallet } from '../domain/audit-balances.js';

export interface WalletToAudit extends AuditedWallet {
  readonly kind: 'customer' | 'system';
  readonly overdraftLimit: number;
  /** As text, because JavaScript's dates have no microseconds. */
  readonly lastEntryAt: string;
}

/**
 * Wallets with what their entries since the last audit and their open holds add up to. One statement, so all of it is of
 * one moment, whatever is posted meanwhile. The time of the last audited entry keeps it to the partitions since then.
 */
export async function findWalletsToAudit(
  database: Database,
  page: { readonly after: string; readonly walletId: string | null; readonly limit: number },
): Promise<WalletToAudit[]> {
  const { rows } = await database.pool.query<
    Omit<WalletToAudit, 'before' | 'moved'> & {
      before_sequence: number;
      before_posted: number;
      before_held: number;
      entries: number;
      amount: number;
      held_change: number;
    }
  >({
    name: 'find-wallets-to-audit',
    text: `WITH page AS (
             SELECT w.id, w.kind, w.sequence, w.posted, w.held, w.overdraft_limit, w.last_entry_at,
                    coalesce(a.sequence, 0) AS before_sequence, coalesce(a.posted, 0) AS before_posted,
                    coalesce(a.held, 0) AS before_held, coalesce(a.last_entry_at, '-infinity') AS before_at
               FROM wallets w LEFT JOIN audited_balances a ON a.wallet_id = w.id
              WHERE w.id > $1 AND ($2::uuid IS NULL OR w.id = $2) ORDER BY w.id LIMIT $3)
           SELECT p.id AS "walletId", p.kind, p.sequence, p.posted, p.held, p.overdraft_limit AS "overdraftLimit",
                  p.last_entry_at::text AS "lastEntryAt", p.before_sequence, p.before_posted, p.before_held,
                  moved.entries, moved.amount, moved.held_change, open.remaining AS "openHolds"
             FROM page p
                  CROSS JOIN LATERAL (
                    SELECT count(*) AS entries, coalesce(sum(e.amount), 0)::bigint AS amount,
                           coalesce(sum(e.held_change), 0)::bigint AS held_change
                      FROM entries e
                     WHERE p.sequence > p.before_sequence AND e.wallet_id = p.id AND e.posted_at >= p.before_at
                       AND e.sequence > p.before_sequence) moved
                  CROSS JOIN LATERAL (
                    SELECT coalesce(sum(h.remaining), 0)::bigint AS remaining FROM holds h
                     WHERE h.wallet_id = p.id AND h.status = 'open') open
            ORDER BY p.id`,
    values: [page.after, page.walletId, page.limit],
  });
  return rows.map(
    ({ before_sequence, before_posted, before_held, entries, amount, held_change, ...wallet }) => ({
      ...wallet,
      before: { sequence: before_sequence, posted: before_posted, held: before_held },
      moved: { entries, amount, heldChange: held_change },
    }),
  );
}
