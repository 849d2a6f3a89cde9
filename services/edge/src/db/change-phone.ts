import type { Transaction } from '@florin/database';

export interface ChangedPhone {
  readonly fullName: string;
  readonly email: string;
  readonly phone: string;
  readonly version: number;
}

/**
 * Gives a customer, who is locked, the number whose code was right; undefined when the change was voided meanwhile.
 * @throws a unique violation when somebody else has taken the number meanwhile
 */
export async function changePhone(
  tx: Transaction,
  change: { readonly customerId: string; readonly challengeId: string; readonly now: number },
): Promise<ChangedPhone | undefined> {
  const { rows } = await tx.query<ChangedPhone>({
    name: 'change-phone',
    text: `
      WITH change AS (
        DELETE FROM phone_changes WHERE customer_id = $1 AND challenge_id = $2 RETURNING phone
      )
      UPDATE customers c SET phone = change.phone, version = version + 1, updated_at = $3
      FROM change WHERE c.id = $1
      RETURNING c.full_name AS "fullName", c.email, c.phone, c.version`,
    values: [change.customerId, change.challengeId, new Date(change.now)],
  });
  return rows[0];
}
