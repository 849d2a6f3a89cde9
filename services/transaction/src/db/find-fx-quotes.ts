import type { Transaction } from '@florin/database';
import type { Quote } from '../domain/quote.js';

/** A quote as the driver returns it when it selects `fxQuoteColumns`. */
export type FxQuoteRow = Omit<Quote, 'expiresAt'> & {
  readonly id: string;
  readonly expiresAt: Date;
};

export const fxQuoteColumns = `
  id, owner_id AS "ownerId", source_currency AS "sourceCurrency", destination_currency AS "destinationCurrency", amount,
  destination_amount AS "destinationAmount", rate, expires_at AS "expiresAt", transaction_id AS "transactionId"`;

/** Quotes by id, only to look at them. */
export async function findFxQuotes(
  tx: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Quote>> {
  const { rows } = await tx.query<FxQuoteRow>({
    name: 'find-fx-quotes',
    text: `SELECT ${fxQuoteColumns} FROM fx_quotes WHERE id = ANY($1::uuid[])`,
    values: [ids],
  });
  return quotesById(rows);
}

export function quotesById(rows: readonly FxQuoteRow[]): ReadonlyMap<string, Quote> {
  return new Map(rows.map(({ id, ...row }) => [id, { ...row, expiresAt: row.expiresAt.getTime() }]));
}
