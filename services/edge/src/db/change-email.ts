import type { Transaction } from '@florin/database';

export interface ChangedEmail {
  readonly fullName: string;
  readonly previousEmail: string;
  readonly phone: string;
  readonly version: number;
}

/**
 * Gives a customer, who is locked, a verified address; undefined when it is the address already.
 * @throws a unique violation when somebody else has taken it meanwhile
 */
export async function changeEmail(
  tx: Transaction,
  change: { readonly customerId: string; readonly email: string; readonly now: number },
): Promise<ChangedEmail | undefined> {
  const { rows } = await tx.query<ChangedEmail>({
    name: 'change-email',
    text: `
      WITH before AS (SELECT id, email FROM customers WHERE id = $1 AND email <> $2)
      UPDATE customers c SET email = $2, version = version + 1, updated_at = $3
      FROM before WHERE c.id = before.id
      RETURNING c.full_name AS "fullName", before.email AS "previousEmail", c.phone, c.version`,
    values: [change.customerId, change.email, new Date(change.now)],
  });
  return rows[0];
}
