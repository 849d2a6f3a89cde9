import type { Transaction } from '@florin/database';
import type { FxRate } from '../domain/quote.js';

/**
 * The rate of a pair that is in force: the one that was defined last, whatever the order in which they arrived. A command
 * that was delivered late must not bring an old price back.
 */
export async function findFxRate(
  tx: Transaction,
  sourceCurrency: string,
  destinationCurrency: string,
): Promise<FxRate | undefined> {
  const { rows } = await tx.query<Omit<FxRate, 'definedAt'> & { readonly definedAt: Date }>({
    name: 'find-fx-rate',
    text: `SELECT id, rate, margin_basis_points AS "marginBasisPoints", defined_at AS "definedAt" FROM fx_rates
            WHERE source_currency = $1 AND destination_currency = $2
            ORDER BY defined_at DESC, id DESC LIMIT 1`,
    values: [sourceCurrency, destinationCurrency],
  });
  const [row] = rows;
  return row && { ...row, definedAt: row.definedAt.getTime() };
}
