import type { BodyOf, DefineFxRate } from '@florin/contracts';
import type { Transaction } from '@florin/database';

/**
 * Stores a rate and returns its version, which counts the rates of its pair as they arrive and says nothing about which is in
 * force; undefined when its id is known already. Messages of a pair share a key, so that two instances work on one only
 * while a partition changes hands: the unique version makes one of them fail and try again.
 */
export async function insertFxRate(
  tx: Transaction,
  rate: BodyOf<DefineFxRate>,
  definedAt: Date,
): Promise<number | undefined> {
  const { rows } = await tx.query<{ version: number }>({
    name: 'insert-fx-rate',
    text: `INSERT INTO fx_rates
             (id, source_currency, destination_currency, rate, margin_basis_points, defined_at, version)
           SELECT $1, $2, $3, $4, $5, $6, coalesce(max(version), 0) + 1
             FROM fx_rates WHERE source_currency = $2 AND destination_currency = $3
           ON CONFLICT (id) DO NOTHING RETURNING version`,
    values: [
      rate.fxRateId,
      rate.sourceCurrency,
      rate.destinationCurrency,
      rate.rate,
      rate.marginBasisPoints,
      definedAt,
    ],
  });
  return rows[0]?.version;
}
