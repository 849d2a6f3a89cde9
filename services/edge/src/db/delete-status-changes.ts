import type { Database } from '@florin/database';

/** Deletes old requests for another status; there are few of them. */
export async function deleteStatusChanges(database: Database, before: Date): Promise<void> {
  await database.pool.query({
    name: 'delete-status-changes',
    text: 'DELETE FROM status_changes WHERE created_at < $1',
    values: [before],
  });
}
