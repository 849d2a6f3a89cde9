import type { Transaction } from '@florin/database';

/**
 * Erases what the read models hold of customers: notifications, what applications say about the applicant, names of
 * wallets, what is written on schedules, events that streams could tell, and the answers that are kept for repeated requests of theirs. Wallets, entries and
 * transactions stay, without a name; the ids of the wallets are returned.
 */
export async function eraseReadModels(
  tx: Transaction,
  customerIds: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'erase-read-models',
    text: `
      WITH wallet_names AS (UPDATE wallets SET name = '' WHERE owner_id = ANY($1::uuid[]) AND name <> '' RETURNING id),
        application_facts AS (
          UPDATE applications SET decision_reason = NULL WHERE applicant_id = ANY($1::uuid[]) AND decision_reason IS NOT NULL
        ),
        schedule_texts AS (
          UPDATE scheduled_transfers SET description = NULL WHERE owner_id = ANY($1::uuid[]) AND description IS NOT NULL
        ),
        streams AS (DELETE FROM event_listeners WHERE owner_id = ANY($1::uuid[])),
        events AS (DELETE FROM client_events WHERE owner_id = ANY($1::uuid[])),
        answers AS (DELETE FROM idempotency_keys WHERE caller = ANY($2::text[])),
        keyed AS (DELETE FROM keyed_calls WHERE caller = ANY($2::text[])),
        public_answers AS (DELETE FROM keyed_calls WHERE customer_id = ANY($1::uuid[]) AND caller = 'public'),
        told AS (DELETE FROM notifications WHERE customer_id = ANY($1::uuid[]))
      SELECT id FROM wallet_names`,
    values: [customerIds, customerIds.map((id) => `customer:${id}`)],
  });
  return rows.map(({ id }) => id);
}
