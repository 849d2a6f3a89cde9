import type { FxQuoted, FxQuoteRefused } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { FxQuoteRow } from '../read-models/fx.js';

/** Shows what was promised, or why nothing was, and returns the quotes as they are now. At most one event for each. */
export async function projectFxQuotes(
  tx: Transaction,
  events: readonly (FxQuoted | FxQuoteRefused)[],
): Promise<readonly FxQuoteRow[]> {
  const { rows } = await tx.query<FxQuoteRow>({
    name: 'project-fx-quotes',
    text: `INSERT INTO fx_quotes AS known
             (id, owner_id, source_currency, destination_currency, amount, destination_amount, rate, expires_at, status,
              refusal_reason, created_at)
           SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[],
                                $8::timestamptz[], $9::text[], $10::text[], $11::timestamptz[])
           ON CONFLICT (id) DO UPDATE SET
             destination_amount = excluded.destination_amount, rate = excluded.rate, expires_at = excluded.expires_at,
             status = excluded.status, refusal_reason = excluded.refusal_reason
           RETURNING id, owner_id AS "ownerId", source_currency AS "sourceCurrency",
             destination_currency AS "destinationCurrency", amount, destination_amount AS "destinationAmount", rate,
             expires_at AS "expiresAt", status, refusal_reason AS "refusalReason", created_at AS "createdAt"`,
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
    ],
  });
  return rows;
}
