import { FxQuoteUsed, type SubmitTransfer } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import { useFxQuotes } from '../db/use-fx-quotes.js';
import type { Quote } from '../domain/quote.js';

/**
 * Gives the quotes that transfers name to them, and says so. They are admitted and go to the ledger: what it declines has used
 * its quote, because until then nobody else could.
 */
export async function useQuotes(
  unit: UnitOfWork,
  transfers: readonly Received<SubmitTransfer>[],
  quotes: ReadonlyMap<string, Quote>,
): Promise<void> {
  const uses: { quoteId: string; transactionId: string }[] = [];
  for (const cause of transfers) {
    const { quoteId, transactionId } = cause.value;
    const quote = quoteId === null ? undefined : quotes.get(quoteId);
    if (quoteId === null || !quote) continue;
    uses.push({ quoteId, transactionId });
    // Keyed by the transfer, to be read before its outcome: who is told what became of that finds the quote used.
    unit.send(FxQuoteUsed, transactionId, { quoteId, ...quote, transactionId }, { cause });
  }
  if (uses.length > 0) await useFxQuotes(unit.tx, uses);
}
