import type { Transaction } from '@florin/database';

/**
 * Lets nobody else make schedules of these customers before the end of the transaction: two instances that count at the same
 * time would both find room for the last one. In ascending order, so that they wait for each other instead of deadlocking.
 */
export async function lockScheduleOwners(tx: Transaction, ownerIds: readonly string[]): Promise<void> {
  await tx.query({
    name: 'lock-schedule-owners',
    text: `SELECT pg_advisory_xact_lock(hashtextextended(name, 0))
             FROM (SELECT DISTINCT 'florin schedules of ' || id AS name FROM unnest($1::uuid[]) AS id ORDER BY 1) AS u`,
    values: [ownerIds],
  });
}
