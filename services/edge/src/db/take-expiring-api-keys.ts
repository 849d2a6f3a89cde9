import type { Transaction } from '@florin/database';

export interface ExpiringApiKey {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly expiresAt: Date;
  readonly version: number;
}

/**
 * Marks the keys that have at most `days` left and were not warned of it yet, and returns them. The mark commits with the
 * warning; an edge that comes second skips the rows that the first has locked, and finds them marked afterwards.
 */
export async function takeExpiringApiKeys(
  tx: Transaction,
  { days, now, limit }: { readonly days: number; readonly now: Date; readonly limit: number },
): Promise<readonly ExpiringApiKey[]> {
  const { rows } = await tx.query<ExpiringApiKey>({
    name: 'take-expiring-api-keys',
    text: `UPDATE api_keys SET warned_days = $1, version = version + 1
           WHERE id = ANY (ARRAY(
             SELECT id FROM api_keys
             WHERE revoked_at IS NULL AND expiry_announced_at IS NULL AND expires_at > $2
               AND expires_at <= $2 + make_interval(hours => $1 * 24)
               AND (warned_days IS NULL OR warned_days > $1)
             ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED))
           RETURNING id, name, prefix, expires_at AS "expiresAt", version`,
    values: [days, now, limit],
  });
  return rows;
}

/** The same for keys whose time is over. */
export async function takeExpiredApiKeys(
  tx: Transaction,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<readonly ExpiringApiKey[]> {
  const { rows } = await tx.query<ExpiringApiKey>({
    name: 'take-expired-api-keys',
    text: `UPDATE api_keys SET expiry_announced_at = $1, version = version + 1
           WHERE id = ANY (ARRAY(
             SELECT id FROM api_keys
             WHERE revoked_at IS NULL AND expiry_announced_at IS NULL AND expires_at <= $1
             ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED))
           RETURNING id, name, prefix, expires_at AS "expiresAt", version`,
    values: [now, limit],
  });
  return rows;
}
