import type { Transaction } from '@florin/database';

export interface ChangedCustomer {
  readonly fullName: string;
  readonly email: string;
  readonly phone: string;
  readonly version: number;
}

/** Changes what is not null of a customer; undefined when nothing of it is new or the customer is gone. */
export async function updateCustomer(
  tx: Transaction,
  change: { id: string; fullName: string | null; timeZone: string | null; now: number },
): Promise<ChangedCustomer | undefined> {
  const { rows } = await tx.query<ChangedCustomer>({
    name: 'update-customer',
    text: `UPDATE customers
              SET full_name = coalesce($2, full_name), time_zone = coalesce($4, time_zone),
                  version = version + 1, updated_at = $3
           WHERE id = $1 AND (full_name <> $2 OR time_zone <> $4)
           RETURNING full_name AS "fullName", email, phone, version`,
    values: [change.id, change.fullName, new Date(change.now), change.timeZone],
  });
  return rows[0];
}
