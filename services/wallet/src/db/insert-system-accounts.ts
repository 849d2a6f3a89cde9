import type { Transaction } from '@florin/database';
import { systemAccountId, systemAccountKinds, systemAccountShards } from '../domain/system-account.js';

/**
 * Creates the platform's accounts in a currency; those that are there stay as they are. Done when a wallet type
 * brings the currency in, so a posting never has to create a row while it holds locks.
 */
export async function insertSystemAccounts(
  tx: Transaction,
  currency: string,
  createdAt: Date,
): Promise<void> {
  const accounts = systemAccountKinds.flatMap((kind) =>
    Array.from({ length: systemAccountShards }, (_, shard) => ({
      id: systemAccountId(kind, currency, shard),
      name: `${kind} ${currency} ${shard}`,
    })),
  );
  await tx.query({
    name: 'insert-system-accounts',
    text: `INSERT INTO wallets (id, kind, currency, name, status, created_at)
           SELECT u.id, 'system', $3, u.name, 'active', $4 FROM unnest($1::uuid[], $2::text[]) AS u (id, name)
            ORDER BY u.id
           ON CONFLICT (id) DO NOTHING`,
    values: [accounts.map((a) => a.id), accounts.map((a) => a.name), currency, createdAt],
  });
}
