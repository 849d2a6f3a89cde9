import type { FxRateDefined } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { FxRateRow } from '../read-models/fx.js';

/**
 * Shows rates that were defined, each once, and returns them as they are now. The one of its pair that was defined
 * last is in force, whatever the order in which they arrived.
 */
export async function projectFxRates(
  tx: Transaction,
  events: readonly FxRateDefined[],
): Promise<readonly FxRateRow[]> {
  const ids = events.map((event) => event.fxRateId);
  await tx.query({
    name: 'project-fx-rates',
    text: `INSERT INTO fx_rates AS known
             (id, source_currency, destination_currency, rate, margin_basis_points, status, version, created_at,
              expires_at)
           SELECT u.id, u.source, u.destination, u.rate, u.margin, 'active', u.version, u.at, u.expires_at
             FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::int[], $6::bigint[], $7::timestamptz[],
                         $8::timestamptz[]) AS u (id, source, destination, rate, margin, version, at, expires_at)
           ON CONFLICT (id) DO UPDATE SET status = 'active', version = excluded.version,
             created_at = excluded.created_at, expires_at = excluded.expires_at
            WHERE known.status = 'pending'`,
    values: [
      ids,
      events.map((event) => event.sourceCurrency),
      events.map((event) => event.destinationCurrency),
      events.map((event) => event.rate),
      events.map((event) => event.marginBasisPoints),
      events.map((event) => event.meta.aggregateVersion),
      events.map((event) => new Date(event.definedAt ?? event.meta.occurredAt)),
      events.map((event) => (event.expiresAt === null ? null : new Date(event.expiresAt))),
    ],
  });
  await tx.query({
    name: 'supersede-fx-rates',
    text: `UPDATE fx_rates old SET status = 'superseded'
             FROM unnest($1::text[], $2::text[]) AS u (source, destination)
            WHERE old.source_currency = u.source AND old.destination_currency = u.destination
              AND old.status IN ('active', 'expired')
              AND EXISTS (SELECT 1 FROM fx_rates newer
                           WHERE newer.source_currency = u.source AND newer.destination_currency = u.destination
                             AND newer.status <> 'pending' AND (newer.created_at, newer.id) > (old.created_at, old.id))`,
    values: [events.map((event) => event.sourceCurrency), events.map((event) => event.destinationCurrency)],
  });
  const { rows } = await tx.query<FxRateRow>({
    name: 'find-projected-fx-rates',
    text: `SELECT id, source_currency AS "sourceCurrency", destination_currency AS "destinationCurrency", rate,
                  margin_basis_points AS "marginBasisPoints", status, created_at AS "createdAt",
                  expires_at AS "expiresAt"
             FROM fx_rates WHERE id = ANY($1::uuid[])`,
    values: [ids],
  });
  return rows;
}
