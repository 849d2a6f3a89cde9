import type { Pool } from '@florin/database';

/** Deletes numbers whose code has expired; the table holds no more than what customers change at the moment. */
export async function deleteExpiredPhoneChanges(pool: Pool, now: number): Promise<void> {
  await pool.query({
    name: 'delete-expired-phone-changes',
    text: 'DELETE FROM phone_changes WHERE expires_at <= $1',
    values: [new Date(now)],
  });
}
