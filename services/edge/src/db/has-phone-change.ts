import type { Pool } from '@florin/database';

/** Whether a customer waits for the code of this challenge. */
export async function hasPhoneChange(pool: Pool, customerId: string, challengeId: string): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'has-phone-change',
    text: 'SELECT 1 FROM phone_changes WHERE customer_id = $1 AND challenge_id = $2',
    values: [customerId, challengeId],
  });
  return rowCount === 1;
}
