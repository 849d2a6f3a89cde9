import type { WalletTypeDefined } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { WalletTypeRow } from '../read-models/wallet-type.js';

/** Shows definitions of wallet types, the newest version of each code. At most one event for each code. */
export async function projectWalletTypes(
  tx: Transaction,
  events: readonly WalletTypeDefined[],
): Promise<readonly WalletTypeRow[]> {
  const { rows } = await tx.query<WalletTypeRow>({
    name: 'project-wallet-types',
    text: `INSERT INTO wallet_types AS known
             (code, name, currency, overdraft_limit, max_balance, version, created_at, status)
           SELECT r.*, 'active'
           FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[],
                       $7::timestamptz[]) AS r
           ORDER BY 1
           ON CONFLICT (code) DO UPDATE SET
             name = excluded.name, currency = excluded.currency, overdraft_limit = excluded.overdraft_limit,
             max_balance = excluded.max_balance, version = excluded.version, status = 'active'
           WHERE known.status = 'pending' OR excluded.version >= known.version
           RETURNING code, name, currency, overdraft_limit AS "overdraftLimit", max_balance AS "maxBalance", status,
             created_at AS "createdAt"`,
    values: [
      events.map((event) => event.code),
      events.map((event) => event.name),
      events.map((event) => event.currency),
      events.map((event) => event.overdraftLimit),
      events.map((event) => event.maxBalance),
      events.map((event) => event.meta.aggregateVersion),
      events.map((event) => new Date(event.meta.occurredAt)),
    ],
  });
  return rows;
}
