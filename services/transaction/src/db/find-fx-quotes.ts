import type { Transaction } from '@florin/database';
import type { RehearsedQuote } from '../domain/rehearsal.js';

/** A quote as the driver returns it when it selects `fxQuoteColumns`. */
export type FxQuoteRow = Omit<RehearsedQuote, 'expiresAt'> & {
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
): Promise<ReadonlyMap<string, RehearsedQuote>> {
  const { rows } = await tx.query<FxQuoteRow>({
    name: 'find-fx-quotes',
    text: `SELECT ${fxQuoteColumns} FROM fx_quotes WHERE id = ANY($1::uuid[])`,
    values: [ids],
  });
  return quotesById(rows);
}

export function quotesById(rows: readonly FxQuoteRow[]): ReadonlyMap<string, RehearsedQuote> {
  return new Map(rows.map(({ id, ...row }) => [id, { ...row, expiresAt: row.expiresAt.getTime() }]));
}
