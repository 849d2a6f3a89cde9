import type { ExchangeTerms, SubmitTransfer } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import { lockFxQuotes } from '../db/lock-fx-quotes.js';
import { useFxQuotes } from '../db/use-fx-quotes.js';
import { type QuoteUseRefusal, refuseQuote } from '../domain/quote.js';

/** What became of the quote of a transfer: the terms of the exchange, or why there are none. */
export type TakenQuote = { readonly exchange: ExchangeTerms } | { readonly refusal: QuoteUseRefusal };

/**
 * Takes the quotes of transfers, for those that name one, by transaction id. A quote is used up by the first transfer that
 * names it rightly, whatever becomes of that.
 */
export async function takeQuotes(
  tx: Transaction,
  transfers: readonly SubmitTransfer[],
  now: number,
): Promise<ReadonlyMap<string, TakenQuote>> {
  const quoted = transfers.filter((transfer) => transfer.quoteId !== null);
  if (quoted.length === 0) return new Map();
  const quotes = new Map(
    await lockFxQuotes(
      tx,
      quoted.map(({ quoteId }) => quoteId!),
    ),
  );
  const taken = new Map<string, TakenQuote>();
  const uses: { quoteId: string; transactionId: string }[] = [];
  for (const transfer of quoted) {
    const { transactionId } = transfer;
    const quoteId = transfer.quoteId!;
    const quote = quotes.get(quoteId);
    const refusal = refuseQuote(quote, transfer, now);
    if (refusal || !quote) {
      taken.set(transactionId, { refusal: refusal ?? 'quote-not-found' });
      continue;
    }
    const exchange = { currency: quote.destinationCurrency, rate: quote.rate };
    taken.set(transactionId, { exchange });
    quotes.set(quoteId, { ...quote, transactionId });
    uses.push({ quoteId, transactionId });
  }
  if (uses.length > 0) await useFxQuotes(tx, uses);
  return taken;
}
