import type { Database } from '@florin/database';
import type { AuditedWallet } from '../domain/audit-balances.js';

/** Entries that somebody has changed may sum up to more than a balance can be: that is a finding, not an error. */
function bounded(column: string): string {
  return `greatest(least(coalesce(sum(${column}), 0), ${Number.MAX_SAFE_INTEGER}), ${-Number.MAX_SAFE_INTEGER})::bigint`;
}

export interface WalletToAudit extends AuditedWallet {
  readonly kind: 'customer' | 'system';
  readonly overdraftLimit: number;
  /** As text, because JavaScript's dates have no microseconds. */
  readonly lastEntryAt: string;
}

export interface AuditPage {
  /** How many wallets were looked at. */
  readonly looked: number;
  /** The last of them; null behind the last one. */
  readonly lastWalletId: string | null;
  /** Those of them that are not as the last audit left them. */
  readonly wallets: readonly WalletToAudit[];
}

interface Row extends Omit<WalletToAudit, 'before' | 'moved' | 'walletId'> {
  looked: number;
  lastWalletId: string | null;
  /** Null in the one row that a page without changes has. */
  walletId: string | null;
  before_sequence: number;
  before_posted: number;
  before_held: number;
  entries: number;
  amount: number;
  held_change: number;
}

/**
 * The next wallets that have changed since the last audit, with what their entries since then and their open holds add
 * up to. One statement, so all of it is of one moment, whatever is posted meanwhile.
 *
 * PostgreSQL compares each wallet of the page with the last audit and hands over only those that differ from it, moved
 * or tampered with: nearly all wallets of a large ledger rest, and reading 2,000,000 of them into Node took minutes. A
 * page ends after so many wallets, or after so many that have changed. The time of the last audited entry keeps the
 * look at entries to the partitions since then.
 */
export async function findWalletsToAudit(
  database: Database,
  page: {
    readonly after: string;
    readonly walletId: string | null;
    readonly look: number;
    readonly changed: number;
  },
): Promise<AuditPage> {
  const { rows } = await database.pool.query<Row>({
    name: 'find-wallets-to-audit',
    text: `WITH looked AS MATERIALIZED (
             SELECT w.id, w.kind, w.sequence, w.posted, w.held, w.overdraft_limit, w.last_entry_at,
                    coalesce(a.sequence, 0) AS before_sequence, coalesce(a.posted, 0) AS before_posted,
                    coalesce(a.held, 0) AS before_held, coalesce(a.last_entry_at, '-infinity') AS before_at
               FROM (SELECT * FROM wallets WHERE id > $1 AND ($2::uuid IS NULL OR id = $2) ORDER BY id LIMIT $3) w
                    LEFT JOIN audited_balances a ON a.wallet_id = w.id
              ORDER BY w.id),
           reserved AS MATERIALIZED (
             SELECT wallet_id, sum(remaining)::bigint AS remaining FROM holds
              WHERE status = 'open' AND wallet_id > $1
                AND wallet_id <= (SELECT id FROM looked ORDER BY id DESC LIMIT 1)
              GROUP BY wallet_id),
           changed AS MATERIALIZED (
             SELECT l.*, coalesce(r.remaining, 0) AS remaining
               FROM looked l LEFT JOIN reserved r ON r.wallet_id = l.id
              WHERE l.sequence <> l.before_sequence OR l.posted <> l.before_posted OR l.held <> l.before_held
                 OR l.held <> coalesce(r.remaining, 0)
              ORDER BY l.id LIMIT $4),
           page AS (
             SELECT count(*) AS looked, (array_agg(id ORDER BY id DESC))[1] AS last FROM looked
              WHERE (SELECT count(*) FROM changed) < $4 OR id <= (SELECT id FROM changed ORDER BY id DESC LIMIT 1))
           SELECT page.looked, page.last AS "lastWalletId",
                  c.id AS "walletId", c.kind, c.sequence, c.posted, c.held, c.overdraft_limit AS "overdraftLimit",
                  c.last_entry_at::text AS "lastEntryAt", c.before_sequence, c.before_posted, c.before_held,
                  moved.entries, moved.amount, moved.held_change, c.remaining AS "openHolds"
             FROM page
                  LEFT JOIN (changed c
                  CROSS JOIN LATERAL (
                    SELECT count(*) AS entries, ${bounded('e.amount')} AS amount, ${bounded('e.held_change')} AS held_change
                      FROM entries e
                     WHERE c.sequence > c.before_sequence AND e.wallet_id = c.id AND e.posted_at >= c.before_at
                       AND e.sequence > c.before_sequence) moved) ON true
            ORDER BY c.id`,
    values: [page.after, page.walletId, page.look, page.changed],
  });
  const { looked, lastWalletId } = rows[0]!;
  const wallets = rows.filter((row) => row.walletId !== null).map(walletOf);
  return { looked, lastWalletId, wallets };
}

function walletOf(row: Row): WalletToAudit {
  return {
    walletId: row.walletId!,
    kind: row.kind,
    sequence: row.sequence,
    posted: row.posted,
    held: row.held,
    overdraftLimit: row.overdraftLimit,
    lastEntryAt: row.lastEntryAt,
    openHolds: row.openHolds,
    before: { sequence: row.before_sequence, posted: row.before_posted, held: row.before_held },
    moved: { entries: row.entries, amount: row.amount, heldChange: row.held_change },
  };
}
