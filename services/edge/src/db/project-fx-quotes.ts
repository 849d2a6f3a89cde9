import type { FxQuoted, FxQuoteRefused, FxQuoteUsed } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { FxQuoteRow } from '../read-models/fx.js';

export type FxQuoteEvent = FxQuoted | FxQuoteRefused | FxQuoteUsed;

/**
 * Shows what was promised and whether it was used, or why nothing was, and returns the quotes as they are now. At most one
 * event for each. The use may come first, because it travels with the transfer; it says all that the promise says.
 */
export async function projectFxQuotes(
  tx: Transaction,
  events: readonly FxQuoteEvent[],
): Promise<readonly FxQuoteRow[]> {
  const { rows } = await tx.query<FxQuoteRow>({
    name: 'project-fx-quotes',
    text: `INSERT INTO fx_quotes AS known
             (id, owner_id, source_currency, destination_currency, amount, destination_amount, rate, expires_at, status,
              refusal_reason, created_at, transaction_id)
           SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[],
                                $8::timestamptz[], $9::text[], $10::text[], $11::timestamptz[], $12::uuid[]) AS r (id)
           ORDER BY r.id
           ON CONFLICT (id) DO UPDATE SET
             destination_amount = excluded.destination_amount, rate = excluded.rate, expires_at = excluded.expires_at,
             status = excluded.status, refusal_reason = excluded.refusal_reason,
             transaction_id = coalesce(known.transaction_id, excluded.transaction_id)
           RETURNING id, owner_id AS "ownerId", source_currency AS "sourceCurrency",
             destination_currency AS "destinationCurrency", amount, destination_amount AS "destinationAmount", rate,
             expires_at AS "expiresAt", status, refusal_reason AS "refusalReason", transaction_id AS "transactionId",
             created_at AS "createdAt"`,
    values: [
      events.map((event) => event.quoteId),
      events.map((event) => event.ownerId),
      events.map((event) => event.sourceCurrency),
      events.map((event) => event.destinationCurrency),
      events.map((event) => event.amount),
      events.map((event) => ('rate' in event ? event.destinationAmount : null)),
      events.map((event) => ('rate' in event ? event.rate : null)),
      events.map((event) => ('rate' in event ? new Date(event.expiresAt) : null)),
      events.map((event) => ('rate' in event ? 'quoted' : 'refused')),
      events.map((event) => ('rate' in event ? null : event.reason)),
      events.map((event) => new Date(event.meta.occurredAt)),
      events.map((event) => ('transactionId' in event ? event.transactionId : null)),
    ],
  });
  return rows;
}
