import type { WalletOpened } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { WalletRow } from '../read-models/wallet.js';
import { lockNewWallets } from './lock-new-wallets.js';

/**
 * Opens wallets in the read model. Entries may have been projected before the wallet itself, because they travel on
 * another topic: the newest of them has the balances then, not the event.
 */
export async function projectOpenedWallets(
  tx: Transaction,
  events: readonly WalletOpened[],
): Promise<readonly WalletRow[]> {
  await lockNewWallets(
    tx,
    events.map((event) => event.walletId),
  );
  const { rows } = await tx.query<WalletRow>({
    name: 'project-opened-wallets',
    text: `INSERT INTO wallets AS known
             (id, owner_id, wallet_type, currency, name, status, posted, held, available, balance_sequence,
              complete_sequence, created_at, version)
           SELECT r.id, r.owner_id, r.wallet_type, r.currency, r.name, 'active', coalesce(newest.posted, r.posted),
             coalesce(newest.held, r.held), coalesce(newest.available, r.available),
             coalesce(newest.sequence, 0), coalesce(run.sequence, 0), r.opened_at, 1
           FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
                       $8::bigint[], $9::timestamptz[])
             AS r (id, owner_id, wallet_type, currency, name, posted, held, available, opened_at)
           LEFT JOIN LATERAL (
             SELECT sequence, posted, held, available FROM entries
             WHERE wallet_id = r.id ORDER BY sequence DESC LIMIT 1) AS newest ON true
           LEFT JOIN LATERAL (
             SELECT max(e.sequence) AS sequence FROM (
               SELECT sequence, row_number() OVER (ORDER BY sequence) AS expected
               FROM entries WHERE wallet_id = r.id) AS e
             WHERE e.sequence = e.expected) AS run ON true
           ORDER BY r.id
           ON CONFLICT (id) DO UPDATE SET
             status = 'active', version = 1, complete_sequence = greatest(known.complete_sequence, excluded.complete_sequence),
              currency = excluded.currency, name = excluded.name,
             (posted, held, available, balance_sequence) = (
               SELECT b.posted, b.held, b.available, b.sequence FROM (VALUES
                 (known.posted, known.held, known.available, known.balance_sequence, 1),
                 (excluded.posted, excluded.held, excluded.available, excluded.balance_sequence, 2)
               ) AS b (posted, held, available, sequence, preference)
               ORDER BY b.sequence DESC, b.preference DESC LIMIT 1)
           WHERE known.status = 'pending'
           RETURNING id, owner_id AS "ownerId", wallet_type AS "walletType", currency, name, status,
             refusal_reason AS "refusalReason", posted, held, available, created_at AS "createdAt"`,
    values: [
      events.map((event) => event.walletId),
      events.map((event) => event.ownerId),
      events.map((event) => event.walletType),
      events.map((event) => event.currency),
      events.map((event) => event.name),
      events.map((event) => event.posted),
      events.map((event) => event.held),
      events.map((event) => event.available),
      events.map((event) => new Date(event.meta.occurredAt)),
    ],
  });
  return rows;
}
