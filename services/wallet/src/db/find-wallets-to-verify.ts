import type { Database } from '@florin/database';
import type { Seal } from '../domain/verify-chain.js';

export interface WalletToVerify {
  readonly walletId: string;
  readonly sequence: number;
  readonly posted: number;
  readonly held: number;
}

export interface StoredSeal extends Seal {
  readonly walletId: string;
  readonly firstPostedAt: string;
  readonly lastPostedAt: string;
}

/** The next wallets of a verification, in ascending order. */
export async function findWalletsToVerify(
  database: Database,
  page: { readonly after: string; readonly walletId: string | null; readonly limit: number },
): Promise<readonly WalletToVerify[]> {
  const { rows } = await database.pool.query<WalletToVerify>({
    name: 'find-wallets-to-verify',
    text: `SELECT id AS "walletId", sequence, posted, held FROM wallets
            WHERE id > $1 AND ($2::uuid IS NULL OR id = $2) ORDER BY id LIMIT $3`,
    values: [page.after, page.walletId, page.limit],
  });
  return rows;
}

/** All seals of wallets, by wallet in their sequence. */
export async function findSeals(
  database: Database,
  walletIds: readonly string[],
): Promise<readonly StoredSeal[]> {
  const { rows } = await database.pool.query<StoredSeal>({
    name: 'find-seals',
    text: `SELECT wallet_id AS "walletId", first_sequence AS "firstSequence", last_sequence AS "lastSequence", hash, marks,
                  first_posted_at::text AS "firstPostedAt", last_posted_at::text AS "lastPostedAt"
             FROM entry_seals WHERE wallet_id = ANY($1::uuid[]) ORDER BY wallet_id, last_sequence`,
    values: [walletIds],
  });
  return rows;
}
