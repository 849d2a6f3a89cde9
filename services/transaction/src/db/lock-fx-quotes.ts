import type { Transaction } from '@florin/database';
import type { Quote } from '../domain/quote.js';
import { type FxQuoteRow, fxQuoteColumns, quotesById } from './find-fx-quotes.js';

/** Quotes by id, locked in ascending order: of two transfers at one quote, the second sees that it is used. */
export async function lockFxQuotes(
  tx: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Quote>> {
  const { rows } = await tx.query<FxQuoteRow>({
    name: 'lock-fx-quotes',
    text: `SELECT ${fxQuoteColumns} FROM fx_quotes WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE`,
    values: [ids],
  });
  return quotesById(rows);
}
