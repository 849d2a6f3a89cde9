import { type ExchangeTerms, FxQuoteUsed, type SubmitTransfer } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
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
  unit: UnitOfWork,
  transfers: readonly Received<SubmitTransfer>[],
  now: number,
): Promise<ReadonlyMap<string, TakenQuote>> {
  const quoted = transfers.filter(({ value }) => value.quoteId !== null);
  if (quoted.length === 0) return new Map();
  const quotes = new Map(
    await lockFxQuotes(
      unit.tx,
      quoted.map(({ value }) => value.quoteId!),
    ),
  );
  const taken = new Map<string, TakenQuote>();
  const uses: { quoteId: string; transactionId: string }[] = [];
  for (const cause of quoted) {
    const { transactionId } = cause.value;
    const quoteId = cause.value.quoteId!;
    const quote = quotes.get(quoteId);
    const refusal = refuseQuote(quote, cause.value, now);
    if (refusal || !quote) {
      taken.set(transactionId, { refusal: refusal ?? 'quote-not-found' });
      continue;
    }
    const exchange = { currency: quote.destinationCurrency, rate: quote.rate };
    taken.set(transactionId, { exchange });
    if (quote.transactionId !== null) continue;
    quotes.set(quoteId, { ...quote, transactionId });
    uses.push({ quoteId, transactionId });
    // Keyed by the transfer, to be read before its outcome: who is told what became of that finds the quote used.
    unit.send(FxQuoteUsed, transactionId, { quoteId, ...quote, transactionId }, { cause });
  }
  if (uses.length > 0) await useFxQuotes(unit.tx, uses);
  return taken;
}
