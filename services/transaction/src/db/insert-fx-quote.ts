import type { RequestFxQuote } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { QuotedRate } from '../domain/quote.js';

/** Stores what was promised; false when the quote is known already. */
export async function insertFxQuote(
  tx: Transaction,
  request: RequestFxQuote,
  quoted: QuotedRate & { readonly fxRateId: string; readonly expiresAt: Date },
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'insert-fx-quote',
    text: `INSERT INTO fx_quotes (id, owner_id, source_currency, destination_currency, amount, destination_amount, rate,
                                  fx_rate_id, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING`,
    values: [
      request.quoteId,
      request.ownerId,
      request.sourceCurrency,
      request.destinationCurrency,
      request.amount,
      quoted.destinationAmount,
      quoted.rate,
      quoted.fxRateId,
      quoted.expiresAt,
    ],
  });
  return rowCount === 1;
}
